// My day so far, by the figures of the reports.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { duration } from "../lib/times.js";
import { t, worded } from "../lib/words.js";

const AGAIN = 60_000;

export class ShoalDeskDay extends worded(LitElement) {
  static properties = { session: { attribute: false }, changed: {}, day: { state: true } };

  static styles = [looks, css`
    dl { display: grid; grid-template-columns: 1fr auto; gap: .3rem 1rem; margin: 0; }
    dt { color: var(--quiet); }
    a { color: var(--sea); }
    dd { margin: 0; text-align: end; font-variant-numeric: tabular-nums; }
  `];

  connectedCallback() {
    super.connectedCallback();
    this._timer = setInterval(() => this._read(), AGAIN);
  }

  disconnectedCallback() {
    clearInterval(this._timer);
    super.disconnectedCallback();
  }

  willUpdate(changes) {
    if (changes.has("changed") || changes.has("session")) this._read();
  }

  async _read() {
    this.day = await this.session.get(`/api/v1/agents/${encodeURIComponent(this.session.user)}/day`).catch(() => this.day);
  }

  render() {
    const { day } = this;
    if (!day) return nothing;
    const share = (value) => (value === null ? "–" : `${Math.round(value * 100)} %`);
    const score = day.scores ? html`<a href="#quality">${t("desktop.day_score_of", { score: Math.round(day.score), count: day.scores })}</a>` : "–";
    const figures = [
      ["calls", day.calls], ["aht", day.aht === null ? "–" : duration(day.aht)], ["acw", duration(day.acw)],
      ["occupancy", share(day.occupancy)], ["longest", duration(day.longest)], ["logged_in", duration(day.logged_in)],
      ["score", score]];
    return html`<section class="card" aria-labelledby="day"><h2 id="day">${t("desktop.day")}</h2><dl>${figures.map(([name, value]) => html`
      <dt title=${t(`desktop.day_${name}_how`)}>${t(`desktop.day_${name}`)}</dt><dd data-figure=${name}>${value}</dd>`)}</dl></section>`;
  }
}

customElements.define("shoal-desk-day", ShoalDeskDay);
