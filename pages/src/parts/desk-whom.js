// Whom to ask, or to send the caller to: colleagues, queues, or a number, by search; with a note for their screen.

import { LitElement, css, html, nothing } from "lit";
import { targets } from "../lib/desk.js";
import { Drafts } from "../lib/drafts.js";
import { looks } from "../lib/looks.js";
import { t, word, worded } from "../lib/words.js";

const METHODS = { consult: "call.consult", transfer: "call.transfer", deflect: "call.deflect", call: "call.make" };
const AGAIN = 3000;

export class ShoalDeskWhom extends worded(LitElement) {
  static properties = {
    session: { attribute: false }, mode: {}, contact: {}, run: { attribute: false },
    typed: { state: true }, chosen: { state: true }, colleagues: { state: true } };

  static styles = [looks, css`
    form { margin-top: .9rem; border: 1px solid var(--line); border-radius: 8px; padding: .9rem; display: grid; gap: .7rem; background: var(--paper); }
    .found { max-height: 15rem; overflow-y: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); padding: .2rem; margin: 0; }
    .found label { display: grid; grid-template-columns: auto 1fr auto; gap: .6rem; align-items: center; padding: .4rem .6rem; border-radius: 6px; cursor: pointer; }
    .found label:has(input:checked) { background: var(--sea); color: var(--on-sea); }
    .found label:has(input:checked) .quiet { color: inherit; }
    .found label:has(input:focus-visible) { outline: 3px solid var(--focus); outline-offset: -2px; }
    legend { padding: 0; }
    textarea { min-height: 3.4rem; resize: vertical; }
  `];

  constructor() {
    super();
    Object.assign(this, { typed: "", chosen: "", colleagues: [], drafts: new Drafts() });
  }

  connectedCallback() {
    super.connectedCallback();
    this._look();
    this._timer = setInterval(() => this._look(), AGAIN);
  }

  disconnectedCallback() {
    clearInterval(this._timer);
    super.disconnectedCallback();
  }

  async _look() {
    this.colleagues = await this.session.get("/api/v1/colleagues").catch(() => this.colleagues);
  }

  get found() {
    return targets(this.typed, { colleagues: this.colleagues, queues: this.mode === "call" ? [] : [...this.session.model.queues.values()], user: this.session.user });
  }

  render() {
    const { found } = this;
    const chosen = found.find(({ to }) => to === this.chosen) ?? found[0];
    return html`<form @submit=${(event) => this._go(event, chosen)} @keydown=${this._escape} aria-label=${t(`desktop.${this.mode}`)}>
      <label>${t("desktop.whom")}<input type="search" id="whom" autocomplete="off" spellcheck="false" placeholder=${t("desktop.whom_hint")}
        .value=${this.typed} @input=${({ target }) => Object.assign(this, { typed: target.value, chosen: "" })}></label>
      <fieldset class="found"><legend class="hushed">${t("desktop.whom")}</legend>
        ${found.map((one) => this._one(one, one === chosen))}
        ${found.length ? nothing : html`<p class="quiet" role="status">${t("desktop.nobody")}</p>`}
      </fieldset>
      ${this.mode === "call" ? nothing : html`<label>${t("desktop.note_for")}<textarea id="note-for" maxlength="2000"
        .value=${this.drafts.get(this.contact, "hand over")} @input=${({ target }) => this.drafts.set(this.contact, "hand over", target.value)}></textarea></label>`}
      <div class="row"><button class="chief" ?disabled=${!chosen}>${t(`desktop.${this.mode}_to`, { who: chosen?.name ?? "" })}</button>
        <button type="button" @click=${this._close}>${t("desktop.close")}</button></div>
    </form>`;
  }

  _one(one, checked) {
    const detail = one.kind === "agent" ? `${one.number} · ${word("state", one.state)}`
      : one.kind === "queue" ? t("desktop.queue_now", { waiting: one.waiting, ready: one.ready }) : t("desktop.number");
    return html`<label><input type="radio" name="to" value=${one.to} .checked=${checked} @change=${() => { this.chosen = one.to; }}>
      <span>${one.kind === "queue" ? t("desktop.queue", { queue: one.name }) : one.name}</span><span class=${one.good && !checked ? "good" : "quiet"}>${detail}</span></label>`;
  }

  firstUpdated() {
    this.renderRoot.querySelector("input").focus();
  }

  _escape(event) {
    if (event.key === "Escape") this._close();
  }

  _close() {
    this.dispatchEvent(new Event("done"));
  }

  async _go(event, chosen) {
    event.preventDefault();
    const note = this.mode === "call" ? "" : this.drafts.get(this.contact, "hand over");
    if (!await this.run(METHODS[this.mode], { to: this.mode === "call" ? chosen.to.replace("agent:", "") : chosen.to, ...(note ? { note } : {}) })) return;
    this.drafts.set(this.contact, "hand over", "");
    this._close();
  }
}

customElements.define("shoal-desk-whom", ShoalDeskWhom);
