// The day by quarters of an hour, drawn as SVG by ourselves; beside each picture stands the same as a table.

import { LitElement, css, html, svg } from "lit";
import { ceiling, points, series } from "../lib/board.js";
import { looks } from "../lib/looks.js";
import { timeOfDay } from "../lib/times.js";
import { t, worded } from "../lib/words.js";

const BOX = { width: 520, height: 130 };
const CHARTS = [["calls", ["offered", "answered"]], ["level", ["level"]], ["wait", ["wait"]], ["staffed", ["staffed"]]];
const shown = (value) => (value == null ? "–" : Number.isInteger(value) ? value : value.toFixed(1));

export class ShoalDayCharts extends worded(LitElement) {
  static properties = { report: { attribute: false }, queues: { attribute: false }, queue: { state: true } };

  static styles = [looks, css`
    .charts { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(24rem, 1fr)); }
    figure { margin: 0; }
    figcaption { font-weight: 600; margin-bottom: .3rem; }
    svg { width: 100%; height: auto; display: block; }
    text { font-size: 12px; fill: var(--quiet); }
    .grid { stroke: var(--line); }
    .bar { fill: var(--line); stroke: var(--quiet); }
    .line { fill: none; stroke: var(--sea); stroke-width: 2.5; }
    .dot { fill: var(--sea); }
    details { margin-top: 1rem; overflow-x: auto; }
  `];

  constructor() {
    super();
    this.queue = "";
  }

  render() {
    const rows = series(this.report, this.queue);
    return html`<label class="row">${t("wallboard.queue")}
        <select @change=${(event) => (this.queue = event.target.value)}><option value="">${t("wallboard.all")}</option>
          ${this.queues.map((queue) => html`<option ?selected=${queue === this.queue}>${queue}</option>`)}</select></label>
      ${rows.length ? html`<div class="charts">${CHARTS.map(([name, lines]) => this._chart(name, lines, rows))}</div>${this._table(rows)}`
        : html`<p class="quiet">${t("wallboard.none_today")}</p>`}`;
  }

  _chart(name, [first, second], rows) {
    const from = rows[0].start, to = rows.at(-1).start + 900;
    const most = name === "level" ? 100 : ceiling(Math.max(...rows.map((row) => row[first] ?? 0)));
    const box = { ...BOX, most, from, to };
    const bars = second ? points(rows, first, box) : [];
    const dots = points(rows, second ?? first, box);
    const wide = Math.max(2, (BOX.width * 900) / (to - from) - 2);
    const half = second ? wide / 2 : 0;
    return html`<figure><figcaption>${t(`wallboard.chart_${name}`)}</figcaption>
      <svg viewBox="-40 -12 ${BOX.width + 56} ${BOX.height + 36}" role="img" aria-label=${t(`wallboard.chart_${name}`)}>
        ${[0, .5, 1].map((part) => svg`<line class="grid" x1="0" x2=${BOX.width} y1=${BOX.height * part} y2=${BOX.height * part}></line>
          <text x="-6" y=${BOX.height * part + 4} text-anchor="end">${shown(most * (1 - part))}</text>`)}
        ${bars.map(({ x, y }) => svg`<rect class="bar" x=${x + 1} y=${y} width=${wide} height=${BOX.height - y}></rect>`)}
        <polyline class="line" points=${dots.map(({ x, y }) => `${x + half},${y}`).join(" ")}></polyline>
        ${dots.map(({ x, y }) => svg`<circle class="dot" cx=${x + half} cy=${y} r="3.5"></circle>`)}
        <text x="0" y=${BOX.height + 18}>${timeOfDay(from)}</text>
        <text x=${BOX.width} y=${BOX.height + 18} text-anchor="end">${timeOfDay(to)}</text>
      </svg></figure>`;
  }

  _table(rows) {
    const columns = [["offered", "offered"], ["answered_of", "answered"], ["abandoned", "abandoned"], ["level", "level"], ["asa", "wait"], ["staffed", "staffed"]];
    return html`<details><summary>${t("wallboard.table")}</summary><table>
      <thead><tr><th scope="col">${t("wallboard.from")}</th>${columns.map(([name]) => html`<th scope="col" class="number">${t(`wallboard.${name}`)}</th>`)}</tr></thead>
      <tbody>${rows.map((row) => html`<tr><th scope="row">${timeOfDay(row.start)}</th>
        ${columns.map(([, name]) => html`<td class="number">${shown(row[name])}</td>`)}</tr>`)}</tbody></table></details>`;
  }
}

customElements.define("shoal-day-charts", ShoalDayCharts);
