// The keypad: keys towards the other party, by click or typed.

import { LitElement, css, html } from "lit";
import { looks } from "../lib/looks.js";
import { t, worded } from "../lib/words.js";

export class ShoalDeskDigits extends worded(LitElement) {
  static properties = { run: { attribute: false }, sent: { state: true } };

  static styles = [looks, css`
    :host { margin-top: .9rem; }
    .keys { display: grid; grid-template-columns: repeat(3, 4rem); gap: .4rem; margin-top: .5rem; }
    .keys button { font-size: 1.2rem; padding: .5rem 0; }
    output { min-height: 1.6em; display: block; font-size: 1.2rem; letter-spacing: .1em; font-variant-numeric: tabular-nums; }
  `];

  constructor() {
    super();
    this.sent = "";
  }

  render() {
    return html`<div role="group" aria-label=${t("desktop.digits")} tabindex="-1" @keydown=${this._typed}>
      <output aria-live="off">${this.sent}</output>
      <div class="keys">${[..."123456789*0#"].map((digit) => html`<button @click=${() => this._send(digit)}>${digit}</button>`)}</div>
    </div>`;
  }

  firstUpdated() {
    this.renderRoot.querySelector("button").focus();
  }

  _typed(event) {
    if (!/^[0-9*#]$/.test(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this._send(event.key);
  }

  async _send(digit) {
    if (await this.run("call.sendDigits", { digits: digit })) this.sent = (this.sent + digit).slice(-20);
  }
}

customElements.define("shoal-desk-digits", ShoalDeskDigits);
