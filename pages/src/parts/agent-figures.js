// Every agent's day so far in one table, by the figures of the report.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { duration } from "../lib/times.js";
import { t, worded } from "../lib/words.js";

const COLUMNS = ["calls", "talk", "aht", "acw", "occupancy", "score"];

export class ShoalAgentFigures extends worded(LitElement) {
  static properties = { agents: { attribute: false }, names: { attribute: false } };

  static styles = [looks, css`
    .scroll { overflow-x: auto; }
    th .quiet { font-weight: 400; margin-inline-start: .3rem; }
  `];

  render() {
    return html`<div class="scroll"><table>
      <thead><tr><th scope="col">${t("wallboard.agent")}</th>${COLUMNS.map((name) => html`<th scope="col" class="number"
        title=${t(`wallboard.day_${name}_how`)}>${t(`wallboard.day_${name}`)}</th>`)}</tr></thead>
      <tbody>${this.agents.map((each) => this._row(each))}</tbody></table></div>`;
  }

  _row(each) {
    const name = this.names.get(each.agent)?.name;
    return html`<tr data-figures=${each.agent}><th scope="row">${name || each.agent} <span class="quiet">${name ? each.agent : ""}</span></th>
      <td class="number">${each.calls}</td><td class="number">${duration(each.talk)}</td>
      <td class="number">${each.aht === null ? "–" : duration(each.aht)}</td><td class="number">${duration(each.acw)}</td>
      <td class="number">${each.occupancy === null ? "–" : `${Math.round(100 * each.occupancy)} %`}</td>
      <td class="number">${this._score(each)}</td></tr>`;
  }

  _score({ score, scores, failed }) {
    if (!scores) return "–";
    return html`${t("wallboard.day_score_of", { score: Math.round(score), count: scores })}
      ${failed ? html`<span class="red">${t("wallboard.day_failed", { count: failed })}</span>` : nothing}`;
  }
}

customElements.define("shoal-agent-figures", ShoalAgentFigures);
