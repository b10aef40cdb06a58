// The scores of a contact that somebody gave: result, fatal errors, note, and comments that jump to their moments.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { dayAndTime, duration } from "../lib/times.js";
import { t, worded } from "../lib/words.js";

export class QualityScores extends worded(LitElement) {
  static properties = { record: { attribute: false } };

  static styles = [looks, css`
    article + article { border-top: 1px solid var(--line); margin-top: .8rem; padding-top: .8rem; }
    .score { font-size: 1.5rem; font-weight: 600; }
    .note { white-space: pre-wrap; }
    ul { list-style: none; margin: .3rem 0 0; padding: 0; }
    li button { border: 0; padding: 0 .3rem; background: none; color: var(--sea); text-decoration: underline; }
    .fatal { padding: .1rem .5rem; border-radius: 6px; }
  `];

  render() {
    const scores = this.record.scores ?? [];
    if (!scores.length) return nothing;
    return html`<section class="card"><h2>${t("quality.given")}</h2>${scores.map((each) => this._score(each))}</section>`;
  }

  _score({ by, at, agent, form, score, passed = true, fatal = [], remarks = [], note = "" }) {
    return html`<article>
      <div class="row"><span class="score">${Math.round(score)}</span>
        <span class=${passed ? "good" : "red fatal"}>${t(passed ? "quality.passed" : "quality.failed")}</span>
        <span class="quiet">${agent} · ${form} · ${t("quality.by")} ${by} · ${dayAndTime(at)}</span></div>
      ${fatal.length ? html`<p><span class="red fatal">${t("quality.fatal")}: ${fatal.join(", ")}</span></p>` : nothing}
      ${note ? html`<p class="note">${note}</p>` : nothing}
      ${remarks.length ? html`<ul aria-label=${t("quality.remarks")}>${remarks.map((remark) => html`<li>
        <button @click=${() => this.dispatchEvent(new CustomEvent("seek", { detail: remark }))}>${duration(remark.at)}</button> ${remark.text}</li>`)}</ul>` : nothing}
    </article>`;
  }
}

customElements.define("shoal-quality-scores", QualityScores);
