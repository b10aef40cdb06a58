// One contact: what it was, its recording, and its scores.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { save } from "../lib/saving.js";
import { dayAndTime, duration } from "../lib/times.js";
import { given, t, word, worded } from "../lib/words.js";
import "./quality-form.js";
import "./quality-player.js";
import "./quality-scores.js";

export class QualityContact extends worded(LitElement) {
  static properties = { session: { attribute: false }, contact: {}, record: { state: true }, trouble: { state: true }, moment: { state: true }, drafts: { state: true } };

  static styles = [looks, css`
    .stack { display: grid; gap: var(--gap); grid-template-columns: minmax(0, 1fr); }
    dl { display: flex; flex-wrap: wrap; gap: .3rem 1.6rem; margin: 0; }
    dt { color: var(--quiet); font-size: .85rem; }
    dd { margin: 0; }
    .empty { padding: 3rem 1rem; text-align: center; }
  `];

  willUpdate(changed) {
    if (changed.has("contact")) this._load();
  }

  render() {
    const { record } = this;
    if (!record) return html`<p class="card empty quiet" role="status">${this.trouble || t("quality.none_open")}</p>`;
    const recordings = (record.recordings ?? []).filter((each) => !(record.deleted ?? []).includes(each));
    return html`<div class="stack">
      ${this._head(record)}
      ${recordings.length ? recordings.map((each) => html`<shoal-quality-player .session=${this.session} .recording=${each}
          .remarks=${this._remarks(each)} @moment=${({ detail }) => { this.moment = { recording: each, at: detail }; }}></shoal-quality-player>`)
        : html`<p class="card quiet">${t("quality.no_recording")}</p>`}
      ${record.scores?.length ? html`<shoal-quality-scores .record=${record} @seek=${this._seek}></shoal-quality-scores>` : nothing}
      ${this.session.role === "agent" ? nothing : html`<shoal-quality-form .session=${this.session} .record=${record}
        .moment=${this.moment ?? { recording: recordings[0], at: 0 }} @seek=${this._seek} @scored=${this._scored}
        @remarks=${({ detail }) => { this.drafts = detail; }}></shoal-quality-form>`}
    </div>`;
  }

  _head(record) {
    const facts = [
      ["caller", record.caller || t("quality.withheld")], ["agents", (record.agents ?? []).join(", ")],
      ["queues", [...new Set((record.visits ?? []).map(({ queue }) => queue))].join(", ")], ["outcome", word("outcome", record.outcome)],
      ["length", record.ended ? duration(record.ended - record.started) : ""],
      ["codes", (record.noted ?? []).map(({ outcome, note }) => [this._said(outcome), note].filter(Boolean).join(": ")).join("; ")],
      ["survey", record.survey?.score?.toFixed(1)],
    ].filter(([, value]) => value);
    return html`<section class="card">
      <div class="row spread"><h2>${dayAndTime(record.started)}</h2>
        <button @click=${this._export}>${t("quality.vcon")}</button></div>
      <dl>${facts.map(([name, value]) => html`<div><dt>${t(`quality.${name}`)}</dt><dd>${value}</dd></div>`)}</dl></section>`;
  }

  /** What an agent said came of it, in the words of operations. */
  _said(code) {
    const words = [...this.session.model.queues.values()].map(({ outcomes }) => outcomes?.[code]).find(Boolean);
    return code && given("outcome", code, words ?? code);
  }

  /** Comments that were given, and those that are being written. */
  _remarks(recording) {
    const given = (this.record.scores ?? []).flatMap(({ remarks = [] }) => remarks);
    return [...given, ...(this.drafts ?? [])].filter((remark) => remark.recording === recording);
  }

  _seek({ detail }) {
    const players = [...this.renderRoot.querySelectorAll("shoal-quality-player")];
    players.find(({ recording }) => recording === detail.recording)?.seek(detail.at);
  }

  _export() {
    save(this.session, `/api/v1/contacts/${this.contact}/vcon?recording=attached`, `${this.contact}.vcon.json`).catch((error) => { this.trouble = error.message; });
  }

  _scored() {
    this._load(true);
    this.dispatchEvent(new CustomEvent("scored"));
  }

  async _load(again = false) {
    const { contact } = this;
    if (!again) Object.assign(this, { record: undefined, moment: undefined, drafts: [], trouble: "" });
    if (!contact) return;
    try {
      const record = await this.session.get(`/api/v1/contacts/${encodeURIComponent(contact)}`);
      if (contact === this.contact) this.record = record;
    } catch (error) {
      this.trouble = error.message || t("line.lost");
    }
  }
}

customElements.define("shoal-quality-contact", QualityContact);
