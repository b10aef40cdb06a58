// The wallboard: queues, agents, the day, the trees. `#wallboard/large` is the same for the wall, without controls.
//
// Figures come from the switch, computed as its reports are; what ticks (times in a state, the longest wait) ticks here,
// by the clock of the switch. The day and the trees are asked for once a minute.

import { LitElement, css, html, nothing } from "lit";
import { queueCard, line } from "../lib/board.js";
import { looks } from "../lib/looks.js";
import { currentLanguage, t, tables, worded } from "../lib/words.js";
import "../parts/agent-board.js";
import "../parts/agent-figures.js";
import "../parts/day-charts.js";
import "../parts/queue-card.js";
import "../parts/tree-picture.js";

const MINUTE = 60_000;
const IN_A_ROW = 4;
const LARGEST = 1.8;
const SMALLEST = 0.35;

export class ShoalWallboard extends worded(LitElement) {
  static properties = { session: { attribute: false }, figures: { state: true }, report: { state: true }, trees: { state: true }, said: { state: true }, trouble: { state: true } };

  static styles = [looks, css`
    section { margin-bottom: 1.6rem; }
    .queues { display: grid; gap: var(--gap); grid-template-columns: repeat(auto-fit, minmax(23rem, 1fr)); }
    .head { margin-bottom: 1rem; }
    .head h1 { margin: 0; }
    .said { flex: 1; margin: 0; }
    .trouble { padding: .4rem .8rem; border-radius: 8px; }
    .large { position: fixed; inset: 0; z-index: 3; background: var(--paper); padding: 1.4rem; overflow: hidden; box-sizing: border-box; display: grid; gap: 1.2rem; align-content: start; }
    .large .queues { grid-template-columns: repeat(auto-fit, minmax(27rem, 1fr)); }
    .large > a { position: absolute; right: .6rem; bottom: .4rem; color: var(--quiet); font-size: .9rem; }
    a { color: var(--sea); }
  `];

  constructor() {
    super();
    Object.assign(this, { figures: null, report: null, trees: [], said: "", trouble: null, ahead: 0 });
    this._figures = ({ detail }) => this._take(detail);
    this._redraw = () => this.requestUpdate();
    this._again = () => this._fetch();
    this._judged = ({ detail }) => detail.data.type === "quality.scored" && this._fetch();
  }

  connectedCallback() {
    super.connectedCallback();
    this.session.addEventListener("figures", this._figures);
    this.session.addEventListener("model", this._redraw);
    this.session.addEventListener("configured", this._again);
    this.session.addEventListener("event", this._judged);
    window.addEventListener("hashchange", this._redraw);
    this._tick = setInterval(this._redraw, 1000);
    this._ask = setInterval(() => this._fetch(), MINUTE);
    this._fetch();
  }

  disconnectedCallback() {
    this.session.removeEventListener("figures", this._figures);
    this.session.removeEventListener("model", this._redraw);
    this.session.removeEventListener("configured", this._again);
    this.session.removeEventListener("event", this._judged);
    window.removeEventListener("hashchange", this._redraw);
    clearInterval(this._tick);
    clearInterval(this._ask);
    super.disconnectedCallback();
  }

  updated() {
    const wall = this.renderRoot.querySelector(".large");
    if (wall) requestAnimationFrame(() => this._fit(wall));
    else this._fitted = "";
  }

  /** The wall is filled, and nothing hangs out of it: the type is as large as that allows. */
  _fit(wall) {
    const cards = [...wall.querySelectorAll("shoal-queue-card")];
    const fits = () => cards.every((card) => card.fits) && wall.scrollHeight <= wall.clientHeight && wall.scrollWidth <= wall.clientWidth
      && (cards.length > IN_A_ROW || cards[0]?.offsetTop === cards.at(-1)?.offsetTop);
    const of = [innerWidth, innerHeight, cards.length, this.session.model.agents.size, currentLanguage()].join();
    if (of === this._fitted && fits()) return;
    this._fitted = of;
    for (let zoom = LARGEST; zoom > SMALLEST; zoom -= 0.1) {
      wall.style.zoom = zoom;
      if (fits()) break;
    }
  }

  _take(figures) {
    this.figures = figures;
    this.ahead = figures.at - Date.now() / 1000;
  }

  async _fetch() {
    const { session } = this;
    await session.get("/api/v1/figures").then((figures) => this._take(figures), () => {});
    const day = (this.now ? new Date(this.now * 1000) : new Date()).toLocaleDateString("sv");
    await session.get(`/api/v1/reports?day=${day}`).then((report) => {
      this.report = report;
      const names = report.trees.map(({ tree }) => tree).filter(Boolean);
      if (names.join() !== this.trees.join()) this.trees = [...new Set(names)];
    }, () => {});
    this.renderRoot.querySelector("shoal-tree-picture")?.refresh();
  }

  get now() {
    return Date.now() / 1000 + this.ahead;
  }

  get cards() {
    const known = this.session.model.queues;
    return (this.figures?.queues ?? []).map((queue) => queueCard(queue, known.get(queue.queue), this.now));
  }

  render() {
    return location.hash === "#wallboard/large" ? this._large() : this._normal();
  }

  _large() {
    return html`<div class="large" role="region" aria-label=${t("app.wallboard")}>${this._queues(true)}${this._agents(true)}
      <a href="#wallboard">${t("wallboard.small")}</a></div>`;
  }

  _normal() {
    return html`<div class="row head"><h1>${t("app.wallboard")}</h1><p class="said quiet" role="status">${this.said}</p>
        <a href="#wallboard/large">${t("wallboard.large")}</a></div>
      ${this.trouble ? html`<p class="trouble red" role="alert">${this.trouble()}</p>` : nothing}
      <section aria-labelledby="queues" @order=${this._order}><h2 id="queues">${t("wallboard.queues")}</h2>${this._queues(false)}</section>
      <section aria-labelledby="agents" class="card" @order=${this._order}><h2 id="agents">${t("wallboard.agents")}</h2>${this._agents(false)}</section>
      <section aria-labelledby="day" class="card"><h2 id="day">${t("wallboard.day")}</h2>
        <shoal-day-charts .report=${this.report} .queues=${this.cards.map(({ queue }) => queue)}></shoal-day-charts></section>
      ${this.report?.agents.length ? html`<section aria-labelledby="figures" class="card"><h2 id="figures">${t("wallboard.figures")}</h2>
        <shoal-agent-figures .agents=${this.report.agents} .names=${this.session.model.agents}></shoal-agent-figures></section>` : nothing}
      ${this.trees.length ? html`<section aria-labelledby="trees" class="card"><h2 id="trees">${t("wallboard.trees")}</h2>
        <shoal-tree-picture .session=${this.session} .trees=${this.trees}></shoal-tree-picture></section>` : nothing}`;
  }

  _queues(large) {
    const { contacts } = this.session.model;
    return html`<div class="queues">${this.cards.map((card) => html`<shoal-queue-card ?large=${large} .card=${card}
      .line=${line(contacts, card.queue)} .now=${() => this.now} data-queue=${card.queue}></shoal-queue-card>`)}</div>`;
  }

  _agents(large) {
    const { model, user } = this.session;
    return html`<shoal-agent-board ?large=${large} .agents=${[...model.agents.values()]} .contacts=${new Map(model.contacts)}
      .reasons=${model.reasons ?? {}} .user=${user} .now=${this.now}></shoal-agent-board>`;
  }

  async _order({ detail: { method, params } }) {
    Object.assign(this, { said: "", trouble: null });
    try {
      await this.session.command(method, params);
      this.said = t("wallboard.done");
    } catch ({ code, message }) {
      const key = `refused.${code}`;
      this.trouble = () => (key in tables.en ? t(key) : t("refused.other", { reason: message || code }));
    }
  }
}

customElements.define("shoal-wallboard", ShoalWallboard);
