// My seat: the state, for how long, what follows, and the way in and out of work.

import { LitElement, css, html, nothing } from "lit";
import { nextOf } from "../lib/desk.js";
import { keyOf } from "../lib/keys.js";
import { looks } from "../lib/looks.js";
import { now, ticking } from "../lib/ticks.js";
import { duration } from "../lib/times.js";
import { given, t, word, worded } from "../lib/words.js";

export class ShoalDeskSeat extends ticking(worded(LitElement)) {
  static properties = { seat: { attribute: false }, can: { attribute: false }, reasons: { attribute: false }, run: { attribute: false } };

  static styles = [looks, css`
    .state { display: grid; grid-template-columns: auto 1fr auto; gap: .2rem .6rem; align-items: baseline; }
    .dot { width: .8rem; height: .8rem; border-radius: 50%; background: var(--quiet); align-self: center; }
    .dot.ready { background: var(--good); }
    .dot.busy, .dot.reserved { background: var(--sea); }
    .dot.not_ready, .dot.after_call_work { background: var(--amber); }
    .name { font-size: 1.35rem; font-weight: 650; }
    .clock { font-size: 1.35rem; }
    .more { grid-column: 2 / -1; }
    .acts { display: grid; gap: .5rem; margin-top: .9rem; }
    .acts button { width: 100%; }
    .pair { display: grid; grid-template-columns: 1fr auto; gap: .5rem; }
    .pair > * { min-width: 0; white-space: nowrap; }
    .phone { margin: .7rem 0 0; }
  `];

  render() {
    const { agent, state } = this.seat;
    return html`<section class="card" aria-label=${t("desktop.seat")}>
      <div class="state">
        <span class="dot ${state}" aria-hidden="true"></span>
        <span class="name" id="state">${word("state", state)}</span>
        ${agent.since ? html`<span class="clock" role="timer" aria-label=${t("desktop.since")}>${duration(now() - agent.since)}</span>` : html`<span></span>`}
        ${agent.reason ? html`<span class="more quiet">${this._reason(agent.reason)}</span>` : nothing}
        ${this._next(agent)}
      </div>
      <p class="phone ${agent.phone === "registered" ? "good" : "quiet"}">${word("phone", agent.phone ?? "unregistered")}</p>
      <div class="acts">${state === "logged_out" ? this._in() : this._work()}</div>
    </section>`;
  }

  _next(agent) {
    const next = nextOf(agent);
    if (!next) return nothing;
    const reason = next.reason && ` · ${this._reason(next.reason)}`;
    return html`<span class="more quiet" id="next">${t("desktop.next", { state: word("state", next.state) })}${reason}</span>`;
  }

  _reason(code) {
    return code in this.reasons ? given("reason", code, this.reasons[code]) : word("reason", code);
  }

  _in() {
    return html`
      <button class="chief" @click=${() => this.run("agent.logIn", { ready: true })}>${t("desktop.log_in")}</button>
      <button @click=${() => this.run("agent.logIn", { ready: false })}>${t("desktop.log_in_not_ready")}</button>`;
  }

  _work() {
    const { can } = this;
    return html`
      <button class="chief" title=${keyOf("ready")} aria-keyshortcuts=${keyOf("ready")} ?disabled=${!can.ready}
        @click=${() => this.run("agent.setState", { state: "ready" })}>${t("desktop.ready")}</button>
      <div class="pair">
        <select aria-label=${t("desktop.not_ready_why")} ?disabled=${!can.notReady} @change=${this._away}>
          <option value="" selected disabled>${t("desktop.not_ready")} …</option>
          ${Object.keys(this.reasons).map((code) => html`<option value=${code}>${this._reason(code)}</option>`)}
          <option value="-">${t("desktop.no_reason")}</option>
        </select>
        <button ?disabled=${!can.logOut} @click=${() => this.run("agent.logOut")}>${t("desktop.log_out")}</button>
      </div>`;
  }

  _away({ target }) {
    const reason = target.value === "-" ? "" : target.value;
    target.value = "";
    this.run("agent.setState", { state: "not_ready", ...(reason ? { reason } : {}) });
  }
}

customElements.define("shoal-desk-seat", ShoalDeskSeat);
