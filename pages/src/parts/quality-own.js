// An agent's own scores, the newest first. Each opens its talk.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { dayAndTime } from "../lib/times.js";
import { t, worded } from "../lib/words.js";

export class QualityOwn extends worded(LitElement) {
  static properties = { session: { attribute: false }, chosen: {}, scores: { state: true } };

  static styles = [looks, css`
    .scroll { overflow-x: auto; }
    table { font-size: .9rem; }
    :is(th, td), :is(th, td).number { white-space: nowrap; padding-inline: .4rem; }
    :is(th, td):first-child { padding-inline-start: .2rem; }
    td:last-child { text-align: end; }
    td button { border: 0; padding: .1rem 0; background: none; color: var(--sea); text-decoration: underline; white-space: nowrap; }
    tr[aria-selected="true"] { background: color-mix(in srgb, var(--sea) 14%, transparent); }
    .fatal { padding: .1rem .5rem; border-radius: 6px; }
  `];

  connectedCallback() {
    super.connectedCallback();
    this.load();
  }

  async load() {
    this.scores = await this.session.get("/api/v1/quality/scores").catch(() => []);
  }

  render() {
    const { scores = [] } = this;
    const mean = scores.reduce((sum, { score }) => sum + score.score, 0) / scores.length;
    return html`<section class="card"><h2>${t("quality.mine")}</h2>
      <p role="status" class="quiet">${scores.length ? t("quality.mean", { count: scores.length, score: Math.round(mean) }) : t("quality.mine_none")}</p>
      ${scores.length ? html`<div class="scroll"><table><thead><tr><th scope="col">${t("quality.started")}</th><th scope="col">${t("quality.caller")}</th>
        <th scope="col">${t("quality.by")}</th><th scope="col" class="number">${t("quality.score")}</th><th></th></tr></thead>
        <tbody>${scores.map((each) => this._row(each))}</tbody></table></div>` : nothing}</section>`;
  }

  _row({ contact, started, caller, score }) {
    const at = dayAndTime(started);
    const passed = score.passed ?? true;
    return html`<tr aria-selected=${contact === this.chosen}>
      <td><button data-contact=${contact} aria-label=${t("quality.open", { time: at })} @click=${() => this.dispatchEvent(new CustomEvent("choose", { detail: contact }))}>${at.slice(5)}</button></td>
      <td>${caller || t("quality.withheld")}</td><td>${score.by}</td><td class="number">${Math.round(score.score)}</td>
      <td><span class=${passed ? "good" : "red fatal"}>${t(passed ? "quality.passed" : "quality.failed")}</span></td></tr>`;
  }
}

customElements.define("shoal-quality-own", QualityOwn);
