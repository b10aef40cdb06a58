// The test caller: choose a number of the demonstration, call, press keys; it says what is still to be done until a call can
// ring here. Nothing is shown where there is no demonstration.

import { LitElement, css, html, nothing } from "lit";
import { Caller } from "../lib/caller.js";
import { looks } from "../lib/looks.js";
import { phoneOf } from "../lib/phone.js";
import { agent } from "../lib/sip.js";
import { t, worded } from "../lib/words.js";

export class ShoalTestCaller extends worded(LitElement) {
  static properties = { session: { attribute: false }, numbers: { state: true } };

  static styles = [looks, css`
    :host([hidden]) { display: none; }
    .keys { display: grid; grid-template-columns: repeat(auto-fit, minmax(2.6rem, 3.6rem)); gap: .4rem; margin-top: .8rem; }
    .keys button { padding: .35rem 0; }
    p { margin-bottom: .8rem; }
    .next { border-inline-start: 4px solid var(--sea); padding-inline-start: .7rem; }
  `];

  constructor() {
    super();
    this.numbers = [];
    this._changed = () => this.requestUpdate();
  }

  connectedCallback() {
    super.connectedCallback();
    this.caller = new Caller({ origin: this.session.origin, agent });
    this.caller.addEventListener("change", this._changed);
    this.session.addEventListener("model", this._changed);
    this.phone = phoneOf(this.session, agent);
    this._hush = () => this.caller.hush(this.phone.call?.state === "talking");
    this.phone.addEventListener("change", this._hush);
    this._learn();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.phone.removeEventListener("change", this._hush);
    this.session.removeEventListener("model", this._changed);
    this.caller.hangUp();
  }

  willUpdate() {
    this.hidden = !this.numbers.length; // it takes no room in the column then
  }

  render() {
    if (!this.numbers.length) return nothing;
    const { state } = this.caller;
    return html`<section class="card" aria-labelledby="caller"><h2 id="caller">${t("caller.title")}</h2>
      <p class="quiet">${t("caller.what")}</p>
      ${this._next(state)}
      ${state === "free" ? html`<div class="row">${this.numbers.map((number) => html`
        <button @click=${() => this.caller.call(number)}>${t("caller.call", { number })}</button>`)}</div>` : html`
        <div class="row spread"><span role="status">${t(`caller.${state}`)}</span>
          <button class="grave" @click=${() => this.caller.hangUp()}>${t("caller.hang_up")}</button></div>
        <div class="keys" role="group" aria-label=${t("caller.keys")}>${[..."123456789*0#"].map((key) => html`
          <button @click=${() => this.caller.press(key)}>${key}</button>`)}</div>`}
    </section>`;
  }

  /** What comes next for somebody who is new; nothing when the call is with the agent. */
  _next(state) {
    const { phone, state: seat = "logged_out" } = this.session.model.agents.get(this.session.user) ?? {};
    if (state === "free" && phone !== "registered") return html`<p class="next">${t("caller.next_phone")}</p>`;
    if (state === "free" && seat === "logged_out") return html`<p class="next">${t("caller.next_work")}</p>`;
    if (state === "free" && seat === "ready") return html`<p class="next">${t("caller.next_call")}</p>`;
    if (state === "talking" && seat === "ready") return html`<p class="next">${t("caller.next_key")}</p>`;
    return nothing;
  }

  async _learn() {
    const answer = await fetch(`${this.session.origin}/demo/numbers`).catch(() => null);
    this.numbers = answer?.ok ? await answer.json() : [];
  }
}

customElements.define("shoal-test-caller", ShoalTestCaller);
