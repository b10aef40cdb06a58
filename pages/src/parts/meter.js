// The level of a microphone as a bar; who cannot see it hears nothing of it, for it changes all the time.

import { LitElement, css, html } from "lit";
import { looks } from "../lib/looks.js";
import { t, worded } from "../lib/words.js";

export class ShoalMeter extends worded(LitElement) {
  static properties = { stream: { attribute: false } };

  static styles = [looks, css`
    meter { width: 100%; height: .7rem; }
  `];

  render() {
    return html`<meter min="0" max="1" aria-label=${t("handset.level")}></meter>`;
  }

  updated(changed) {
    if (changed.has("stream")) this._measure();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this._stop();
  }

  _measure() {
    this._stop();
    if (!this.stream) return;
    const sound = new AudioContext(), ear = new AnalyserNode(sound, { fftSize: 512 }), wave = new Float32Array(512);
    sound.createMediaStreamSource(this.stream).connect(ear);
    const timer = setInterval(() => {
      ear.getFloatTimeDomainData(wave);
      const loudness = 20 * Math.log10(Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length) + 1e-6);
      this.renderRoot.querySelector("meter").value = Math.min(1, Math.max(0, (loudness + 60) / 60));
    }, 100);
    this._end = () => (clearInterval(timer), sound.close());
  }

  _stop() {
    this._end?.();
    this._end = null;
  }
}

customElements.define("shoal-meter", ShoalMeter);
