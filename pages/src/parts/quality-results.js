// The contacts that were found. Each begins with a button that opens it; the arrows lead from one to the next.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { meanScore, sharesOf } from "../lib/reviews.js";
import { dayAndTime, duration } from "../lib/times.js";
import { t, word, worded } from "../lib/words.js";

const FURTHER = ["silence", "survey"]; // columns for whom there is room; the contact itself shows both
const STEPS = { ArrowDown: 1, ArrowUp: -1 };

export class QualityResults extends worded(LitElement) {
  static properties = { found: { attribute: false }, chosen: {}, offset: { type: Number }, page: { type: Number } };

  static styles = [looks, css`
    :host { container-type: inline-size; }
    .card { padding: .6rem 0 .8rem; overflow-x: auto; }
    table { font-size: .9rem; }
    :is(th, td), :is(th, td).number { white-space: nowrap; padding-inline: .3rem; }
    :is(th, td):first-child { padding-inline-start: var(--gap); }
    :is(th, td):last-child { padding-inline-end: var(--gap); }
    td:is(.agents, .outcome) { white-space: normal; }
    @container (max-width: 46rem) { .further { display: none; } table { font-size: .85rem; } }
    td button { border: 0; padding: .1rem 0; background: none; color: var(--sea); text-decoration: underline; white-space: nowrap; }
    tr[aria-selected="true"] { background: color-mix(in srgb, var(--sea) 14%, transparent); }
    p, .pager { padding: .5rem 1rem 0; margin: 0; }
  `];

  render() {
    if (!this.found) return html`<div class="card"><p role="status">${t("quality.loading")}</p></div>`;
    return html`<div class="card">
      <p role="status" class="quiet">${this.found.length ? t("quality.found", { count: `${this.offset + 1}–${this.offset + this.found.length}` }) : t("quality.nothing")}</p>
      ${this.found.length ? html`<table @keydown=${this._walk}>
        <thead><tr>${["started", "caller", "agents", "outcome", "length", "silence", "survey", "score"].map((name, place) => html`
          <th scope="col" class="${place > 3 ? "number" : ""} ${FURTHER.includes(name) ? "further" : ""}">${t(`quality.${name}`)}</th>`)}</tr></thead>
        <tbody>${this.found.map((each) => this._row(each))}</tbody></table>` : nothing}
      <div class="row pager">
        <button ?disabled=${!this.offset} @click=${() => this._turn(-1)}>${t("quality.before")}</button>
        <button ?disabled=${this.found.length < this.page} @click=${() => this._turn(1)}>${t("quality.after")}</button>
      </div></div>`;
  }

  _row(record) {
    const shares = sharesOf(record);
    const score = meanScore(record);
    const at = dayAndTime(record.started);
    return html`<tr aria-selected=${record.contact === this.chosen}>
      <td><button data-contact=${record.contact} aria-label=${t("quality.open", { time: at })} @click=${() => this._choose(record.contact)}>${at.slice(5)}</button></td>
      <td>${record.caller || t("quality.withheld")}</td>
      <td class="agents">${(record.agents ?? []).join(", ")}</td>
      <td class="outcome">${word("outcome", record.outcome)}</td>
      <td class="number">${record.ended ? duration(record.ended - record.started) : ""}</td>
      <td class="number further">${shares ? `${shares.silence} %` : ""}</td>
      <td class="number further">${record.survey?.score?.toFixed(1) ?? ""}</td>
      <td class="number">${score ?? ""}</td></tr>`;
  }

  _choose(contact) {
    this.dispatchEvent(new CustomEvent("choose", { detail: contact }));
  }

  _turn(step) {
    this.dispatchEvent(new CustomEvent("page", { detail: Math.max(0, this.offset + step * this.page) }));
  }

  _walk(event) {
    const step = STEPS[event.key];
    if (!step) return;
    const buttons = [...this.renderRoot.querySelectorAll("tbody button")];
    event.preventDefault();
    buttons[buttons.indexOf(this.renderRoot.activeElement) + step]?.focus();
  }
}

customElements.define("shoal-quality-results", QualityResults);
