// The way of a caller through the tree, as a path: a stop for each menu, the key that was pressed, how long it took.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { duration } from "../lib/times.js";
import { t, worded } from "../lib/words.js";

export class ShoalDeskWay extends worded(LitElement) {
  static properties = { way: { attribute: false }, queue: {} };

  static styles = [looks, css`
    ol { list-style: none; display: flex; flex-wrap: wrap; gap: .6rem 0; margin: 0; padding: 0; }
    li { display: grid; grid-template-columns: auto auto; align-items: center; position: relative; padding-right: 2.6rem; }
    li:not(:last-child)::after { content: ""; position: absolute; right: .3rem; width: 2rem; height: 2px; background: var(--sea); top: 50%; }
    li:not(:last-child)::before { content: ""; position: absolute; right: .3rem; top: calc(50% - 4px); border: 5px solid transparent; border-left-color: var(--sea); transform: translateX(5px); }
    .stop { border: 1px solid var(--line); border-radius: 999px; padding: .2rem .8rem; background: var(--paper); display: inline-flex; gap: .5rem; align-items: center; }
    kbd { font: inherit; font-weight: 700; background: var(--sea); color: var(--on-sea); border-radius: 6px; min-width: 1.5rem; text-align: center; padding: 0 .3rem; }
    .end .stop { border-color: var(--sea); font-weight: 600; }
    .stop .clock { color: var(--quiet); font-size: .85rem; }
  `];

  render() {
    const way = this.way ?? [];
    return html`<ol aria-label=${t("desktop.way")}>
      ${way.map(({ menu, digit, seconds }) => html`<li><span class="stop"><span>${menu.replaceAll("_", " ")}</span>
        ${digit ? html`<kbd aria-label=${t("desktop.pressed", { digit })}>${digit}</kbd>` : html`<span class="quiet">${t("desktop.silent")}</span>`}
        <span class="clock">${duration(seconds)}</span></span></li>`)}
      ${this.queue ? html`<li class="end"><span class="stop">${t("desktop.queue", { queue: this.queue })}</span></li>` : nothing}
    </ol>`;
  }
}

customElements.define("shoal-desk-way", ShoalDeskWay);
