// The day by quarters of an hour, drawn as SVG by ourselves; beside each picture stands the same as a table.

import { LitElement, css, html, nothing, svg } from "lit";
import { ceiling, points, series } from "../lib/board.js";
import { looks } from "../lib/looks.js";
import { timeOfDay } from "../lib/times.js";
import { t, worded } from "../lib/words.js";

const BOX = { width: 520, height: 130 };
const HOUR = 3600;
const CHARTS = [["calls", ["offered", "answered"]], ["level", ["level"]], ["wait", ["wait"]], ["staffed", ["staffed"]]];
const shown = (value) => (value == null ? "–" : Number.isInteger(value) ? value : value.toFixed(1));

/** The moments at which a time is written below the axis: full hours, six at most. */
function hours(from, to) {
  const step = HOUR * Math.ceil((to - from) / HOUR / 6 || 1);
  const first = Math.ceil(from / HOUR) * HOUR;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, count) => first + count * step);
}

export class ShoalDayCharts extends worded(LitElement) {
  static properties = { report: { attribute: false }, queues: { attribute: false }, queue: { state: true } };

  static styles = [looks, css`
    .charts { display: grid; gap: 1.4rem 2rem; grid-template-columns: minmax(0, 1fr); margin-top: 1rem; }
    @media (min-width: 56rem) { .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
    @media (min-width: 150rem) { .charts { grid-template-columns: repeat(4, minmax(0, 1fr)); } }
    figure { margin: 0; }
    figcaption { display: flex; flex-wrap: wrap; gap: 0 1rem; align-items: baseline; font-weight: 600; margin-bottom: .3rem; }
    .key { font-weight: 400; font-size: .85rem; color: var(--quiet); }
    .key::before { content: ""; display: inline-block; width: .8rem; height: .7rem; margin-inline-end: .35rem; border-radius: 2px; background: var(--line); }
    .key.lined::before { height: 3px; vertical-align: .22em; background: var(--sea); }
    svg { width: 100%; height: auto; display: block; }
    text { font-size: 12px; fill: var(--quiet); }
    .grid { stroke: var(--line); }
    .bar { fill: var(--line); }
    .line { fill: none; stroke: var(--sea); stroke-width: 2.5; }
    .line.open { stroke-dasharray: 3 4; }
    .dot { fill: var(--sea); }
    .dot.open { fill: var(--card); stroke: var(--sea); stroke-width: 1.5; }
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
    const half = second ? wide / 2 + 1 : 0;
    const place = ({ x, y }) => `${x + half},${y}`;
    const open = dots.at(-1)?.start + 900 > Date.now() / 1000; // the running quarter may still become anything
    return html`<figure><figcaption>${t(`wallboard.chart_${name}`)}${second ? html`<span class="key">${t("wallboard.offered")}</span>
        <span class="key lined">${t("wallboard.answered_of")}</span>` : nothing}</figcaption>
      <svg viewBox="-40 -12 ${BOX.width + 56} ${BOX.height + 36}" role="img" aria-label=${t(`wallboard.chart_${name}`)}>
        ${[0, .5, 1].map((part) => svg`<line class="grid" x1="0" x2=${BOX.width} y1=${BOX.height * part} y2=${BOX.height * part}></line>
          <text x="-6" y=${BOX.height * part + 4} text-anchor="end">${shown(most * (1 - part))}</text>`)}
        ${bars.map(({ x, y }) => svg`<rect class="bar" x=${x + 1} y=${y} width=${wide} height=${BOX.height - y}></rect>`)}
        <polyline class="line" points=${dots.slice(0, open ? -1 : undefined).map(place).join(" ")}></polyline>
        ${open ? svg`<polyline class="line open" points=${dots.slice(-2).map(place).join(" ")}></polyline>` : nothing}
        ${dots.map(({ x, y }, count) => svg`<circle class="dot ${open && count === dots.length - 1 ? "open" : ""}" cx=${x + half} cy=${y} r="3"></circle>`)}
        ${hours(from, to).map((hour) => svg`<text x=${(BOX.width * (hour - from)) / (to - from)} y=${BOX.height + 18} text-anchor="middle">${timeOfDay(hour)}</text>`)}
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
