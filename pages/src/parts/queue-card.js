// One queue of the wallboard: its figures in large type, amber and red with the word for it, who waits, and its door.

import { LitElement, css, html, nothing } from "lit";
import { closings, percent } from "../lib/board.js";
import { looks } from "../lib/looks.js";
import { duration, isToday, dayAndTime, timeOfDay } from "../lib/times.js";
import { t, worded } from "../lib/words.js";

export class ShoalQueueCard extends worded(LitElement) {
  static properties = { card: { attribute: false }, line: { attribute: false }, now: { attribute: false }, large: { type: Boolean, reflect: true } };

  static styles = [looks, css`
    article.card { display: flex; flex-direction: column; gap: .7rem; height: 100%; box-sizing: border-box; border-top: 6px solid var(--line); }
    article.is-amber.card { border-top-color: var(--amber); }
    article.is-red.card { border-top-color: var(--red); }
    header { display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: baseline; justify-content: space-between; }
    h3 { font-size: 1.15rem; margin: 0; overflow-wrap: anywhere; }
    .big { display: grid; grid-template-columns: repeat(3, 1fr); gap: .5rem; margin: 0; }
    .big div { padding: .4rem .3rem; border-radius: 8px; display: grid; justify-items: center; text-align: center; align-content: start; }
    dl { margin: 0; }
    dt { font-size: .8rem; line-height: 1.25; order: 2; }
    dd { margin: 0; font-variant-numeric: tabular-nums; }
    .big dd { font-size: 2rem; font-weight: 650; line-height: 1.15; white-space: nowrap; }
    .big dd.word { font-size: .78rem; font-weight: 600; order: 3; }
    .more { display: grid; grid-template-columns: repeat(4, auto); gap: .3rem .8rem; justify-content: space-between; }
    .more div { display: grid; align-content: start; }
    .more dd { font-weight: 600; white-space: nowrap; }
    .more dt { min-width: min-content; }
    .door { margin-top: auto; }
    .free { font-size: .8em; font-weight: 400; }
    .tag { padding: .05rem .6rem; border-radius: 99px; font-size: .85rem; font-weight: 600; }
    form { display: flex; flex-wrap: wrap; gap: .5rem; }
    form select { padding-block: .2rem; }
    ol { list-style: none; margin: 0; padding: 0; display: grid; gap: .3rem; }
    li { display: flex; gap: .5rem; justify-content: space-between; align-items: center; }
    :host([large]) h3 { font-size: 2rem; }
    :host([large]) .big { grid-template-columns: repeat(3, auto); justify-content: space-between; }
    :host([large]) .big dd { font-size: 3.3rem; }
    :host([large]) .more { grid-template-columns: repeat(2, 1fr); gap: .6rem 1rem; }
    :host([large]) dt { font-size: 1.25rem; }
    :host([large]) .big dd.word { font-size: 1.2rem; }
    :host([large]) .more dd { font-size: 1.7rem; }
  `];

  /** Whether nothing hangs out of the card. */
  get fits() {
    const card = this.renderRoot.querySelector("article");
    return !card || card.scrollWidth <= card.clientWidth;
  }

  render() {
    const { card } = this;
    const figure = (name, value) => html`<div class=${card.levels[name] ?? ""}>
      <dt>${t(`wallboard.${name}`)}</dt><dd>${value}</dd>
      ${card.levels[name] ? html`<dd class="word">${t(`wallboard.${card.levels[name]}`)}</dd>` : nothing}</div>`;
    return html`<article class="card ${card.worst ? `is-${card.worst}` : ""}" aria-label=${card.queue}>
      <header><h3>${card.queue}</h3>${card.closed ? html`<span class="tag amber"
        title=${card.closedWhy || nothing}>${this._closed(card)}</span>` : nothing}</header>
      <dl class="big">${figure("waiting", card.waiting)}${figure("longest", card.longest ? duration(card.longest) : "–")}
        ${figure("level", percent(card.level))}</dl>
      <dl class="more">
        <div><dt class="quiet">${t("wallboard.answered")}</dt><dd>${t("wallboard.of", card)}</dd></div>
        <div><dt class="quiet">${t("wallboard.abandoned")}</dt><dd>${card.abandoned}</dd></div>
        <div><dt class="quiet">${t("wallboard.asa")}</dt><dd>${card.asa == null ? "–" : duration(card.asa)}</dd></div>
        <div><dt class="quiet">${t("wallboard.staffed")}</dt><dd>${card.staffed}
          <span class="quiet free">(${t("wallboard.free", card)})</span></dd></div>
      </dl>
      ${this.large ? nothing : this._controls()}
    </article>`;
  }

  _controls() {
    const { card } = this;
    const door = card.closedBy ? "open" : "close";
    return html`${this.line?.length ? html`<details><summary>${t("wallboard.line", { count: this.line.length })}</summary>
        <ol>${this.line.map((contact, place) => html`<li><span>${place + 1}. ${contact.caller_name || contact.caller}</span>
          ${place ? html`<button aria-label=${t("wallboard.pull", { caller: contact.caller_name || contact.caller })}
            @click=${() => this._order("queue.pullForward", { contact: contact.contact })}>${t("wallboard.first")}</button>` : nothing}</li>`)}</ol>
      </details>` : nothing}
      ${card.closed && !card.closedBy ? nothing : html`<form class="door" @submit=${(event) => this._turn(event, door)}>
        ${door === "close" ? html`<select name="until" aria-label=${t("wallboard.until", { queue: card.queue })}>${Object.keys(closings(0)).map((name) => html`
          <option value=${name}>${t(`wallboard.until_${name}`)}</option>`)}</select>` : nothing}
        <button>${t(`wallboard.${door}`, { queue: card.queue })}</button></form>`}`;
  }

  _closed({ closedBy: by, closedUntil: until }) {
    if (!by) return t("wallboard.closed");
    const end = until && (isToday(until) ? timeOfDay(until) : dayAndTime(until));
    return end ? t("wallboard.closed_until", { by, until: end }) : t("wallboard.closed_by", { by });
  }

  _turn(event, door) {
    event.preventDefault();
    const until = door === "close" ? closings(this.now())[new FormData(event.target).get("until")] : 0;
    this._order(`queue.${door}`, { queue: this.card.queue, ...(until ? { until } : {}) });
  }

  _order(method, params) {
    this.dispatchEvent(new CustomEvent("order", { detail: { method, params }, bubbles: true, composed: true }));
  }
}

customElements.define("shoal-queue-card", ShoalQueueCard);
