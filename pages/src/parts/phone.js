// The phone in the browser, as an agent sees it: on or off, reachable or not, which microphone and how loud, who calls, how
// good the line is. What is said of a call here is what the phone knows; who it really is stands in the pop beside it.

import { LitElement, css, html, nothing } from "lit";
import { live } from "lit/directives/live.js";
import { looks } from "../lib/looks.js";
import { phoneOf } from "../lib/phone.js";
import { figures, verdict } from "../lib/quality.js";
import { Ring } from "../lib/ring.js";
import { agent } from "../lib/sip.js";
import { t, worded } from "../lib/words.js";
import "./meter.js";

const KEYS = [..."123456789*0#"];
const LOOK_EVERY = 3000;

export class ShoalPhone extends worded(LitElement) {
  static properties = { session: { attribute: false }, line: { state: true }, devices: { state: true }, tried: { state: true } };

  static styles = [looks, css`
    .whole { display: grid; gap: .7rem; }
    .switch { display: flex; gap: .6rem; align-items: center; }
    .switch input { width: 1.1rem; height: 1.1rem; flex: none; margin: 0; accent-color: var(--sea); }
    .call { border: 2px solid var(--sea); border-radius: 8px; padding: .7rem; display: grid; gap: .6rem; }
    .call p { margin: 0; overflow-wrap: anywhere; }
    .keys { display: grid; grid-template-columns: repeat(3, 1fr); gap: .3rem; max-width: 14rem; margin-top: .4rem; }
    .trouble { padding: .5rem .8rem; border-radius: 8px; margin: 0; }
    .state { margin: 0; }
    select { width: 100%; }
  `];

  constructor() {
    super();
    this.devices = [];
    this.ring = new Ring();
    this._changed = () => this._look();
  }

  connectedCallback() {
    super.connectedCallback();
    this.phone = phoneOf(this.session, agent);
    this.phone.addEventListener("change", this._changed);
    navigator.mediaDevices?.addEventListener?.("devicechange", this._changed);
    this.timer = setInterval(() => this._count(), LOOK_EVERY);
    this._look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.phone.removeEventListener("change", this._changed);
    navigator.mediaDevices?.removeEventListener?.("devicechange", this._changed);
    clearInterval(this.timer);
    this.ring.stop();
    this._try(false);
  }

  render() {
    const { phone } = this, on = phone.state !== "off";
    return html`<div class="whole">
      <label class="switch"><input type="checkbox" role="switch" .checked=${live(on)} @change=${({ target }) => (target.checked ? phone.turnOn() : phone.turnOff())}> ${t("handset.use")}</label>
      <p class="state ${phone.state === "reachable" ? "good" : "quiet"}" role="status">${t(`handset.${phone.state}`)}</p>
      ${phone.trouble ? html`<p role="alert" class="trouble red">${t(`handset.trouble.${phone.trouble}`)}</p>` : nothing}
      ${phone.call ? this._call(phone.call) : nothing}
      ${on ? this._microphone() : nothing}
    </div>`;
  }

  _call(call) {
    const who = call.name || call.number || t("handset.unknown"), ringing = call.state !== "talking";
    return html`<section class="call" aria-label=${t("handset.title")}>
      <p role=${ringing ? "alert" : "status"}>${t(ringing ? "handset.ringing" : "handset.talking", { who })}</p>
      <div class="row">
        ${ringing ? html`<button class="chief" ?disabled=${call.state !== "ringing"} @click=${() => this.phone.answer()}>${t("handset.answer")}</button>` : html`
          <button @click=${() => this.phone.mute(!call.muted)}>${t(call.muted ? "handset.unmute" : "handset.mute")}</button>`}
        <button class="grave" @click=${() => this.phone.hangUp()}>${t(ringing ? "handset.refuse" : "handset.hang_up")}</button>
      </div>
      ${call.state === "talking" ? html`${this._line()}<details><summary>${t("handset.keys")}</summary><div class="keys">${KEYS.map((key) => html`
        <button aria-label=${t("handset.key", { key })} @click=${() => this.phone.press(key)}>${key}</button>`)}</div></details>` : nothing}
    </section>`;
  }

  _line() {
    if (!this.line) return nothing;
    const word = verdict(this.line), whole = (value, digits = 0) => (value === null ? "–" : value.toFixed(digits));
    const told = t("handset.figures", { loss: whole(this.line.loss, 1), jitter: whole(this.line.jitter), trip: whole(this.line.trip) });
    return html`<p class=${word === "good" ? "good" : "quiet"} title=${told} role="status">${t("handset.quality", { word: t(`handset.quality.${word}`) })}</p>`;
  }

  _microphone() {
    const stream = this.phone.stream ?? this.tried;
    return html`<label>${t("handset.microphone")}<select @change=${({ target }) => this._choose(target.value)}>
        <option value="">${t("handset.default")}</option>${this.devices.map(({ device, label }) => html`
        <option value=${device} ?selected=${device === this.phone.microphone}>${label || device.slice(0, 8)}</option>`)}</select></label>
      ${stream ? html`<shoal-meter .stream=${stream}></shoal-meter>` : nothing}
      ${this.phone.call ? nothing : html`<button @click=${() => this._try(!this.tried)}>${t(this.tried ? "handset.try_end" : "handset.try")}</button>`}`;
  }

  async _choose(device) {
    await this.phone.choose(device);
    if (this.tried) await this._try(true);
  }

  async _try(wanted) {
    for (const track of this.tried?.getTracks() ?? []) track.stop();
    this.tried = wanted ? await this.phone.listen() : null;
  }

  async _look() {
    const ringing = this.phone.call?.state === "ringing";
    if (ringing) this.ring.start();
    else this.ring.stop();
    if (this.phone.call) this._try(false);
    else this.line = null;
    this.requestUpdate();
    this.devices = await this.phone.microphones();
  }

  async _count() {
    const report = this.phone.call?.state === "talking" ? await this.phone.stats() : null;
    if (report) this.line = figures(report, this.line);
  }
}

customElements.define("shoal-phone", ShoalPhone);
