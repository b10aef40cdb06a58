// My last contacts, with their recordings where I may listen to them.

import { LitElement, css, html, nothing } from "lit";
import { talked } from "../lib/desk.js";
import { looks } from "../lib/looks.js";
import { dayAndTime, duration } from "../lib/times.js";
import { given, t, word, worded } from "../lib/words.js";

const MANY = 10;

export class ShoalDeskContacts extends worded(LitElement) {
  static properties = { session: { attribute: false }, changed: {}, records: { state: true }, playing: { state: true }, trouble: { state: true } };

  static styles = [looks, css`
    .scroll { overflow-x: auto; }
    td { vertical-align: middle; }
    th, td:not(.who) { white-space: nowrap; }
    td.who { min-width: 9rem; overflow-wrap: anywhere; }
    a { color: var(--sea); }
    a.failed { color: var(--red); font-weight: 600; }
    audio { width: 100%; min-width: 16rem; height: 2.4rem; }
  `];

  constructor() {
    super();
    this.records = [];
  }

  willUpdate(changes) {
    if (changes.has("changed") || changes.has("session")) this._read();
  }

  async _read() {
    const { user } = this.session;
    const read = await this.session.get(`/api/v1/contacts?agent=${encodeURIComponent(user)}&limit=${MANY}`).catch(() => null);
    if (read) this.records = read.filter((record) => record.ended);
  }

  render() {
    return html`<section class="card" aria-labelledby="last"><h2 id="last">${t("desktop.contacts")}</h2>
      ${this.trouble ? html`<p role="alert" class="red">${this.trouble}</p>` : nothing}
      ${this.records.length ? html`<div class="scroll"><table>
        <thead><tr><th>${t("desktop.when")}</th><th>${t("desktop.who")}</th><th>${t("desktop.queue_head")}</th>
          <th class="number">${t("desktop.talk")}</th><th>${t("desktop.outcome")}</th><th class="number">${t("desktop.score")}</th><th>${t("desktop.recording")}</th></tr></thead>
        <tbody>${this.records.map((record) => this._row(record))}</tbody></table></div>` : html`<p class="quiet">${t("desktop.no_contacts")}</p>`}
    </section>`;
  }

  _row(record) {
    const { user, model } = this.session;
    const noted = (record.noted ?? []).find(({ agent }) => agent === user);
    const queue = record.visits?.at(-1)?.queue ?? "";
    const other = record.caller === user ? record.called : record.caller;
    return html`<tr><td><time>${dayAndTime(record.started)}</time></td>
      <td class="who">${record.customer?.name || record.caller_name || other || t("desktop.withheld")}</td><td>${queue}</td>
      <td class="number">${duration(talked(record, user))}</td>
      <td title=${noted?.note ?? ""}>${noted?.outcome ? given("outcome", noted.outcome, model.queues.get(queue)?.outcomes?.[noted.outcome] ?? noted.outcome) : word("desktop.record", record.outcome)}</td>
      <td class="number">${this._score(record)}</td>
      <td>${this._sound(record)}</td></tr>`;
  }

  /** How this talk was judged; the page of quality says more. */
  _score({ scores = [], contact }) {
    const mine = scores.filter(({ agent }) => agent === this.session.user);
    if (!mine.length) return html`<span class="quiet">–</span>`;
    const failed = mine.some(({ passed = true }) => !passed);
    return html`<a class=${failed ? "failed" : ""} href="#quality/${encodeURIComponent(contact)}"
      title=${failed ? t("desktop.score_failed") : nothing}>${Math.round(mine.reduce((sum, { score }) => sum + score, 0) / mine.length)}</a>`;
  }

  _sound({ recordings = [], deleted = [], contact }) {
    const name = recordings.find((each) => !deleted.includes(each));
    if (!name) return html`<span class="quiet">–</span>`;
    if (this.playing?.name === name) return html`<audio controls autoplay src=${this.playing.url} aria-label=${t("desktop.recording")}></audio>`;
    return html`<button data-contact=${contact} @click=${() => this._play(name)}>${t("desktop.play")}</button>`;
  }

  async _play(name) {
    this.trouble = "";
    try {
      const answer = await this.session.request("POST", `/api/v1/recordings/${encodeURIComponent(name)}/ticket`);
      this.playing = { name, url: (await answer.json()).url };
    } catch (refused) {
      this.trouble = refused.code === "forbidden" ? t("desktop.may_not_listen") : t("desktop.sound_gone");
    }
  }
}

customElements.define("shoal-desk-contacts", ShoalDeskContacts);
