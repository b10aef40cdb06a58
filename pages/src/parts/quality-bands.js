// The picture of a recording in words: every band and every mark with its moments; each jumps there.

import { LitElement, css, html } from "lit";
import { looks } from "../lib/looks.js";
import { duration } from "../lib/times.js";
import { t, worded } from "../lib/words.js";

export class QualityBands extends worded(LitElement) {
  static properties = { bands: { attribute: false }, marks: { attribute: false } };

  static styles = [looks, css`
    summary { cursor: pointer; color: var(--sea); margin-top: .5rem; }
    .list { max-height: 16rem; overflow: auto; }
    table { font-size: .9rem; }
    td button { border: 0; padding: 0 .3rem; background: none; color: var(--sea); text-decoration: underline; }
  `];

  render() {
    const rows = [
      ...this.bands.map(({ kind, from, to }) => ({ text: t(`band.${kind}`), from, to })),
      ...this.marks.map(({ kind, at, until, text = "", party = "" }) => ({ text: t(`mark.${kind}`, { text, party }), from: at, to: until })),
    ].sort((one, other) => one.from - other.from);
    return html`<details><summary>${t("quality.bands")} (${rows.length})</summary>
      <div class="list" tabindex="0" role="region" aria-label=${t("quality.bands")}><table>
        <thead><tr>${["from", "until", "band"].map((name) => html`<th scope="col">${t(`quality.${name}`)}</th>`)}</tr></thead>
        <tbody>${rows.map(({ text, from, to }) => html`<tr>
          <td><button @click=${() => this.dispatchEvent(new CustomEvent("seek", { detail: from }))}>${duration(from)}</button></td>
          <td>${to === undefined ? "" : duration(to)}</td><td>${text}</td></tr>`)}</tbody></table></div></details>`;
  }
}

customElements.define("shoal-quality-bands", QualityBands);
