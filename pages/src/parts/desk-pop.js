// The pop: who is calling, and what they went through before they came here.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { dayAndTime, duration, isToday, timeOfDay } from "../lib/times.js";
import { LANGUAGES, t, word, worded } from "../lib/words.js";
import "./desk-way.js";

export class ShoalDeskPop extends worded(LitElement) {
  static properties = { seat: { attribute: false }, colleague: { attribute: false } };

  static styles = [looks, css`
    h2 { font-size: 1.7rem; margin: 0; overflow-wrap: anywhere; }
    .tags { display: flex; flex-wrap: wrap; gap: .35rem; margin: .4rem 0 .9rem; padding: 0; list-style: none; }
    .tags li { border: 1px solid var(--sea); color: var(--sea); border-radius: 999px; padding: 0 .7rem; font-size: .9rem; }
    dl { display: flex; flex-wrap: wrap; gap: .6rem 2.2rem; margin: 0 0 1rem; }
    dt { color: var(--quiet); font-size: .85rem; }
    dd { margin: 0; font-size: 1.1rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    .from { border-inline-start: 4px solid var(--sea); background: var(--paper); padding: .6rem .9rem; margin: 0 0 1rem; border-radius: 0 8px 8px 0; }
    .from p { margin: .2rem 0 0; font-size: 1.1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
    .badge { border-radius: 6px; padding: 0 .5rem; }
  `];

  render() {
    const { contact, pop } = this.seat;
    const shown = pop ?? {};
    const customer = { ...contact?.customer, ...shown.customer };
    const mine = contact?.caller === this.seat.user;
    const number = mine ? this.colleague?.(contact.called) ?? contact.called : shown.caller || contact?.caller;
    const name = customer.name || (mine ? "" : shown.caller_name || contact?.caller_name || "");
    return html`
      <h2 id="who">${name || number || t("desktop.withheld")}</h2>
      <div class="row quiet">${name ? html`<span id="number">${number || t("desktop.withheld")}</span>` : nothing}
        ${shown.caller_name && shown.caller_name !== name ? html`<span>(${shown.caller_name})</span>` : nothing}
        ${shown.diverted_from ? html`<span>${t("desktop.diverted", { number: shown.diverted_from })}</span>` : nothing}
        ${customer.language ? html`<span>${LANGUAGES[customer.language] ?? customer.language}</span>` : nothing}</div>
      <ul class="tags" aria-label=${t("desktop.tags")}>${(customer.tags ?? []).map((tag) => html`<li>${tag}</li>`)}</ul>
      ${shown.returned ? html`<aside class="from"><p id="returned">${this._returned(shown)}</p></aside>` : nothing}
      ${shown.note ? html`<aside class="from"><span class="quiet">${t("desktop.note_by", { who: this.colleague?.(shown.note_by) ?? shown.note_by })}</span>
        <p id="note">${shown.note}</p></aside>` : nothing}
      <dl>${this._figures(shown, customer).map(([name, value, grave]) => html`<div><dt>${name}</dt>
        <dd><span class=${grave ? "red badge" : ""}>${value}</span></dd></div>`)}</dl>
      ${shown.way?.length || shown.queue ? html`<h3 class="quiet">${t("desktop.way")}</h3>
        <shoal-desk-way .way=${shown.way} .queue=${shown.queue}></shoal-desk-way>` : nothing}`;
  }

  /** Why the caller is here again. */
  _returned({ returned, returned_by: by = "" }) {
    const who = this.colleague?.(by) ?? by;
    if (["phone_lost", "no_keys"].includes(returned)) return t(`desktop.returned_${returned}`, { who });
    return t("desktop.returned_by", { who, why: word("desktop.why", returned) });
  }

  _last(moment) {
    if (!moment) return t("desktop.never");
    return isToday(moment) ? t("desktop.today", { time: timeOfDay(moment) }) : dayAndTime(moment);
  }

  _figures(pop, customer) {
    const complaints = customer.open_complaints ?? 0;
    return [
      [t("desktop.calls_today"), customer.calls_today ?? 0], [t("desktop.calls_year"), customer.calls_year ?? 0],
      [t("desktop.last_call"), this._last(customer.last_call)],
      [t("desktop.complaints"), complaints, complaints > 0],
      ...(pop.ivr_seconds === undefined && pop.wait_seconds === undefined ? [] :
        [[t("desktop.ivr_seconds"), duration(pop.ivr_seconds ?? 0)], [t("desktop.wait_seconds"), duration(pop.wait_seconds ?? 0)]]),
      ...Object.entries(pop.collected ?? {}).map(([name, value]) => [name, value]),
    ];
  }
}

customElements.define("shoal-desk-pop", ShoalDeskPop);
