// What came of it: an outcome and a note, during the talk or after it, with what is left of the wrap-up.
//
// What is half written stays in this tab; what is saved is with the switch, and every other page of this agent shows it.
// What has not been saved when the wrap-up ends by itself is saved just before.

import { LitElement, css, html, nothing } from "lit";
import { outcomesFor } from "../lib/desk.js";
import { Drafts, merged, same } from "../lib/drafts.js";
import { keyOf } from "../lib/keys.js";
import { looks } from "../lib/looks.js";
import { now, ticking } from "../lib/ticks.js";
import { duration } from "../lib/times.js";
import { given, t, worded } from "../lib/words.js";

const MORE = 30;
const LAST_MOMENT = 2.5;

export class ShoalDeskWrap extends ticking(worded(LitElement)) {
  static properties = { session: { attribute: false }, seat: { attribute: false }, can: { attribute: false }, run: { attribute: false } };

  static styles = [looks, css`
    form { display: grid; gap: .8rem; }
    fieldset { border: 0; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: .5rem; }
    legend { padding: 0; margin-bottom: .3rem; }
    .choice { display: inline-flex; align-items: center; gap: .45rem; border: 1px solid var(--quiet); border-radius: 999px; padding: .35rem .9rem; cursor: pointer; }
    .choice:has(input:checked) { background: var(--sea); border-color: var(--sea); color: var(--on-sea); }
    .choice:has(input:focus-visible) { outline: 3px solid var(--focus); outline-offset: 2px; }
    .choice input { margin: 0; accent-color: var(--card); }
    textarea { min-height: 5rem; resize: vertical; }
    .left { font-size: 1.35rem; }
    progress { width: 100%; height: .5rem; accent-color: var(--sea); }
  `];

  constructor() {
    super();
    this.drafts = new Drafts();
  }

  get contact() {
    return this.seat.contact?.contact ?? this.seat.agent.contact ?? "";
  }

  get saved() {
    const { outcome = "", note = "" } = this.seat.contact?.noted?.[this.seat.user] ?? {};
    return { outcome, note };
  }

  /** What stands in the form: what was changed here, and for the rest what is saved. */
  get written() {
    return merged(this.drafts.get(this.contact, "outcome"), this.saved);
  }

  get dirty() {
    return !same(this.written, this.saved);
  }

  render() {
    const { written } = this;
    const outcomes = outcomesFor(this.session.model, this.seat);
    return html`<section class="card" aria-label=${t("desktop.wrap")}>
      ${this.seat.state === "after_call_work" ? this._countdown() : nothing}
      <form @submit=${this._save} @input=${this._write}>
        ${outcomes.length ? html`<fieldset><legend>${t("desktop.outcome")}</legend>${outcomes.map(([code, words]) => html`
          <label class="choice"><input type="radio" name="outcome" value=${code} .checked=${written.outcome === code}>${given("outcome", code, words)}</label>`)}</fieldset>` : nothing}
        <label>${t("desktop.note")}<textarea name="note" maxlength="2000" title=${keyOf("note")} aria-keyshortcuts=${keyOf("note")} .value=${written.note}></textarea></label>
        <div class="row">
          <button ?disabled=${!this.can.note || !this.dirty}>${t("desktop.save")}</button>
          ${this.seat.state === "after_call_work" ? html`
            <button type="button" class="chief" data-act="finish" @click=${this._finish}>${t(this.dirty ? "desktop.save_and_finish" : "desktop.finish")}</button>
            <button type="button" data-act="extend" @click=${() => this.run("agent.extendWrapUp", { seconds: MORE })}>${t("desktop.extend", { seconds: MORE })}</button>` : nothing}
          <span class="quiet" role="status">${this._told()}</span>
        </div>
      </form></section>`;
  }

  _told() {
    if (this.dirty) return t("desktop.unsaved");
    return this.saved.outcome || this.saved.note ? t("desktop.saved") : "";
  }

  _countdown() {
    const { since = now(), until } = this.seat.agent;
    if (!until) return html`<h2>${t("desktop.wrap")}</h2>`;
    const left = Math.max(0, until - now());
    return html`<div class="row spread"><h2>${t("desktop.wrap")}</h2><span class="clock left" role="timer" aria-label=${t("desktop.left")}>${duration(left)}</span></div>
      <progress max=${Math.max(1, until - since)} value=${left} aria-label=${t("desktop.left")}></progress>`;
  }

  updated() {
    const { agent, state } = this.seat;
    if (state === "after_call_work" && agent.until && agent.until - now() < LAST_MOMENT && this.dirty && !this.saving) this._store();
  }

  _write({ currentTarget }) {
    const form = new FormData(currentTarget);
    const written = { outcome: form.get("outcome") ?? "", note: form.get("note") };
    this.drafts.set(this.contact, "outcome", same(written, this.saved) ? "" : { ...written, base: this.saved });
    this.requestUpdate();
  }

  _save(event) {
    event.preventDefault();
    this._store();
  }

  /** Tell the switch; the draft is forgotten when the switch has it. */
  async _store() {
    const { contact, written } = this;
    this.saving = true;
    const done = await this.run("contact.note", { contact, ...written });
    this.saving = false;
    if (done && same(merged(this.drafts.get(contact, "outcome"), written), written)) this.drafts.set(contact, "outcome", "");
    this.requestUpdate();
    return done;
  }

  async _finish() {
    if (!this.dirty || await this._store()) this.run("agent.endWrapUp");
  }
}

customElements.define("shoal-desk-wrap", ShoalDeskWrap);
