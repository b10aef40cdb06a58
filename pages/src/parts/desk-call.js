// The call: what can be done with it now. Buttons that mean nothing now cannot be pressed; what needs more words (keys,
// whom to ask, whom to send the caller to) opens a panel below.

import { LitElement, css, html, nothing } from "lit";
import { keyOf } from "../lib/keys.js";
import { looks } from "../lib/looks.js";
import { now, ticking } from "../lib/ticks.js";
import { duration } from "../lib/times.js";
import { t, worded } from "../lib/words.js";
import "./desk-digits.js";
import "./desk-whom.js";

const PANELS = { digits: "digits", consult: "consult", transfer: "transfer", deflect: "deflect" };

export class ShoalDeskCall extends ticking(worded(LitElement)) {
  static properties = {
    session: { attribute: false }, seat: { attribute: false }, can: { attribute: false }, run: { attribute: false },
    act: { attribute: false }, panel: {}, colleague: { attribute: false } };

  static styles = [looks, css`
    .bar { display: flex; flex-wrap: wrap; gap: .5rem; }
    .bar + .bar { margin-top: .5rem; }
    .head { display: flex; gap: .8rem; justify-content: space-between; align-items: center; margin-bottom: .8rem; }
    .how { margin: 0; font-size: 1.05rem; }
    .how strong { font-weight: 650; }
    .asked { border: 1px solid var(--sea); border-radius: 8px; padding: .7rem .9rem; margin: .8rem 0; }
    h3 { margin-top: 1rem; }
    .parties { list-style: none; margin: .6rem 0 0; padding: 0; display: grid; gap: .35rem; }
    .pick { align-self: center; padding-inline-end: .8rem; }
    .rec { color: var(--red); }
    button[aria-pressed="true"] { border-color: var(--sea); box-shadow: inset 0 0 0 1px var(--sea); }
  `];

  render() {
    return html`
      <div class="head"><p class="how" id="how">${this._how()}</p>${this.seat.offer ? nothing : this._button("clear", { grave: true })}</div>
      <div class="bar" role="group" aria-label=${t("desktop.call")}>${this._now()}</div>
      ${this.seat.asks ? this._asks() : nothing}
      ${this.seat.contact?.conference?.length ? this._parties() : nothing}
      ${this._panel()}`;
  }

  _how() {
    const { offer, leg, contact, asked } = this.seat;
    if (contact?.returning) return this._lost(contact.returning);
    if (offer) return html`<strong>${t("desktop.rings")}</strong> <span class="quiet">${t("desktop.rings_for", { seconds: duration(offer.expires_at - now()) })}</span>`;
    if (!leg) return t("desktop.connecting");
    const waits = contact.caller === this.seat.user && !this.seat.others.length;
    const what = leg.state === "ringing" ? "own_rings" : waits ? "far_rings" : asked ? "asked" : leg.state === "held" && !this.seat.asks ? "held" : "talking";
    const clock = leg.since ? duration(now() - leg.since) : "";
    return html`<strong>${t(`desktop.${what}`)}</strong> <span class="clock quiet">${clock}</span>
      ${leg.muted ? html` · <strong class="rec">${t("desktop.muted")}</strong>` : nothing}
      ${contact.recording ? html` · <span class=${contact.recording_paused ? "quiet" : "rec"}>${t(contact.recording_paused ? "desktop.paused" : "desktop.recorded")}</span>` : nothing}`;
  }

  /** Somebody's phone is lost, and is waited for. */
  _lost({ party, until }) {
    const mine = party === this.seat.user;
    return html`<strong class="rec">${mine ? t("desktop.phone_lost") : t("desktop.other_lost", { who: this.colleague(party) })}</strong>
      <span class="quiet">${t("desktop.phone_lost_for", { seconds: duration(until - now()) })}</span>`;
  }

  _now() {
    const { can, seat } = this;
    if (seat.offer) return [
      can.answer ? this._button("answer", { chief: true }) : html`<span class="pick">${t("desktop.pick_up")}</span>`,
      this._button("reject", { grave: true }), this._opener("deflect")];
    return [
      seat.leg?.state === "held" && !seat.asks ? this._button("retrieve", { chief: true, key: "hold" }) : this._button("hold"),
      seat.leg?.muted ? this._button("unmute", { key: "mute" }) : this._button("mute"),
      this._opener("digits"), this._opener("consult"), this._opener("transfer"), this._button("requeue"),
      can.resume ? this._button("resume", { key: "pause" }) : this._button("pause")];
  }

  _button(action, { chief = false, grave = false, key = action } = {}) {
    return html`<button class=${chief ? "chief" : grave ? "grave" : ""} data-act=${action} title=${keyOf(key) ?? nothing}
      aria-keyshortcuts=${keyOf(key) ?? nothing} ?disabled=${!this.can[action]} @click=${() => this.act(action)}>${t(`desktop.${action}`)}</button>`;
  }

  _opener(panel) {
    return html`<button data-act=${panel} title=${keyOf(panel) ?? nothing} aria-keyshortcuts=${keyOf(panel) ?? nothing}
      aria-expanded=${this.panel === panel} ?disabled=${!this.can[panel]} @click=${() => this.act(panel)}>${t(`desktop.${panel}`)} …</button>`;
  }

  _asks() {
    const { consultation: told } = this.seat;
    const who = this.colleague(told.party || told.to);
    return html`<div class="asked">
      <p id="consultation">${t(`desktop.consult_${told.state}`, { who })} <span class="clock quiet">${duration(now() - told.since)}</span></p>
      <div class="bar" role="group" aria-label=${t("desktop.consult")}>
        ${this._button("complete", { chief: true })}${this._button("alternate")}${this._button("conference")}${this._button("cancelConsult")}
      </div></div>`;
  }

  _parties() {
    return html`<h3>${t("desktop.parties")}</h3><ul class="parties">${this.seat.others.map(({ party, muted }) => html`<li class="row spread">
      <span>${this.colleague(party)}${muted ? ` · ${t("desktop.muted")}` : ""}</span><span class="row">
        <button @click=${() => this.run(muted ? "call.unmute" : "call.mute", { party })}>${t(muted ? "desktop.unmute" : "desktop.mute")}</button>
        <button class="grave" ?disabled=${!this.can.drop} @click=${() => this.run("call.drop", { party })}>${t("desktop.drop")}</button></span></li>`)}
      <li><button ?disabled=${!this.can.drop} @click=${() => this.run("call.drop")}>${t("desktop.leave")}</button></li></ul>`;
  }

  _panel() {
    const panel = this.can[this.panel] ? PANELS[this.panel] : "";
    if (!panel) return nothing;
    if (panel === "digits") return html`<shoal-desk-digits .run=${this.run}></shoal-desk-digits>`;
    return html`<shoal-desk-whom .session=${this.session} .mode=${panel} .contact=${this.seat.contact?.contact ?? ""} .run=${this.run}
      @done=${() => this.act("close")}></shoal-desk-whom>`;
  }
}

customElements.define("shoal-desk-call", ShoalDeskCall);
