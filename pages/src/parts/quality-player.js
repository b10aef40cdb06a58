// A recording: its picture, and how it is played. The sound is fetched when somebody wants to hear it, and not before: the
// switch writes down who listened. It is fetched in pieces as it is played, by an address that is good for some minutes; when
// that has expired, another one is asked for.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { bandsOf, jump, marksOf } from "../lib/reviews.js";
import { duration } from "../lib/times.js";
import { t, worded } from "../lib/words.js";
import "./quality-bands.js";
import "./quality-wave.js";

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2];
const POINTS = 1200;

export class QualityPlayer extends worded(LitElement) {
  static properties = {
    session: { attribute: false }, recording: {}, remarks: { attribute: false }, wave: { state: true }, at: { state: true },
    playing: { state: true }, loading: { state: true }, trouble: { state: true }, speed: { state: true },
  };

  static styles = [looks, css`
    .controls { margin: .6rem 0 .2rem; }
    .controls button { min-width: 2.6rem; }
    .place { display: flex; gap: 1rem; align-items: center; margin-top: .4rem; }
    .clock { font-size: 1.1rem; white-space: nowrap; }
    input[type="range"] { flex: 1; min-width: 0; margin: 0; padding: 0; accent-color: var(--sea); }
    label.speed { display: flex; align-items: center; gap: .4rem; }
    p { margin: .3rem 0 0; font-size: .85rem; }
  `];

  constructor() {
    super();
    this.audio = new Audio();
    this.audio.preservesPitch = true;
    Object.assign(this, { at: 0, speed: 1 });
    this.audio.ontimeupdate = () => this._moved();
    this.audio.onplay = () => { this.playing = true; this._follow(); };
    this.audio.onpause = this.audio.onended = () => { this.playing = false; };
  }

  disconnectedCallback() {
    this.audio.pause();
    this.audio.removeAttribute("src");
    super.disconnectedCallback();
  }

  willUpdate(changed) {
    if (changed.has("recording") && this.recording) this._load();
  }

  render() {
    const { wave } = this;
    if (!wave) return html`<section class="card"><p role="status">${this.trouble ? t(this.trouble) : t("quality.loading")}</p></section>`;
    const bands = bandsOf(wave);
    const moment = t("quality.at_of", { at: duration(this.at), length: duration(wave.seconds) });
    return html`<section class="card" aria-label=${t("quality.recording")} @keydown=${this._key}>
      <shoal-quality-wave .wave=${wave} .at=${this.at} .remarks=${this.remarks ?? []} @seek=${({ detail }) => this.seek(detail)}></shoal-quality-wave>
      <div class="place"><input type="range" min="0" max=${wave.seconds} step="0.1" .value=${String(this.at)} aria-label=${t("quality.position")}
        aria-valuetext=${moment} @input=${({ target }) => this.seek(Number(target.value))}>
        <span class="clock" role="timer">${moment}</span></div>
      <div class="row controls">
        <button class="chief" @click=${this.toggle} ?disabled=${this.loading}>${this.loading ? t("quality.loading") : t(this.playing ? "quality.pause" : "quality.play")}</button>
        <button @click=${() => this.seek(this.at - 5)} aria-label=${t("quality.back")}>−5</button>
        <button @click=${() => this.seek(this.at + 5)} aria-label=${t("quality.forth")}>+5</button>
        <button @click=${() => this._jump(-1)}>${t("quality.last_band")}</button>
        <button @click=${() => this._jump(1)}>${t("quality.next_band")}</button>
        <label class="speed">${t("quality.speed")}<select @change=${this._speed}>${SPEEDS.map((speed) => html`
          <option value=${speed} ?selected=${speed === this.speed}>${speed}×</option>`)}</select></label>
      </div>
      ${this.trouble ? html`<p role="alert" class="red">${t(this.trouble)}</p>` : nothing}
      <p class="quiet">${t("quality.keys")}</p>
      <shoal-quality-bands .bands=${bands} .marks=${marksOf(wave)} @seek=${({ detail }) => this.seek(detail)}></shoal-quality-bands>
    </section>`;
  }

  seek(at) {
    this.at = Math.min(Math.max(0, at), this.wave?.seconds ?? 0);
    if (this.audio.src) this.audio.currentTime = this.at;
    this._tell();
  }

  async toggle() {
    if (this.playing) {
      this.audio.pause();
      return;
    }
    this.loading = true;
    try {
      if (!this.audio.src || Date.now() / 1000 > this._good) await this._open();
      this.audio.playbackRate = this.speed;
      await this.audio.play();
      this.trouble = "";
    } catch {
      this.trouble = "quality.gone";
    } finally {
      this.loading = false;
    }
  }

  async _open() {
    const answer = await this.session.request("POST", `/api/v1/recordings/${encodeURIComponent(this.recording)}/ticket`);
    const { url, expires_at } = await answer.json();
    this._good = expires_at - 60;
    this.audio.src = url;
    this.audio.currentTime = this.at;
  }

  async _load() {
    Object.assign(this, { wave: undefined, trouble: "", at: 0 });
    try {
      this.wave = await this.session.get(`/api/v1/recordings/${encodeURIComponent(this.recording)}/peaks?points=${POINTS}`);
    } catch {
      this.trouble = "quality.gone";
    }
  }

  _moved() {
    this.at = this.audio.currentTime;
    this._tell();
  }

  /** While it plays the line moves with the sound, not four times a second. */
  _follow() {
    if (!this.playing) return;
    this.at = this.audio.currentTime;
    requestAnimationFrame(() => this._follow());
  }

  _tell() {
    this.dispatchEvent(new CustomEvent("moment", { detail: Math.round(this.at * 10) / 10 }));
  }

  _jump(step) {
    const to = jump(bandsOf(this.wave), this.at, step);
    if (to !== null) this.seek(to);
  }

  _speed({ target }) {
    this.speed = Number(target.value);
    this.audio.playbackRate = this.speed;
  }

  _key(event) {
    const [within] = event.composedPath();
    if (event.ctrlKey || event.altKey || event.metaKey || ["SELECT", "TEXTAREA"].includes(within.tagName)) return;
    const slider = within.tagName === "INPUT";
    const does = { n: () => this._jump(1), p: () => this._jump(-1),
                   ...(slider ? {} : { ArrowLeft: () => this.seek(this.at - 5), ArrowRight: () => this.seek(this.at + 5) }),
                   ...(["BUTTON", "SUMMARY"].includes(within.tagName) ? {} : { " ": () => this.toggle() }) }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }
}

customElements.define("shoal-quality-player", QualityPlayer);
