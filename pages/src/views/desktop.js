// The agent's desktop: my seat, the caller before me, what can be done, and what was.
//
// Everything that is shown follows from the session's model, so a page that is loaded anew, and a second one, show the
// same. What is done goes to the switch as a command and comes back as events; nothing is shown before it is so.

import { LitElement, css, html, nothing } from "lit";
import { fromRecord, possible, seatOf } from "../lib/desk.js";
import { KEYS, actionOf, keyOf } from "../lib/keys.js";
import { looks } from "../lib/looks.js";
import { phoneOf } from "../lib/phone.js";
import { agent } from "../lib/sip.js";
import { t, tables, word, worded } from "../lib/words.js";
import "../parts/desk-call.js";
import "../parts/desk-contacts.js";
import "../parts/desk-day.js";
import "../parts/desk-page.js";
import "../parts/desk-pop.js";
import "../parts/desk-seat.js";
import "../parts/desk-whom.js";
import "../parts/desk-wrap.js";
import "../parts/test-caller.js";

const METHODS = {
  answer: "call.answer", reject: "call.reject", hold: "call.hold", retrieve: "call.retrieve", mute: "call.mute", unmute: "call.unmute",
  alternate: "call.alternate", complete: "call.complete", cancelConsult: "call.cancelConsult", conference: "call.conference",
  requeue: "call.requeue", clear: "call.clear", pause: "recording.pause", resume: "recording.resume",
};
const PANELS = ["digits", "consult", "transfer", "deflect"];
const IDLE = { ready: "desktop.waiting", logged_out: "desktop.out" };
const TURNS = { hold: "retrieve", mute: "unmute", pause: "resume" };
const GONE = { "reservation.rescinded": "rescinded", "reservation.canceled": "canceled", "reservation.timeout": "timeout" };

export class ShoalDesktop extends worded(LitElement) {
  static properties = { session: { attribute: false }, panel: { state: true }, said: { state: true }, changed: { state: true } };

  static styles = [looks, css`
    .desk { display: grid; grid-template-columns: 19rem minmax(0, 1fr); gap: var(--gap); align-items: start; max-width: 110rem; margin: 0 auto; }
    .column { display: grid; gap: var(--gap); min-width: 0; }
    .before { display: grid; gap: var(--gap); grid-template-columns: minmax(0, 1fr); min-width: 0; }
    .rings { border: 2px solid var(--sea); }
    .said { margin: 0; }
    .said:empty { position: absolute; }
    #idle { margin: 0; }
    shoal-phone { margin-bottom: .8rem; }
    .said:not(:empty) { padding: .5rem .9rem; border-radius: 8px; background: var(--card); border: 1px solid var(--line); }
    .said.red:not(:empty) { background: var(--red-paper); border-color: var(--red); }
    shoal-desk-call { margin-top: 1.2rem; border-top: 1px solid var(--line); padding-top: 1rem; }
    details summary { cursor: pointer; }
    .keys { display: grid; grid-template-columns: 1fr auto; gap: .3rem 1rem; margin: .6rem 0 0; }
    .keys dd { margin: 0; }
    kbd { font: inherit; border: 1px solid var(--line); border-radius: 6px; padding: 0 .4rem; background: var(--paper); }
    @media (min-width: 1500px) { .before.two { grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); align-items: start; } }
    @media (max-width: 60rem) { .desk { grid-template-columns: minmax(0, 1fr); } }
  `];

  constructor() {
    super();
    Object.assign(this, { panel: "", said: null, changed: 0, names: new Map() });
    this.run = (...order) => this._run(...order);
    this.act = (action) => this._act(action);
    this.colleague = (who) => this._colleague(who);
    this._listeners = { model: () => this._modelled(), event: ({ detail }) => this._heard(detail.data), state: () => this.requestUpdate(), configured: () => this._learnNames() };
    this._pressed = (event) => this._key(event);
  }

  connectedCallback() {
    super.connectedCallback();
    for (const [name, listener] of Object.entries(this._listeners)) this.session.addEventListener(name, listener);
    window.addEventListener("keydown", this._pressed);
    this.phone = phoneOf(this.session, agent);
    this.phone.addEventListener("change", this._listeners.state);
    this._modelled();
    this._learnNames();
  }

  disconnectedCallback() {
    for (const [name, listener] of Object.entries(this._listeners)) this.session.removeEventListener(name, listener);
    window.removeEventListener("keydown", this._pressed);
    this.phone.removeEventListener("change", this._listeners.state);
    super.disconnectedCallback();
  }

  get seat() {
    return seatOf(this.session.model, this.session.user);
  }

  /** What can be done now, the phone of this page included. */
  get can() {
    if (this.session.state !== "open") return {};
    const can = possible(this.seat);
    return { ...can, answer: can.answer || (can.reject && this.phone.call?.state === "ringing") };
  }

  render() {
    const { session, seat, can } = this;
    const busy = seat.offer || seat.state === "busy" || seat.state === "after_call_work";
    return html`<h1 class="hushed">${t("app.desktop")}</h1>
      <div class="desk">
        <div class="column">
          <shoal-desk-seat .seat=${seat} .can=${can} .reasons=${session.model.reasons} .run=${this.run}></shoal-desk-seat>
          <section class="card" aria-labelledby="phone"><h2 id="phone">${t("desktop.phone")}</h2><shoal-phone .session=${session}></shoal-phone>${this._out(can)}</section>
          <shoal-desk-day .session=${session} .changed=${this.changed}></shoal-desk-day>
          ${this._help()}
        </div>
        <div class="column">
          <p class="said ${this.said?.grave ? "red" : this.said?.unseen ? "hushed" : ""}" role=${this.said?.grave ? "alert" : "status"} id="said">${this.said ? this.said.words() : ""}</p>
          ${busy ? this._before(seat, can) : html`<section class="card"><p class="quiet" id="idle">${t(IDLE[seat.state] ?? "desktop.idle")}</p></section>`}
          <shoal-test-caller .session=${session}></shoal-test-caller>
          <shoal-desk-contacts .session=${session} .changed=${this.changed}></shoal-desk-contacts>
        </div>
      </div>`;
  }

  _before(seat, can) {
    const wrap = html`<shoal-desk-wrap .session=${this.session} .seat=${seat} .can=${can} .run=${this.run}></shoal-desk-wrap>`;
    return html`<div class="before ${seat.url ? "two" : ""}"><div class="column">
        ${seat.state === "after_call_work" ? wrap : nothing}
        <section class="card ${seat.offer ? "rings" : ""}" id="caller" aria-label=${t("desktop.caller")}>
          <shoal-desk-pop .seat=${seat} .colleague=${this.colleague}></shoal-desk-pop>
          ${seat.state === "after_call_work" ? nothing : html`<shoal-desk-call .session=${this.session} .seat=${seat} .can=${can}
            .panel=${this.panel} .run=${this.run} .act=${this.act} .colleague=${this.colleague}></shoal-desk-call>`}
        </section>
        ${seat.state === "busy" && !seat.offer ? wrap : nothing}
      </div>
      ${seat.url ? html`<shoal-desk-page .url=${seat.url}></shoal-desk-page>` : nothing}</div>`;
  }

  _out(can) {
    if (this.panel === "call" && can.call) return html`<shoal-desk-whom .session=${this.session} .mode=${"call"} .contact=${""} .run=${this.run} @done=${() => this._act("close")}></shoal-desk-whom>`;
    return html`<button ?disabled=${!can.call} @click=${() => { this.panel = "call"; }}>${t("desktop.call_out")} …</button>`;
  }

  _help() {
    return html`<details class="card" id="help"><summary>${t("desktop.keys")} <kbd>${keyOf("help")}</kbd></summary><dl class="keys">${Object.keys(KEYS).filter((action) => action !== "help")
      .map((action) => html`<dt>${t(`desktop.${action}`)}</dt><dd><kbd>${keyOf(action)}</kbd></dd>`)}</dl></details>`;
  }

  // -- what is heard -------------------------------------------------------------------------------------------------

  _modelled() {
    const { agent, contact } = this.seat;
    if (agent.contact && !contact) this._recall(agent.contact);
    this.requestUpdate();
  }

  /** The talk was over when this page was loaded: its record tells who it was. */
  async _recall(name) {
    if (this._asked === name) return;
    this._asked = name;
    const record = await this.session.get(`/api/v1/contacts/${encodeURIComponent(name)}`).catch(() => null);
    const { model } = this.session;
    if (record) this._asked = "";
    if (record && !model.contacts.has(name)) model.contacts.set(name, fromRecord(record));
    this.requestUpdate();
  }

  _heard(event) {
    const { user } = this.session;
    const { type, agent, by } = event;
    if (type === "reservation.created" && agent === user) this._say(() => t("desktop.offered", { who: event.pop?.customer?.name || event.pop?.caller_name || event.pop?.caller || t("desktop.withheld") }), false, true);
    if (GONE[type] && agent === user) this._say(() => t(`desktop.gone_${GONE[type]}`));
    if (type === "reservation.created" || GONE[type]) this.panel = "";
    if (type === "reservation.accepted" && agent === user) this.said = null;
    if (type === "consultation.state" && by === user && event.state === "failed") this._say(() => t("desktop.consult_failed", { who: this._colleague(event.to), why: word("desktop.why", event.why) }), true);
    if (type === "transfer.state" && by === user && event.state === "failed") this._say(() => t("desktop.transfer_failed", { who: this._colleague(event.to), why: word("desktop.why", event.why) }), true);
    if (type === "call.phone_lost" && event.party === user) this._say(() => t("desktop.said_phone_lost"), true);
    if (type === "media.unkeyed" && event.party === user) this._say(() => t("desktop.said_unkeyed"), true);
    if (type === "queue.joined" && event.contact === this.lost) this._say(() => t("desktop.phone_gone"), true);
    if (type === "call.phone_lost") this.lost = event.party === user ? event.contact : "";
    if (type === "call.established" && event.party === user) this.lost = "";
    if (["contact.ended", "contact.noted", "recording.saved", "quality.scored"].includes(type) || (type === "agent.state" && agent === user)) this._later();
  }

  /** Figures and lists follow a moment after what they are made of. */
  _later() {
    clearTimeout(this._soon);
    this._soon = setTimeout(() => { this.changed += 1; }, 400);
  }

  async _learnNames() {
    const colleagues = await this.session.get("/api/v1/colleagues").catch(() => []);
    this.names = new Map(colleagues.map(({ agent, name }) => [agent, name]));
    this.requestUpdate();
  }

  /** `agent:1002`, `1002`, `queue:support` or a number, as people say it. */
  _colleague(who = "") {
    const number = who.replace(/^agent:/, "");
    if (who.startsWith("queue:")) return t("desktop.queue", { queue: who.slice(6) });
    return this.names.get(number) ? `${this.names.get(number)} (${number})` : number;
  }

  // -- what is done --------------------------------------------------------------------------------------------------

  /** Whether the switch did it; when not, the reason is shown. */
  async _run(method, params = {}) {
    try {
      await this.session.command(method, params);
      if (this.said?.grave) this.said = null;
      return true;
    } catch (refused) {
      const key = `refused.${refused.code}`;
      this._say(() => key in tables.en ? t(key) : t("refused.other", { reason: refused.message || refused.code }), true);
      return false;
    }
  }

  _act(action) {
    if (action === "close") this.panel = "";
    else if (PANELS.includes(action)) this.panel = this.panel === action ? "" : action;
    else if (action === "answer" && this.phone.call?.state === "ringing") this.phone.answer();
    else if (METHODS[action]) this._run(METHODS[action]);
  }

  _key(event) {
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    const { can } = this;
    const turned = !can[action] && can[TURNS[action]] ? TURNS[action] : action;
    if (action === "help") this._openHelp();
    else if (action === "note") this.renderRoot.querySelector("shoal-desk-wrap")?.renderRoot.querySelector("textarea")?.focus();
    else if (action === "ready") this._turnReady(can);
    else if (can[turned]) this._act(turned);
  }

  _turnReady(can) {
    if (can.ready) this._run("agent.setState", { state: "ready" });
    else if (can.notReady) this._run("agent.setState", { state: "not_ready" });
  }

  _openHelp() {
    const help = this.renderRoot.querySelector("#help");
    help.open = !help.open;
    help.querySelector("summary").focus();
  }

  /** `words` says it in the language of the moment; what can be seen beside it anyway is said to screen readers alone. */
  _say(words, grave = false, unseen = false) {
    this.said = { words, grave, unseen };
    clearTimeout(this._quiet);
    this._quiet = setTimeout(() => { this.said = null; }, grave ? 12_000 : 6_000);
  }
}

customElements.define("shoal-desktop", ShoalDesktop);
