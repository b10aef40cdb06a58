// Every agent of the wallboard: state, how long, with whom, the phone; and what a supervisor may do with them.

import { LitElement, css, html, nothing } from "lit";
import { actions, agentRows } from "../lib/board.js";
import { looks } from "../lib/looks.js";
import { duration } from "../lib/times.js";
import { t, word, worded } from "../lib/words.js";

const COMMANDS = { monitor: "call.monitor", whisper: "call.whisper", barge: "call.barge", take_over: "call.takeOver" };

export class ShoalAgentBoard extends worded(LitElement) {
  static properties = {
    agents: { attribute: false }, contacts: { attribute: false }, reasons: { attribute: false }, user: {}, now: { type: Number },
    large: { type: Boolean, reflect: true } };

  static styles = [looks, css`
    .state { display: inline-flex; gap: .45rem; align-items: center; white-space: nowrap; }
    .state::before { content: ""; width: .75rem; height: .75rem; border-radius: 3px; background: var(--quiet); }
    .busy::before { background: var(--sea); border-radius: 50%; }
    .reserved::before { background: none; border: 3px solid var(--sea); border-radius: 50%; box-sizing: border-box; }
    .after_call_work::before { background: var(--sea); }
    .ready::before { background: var(--good); border-radius: 50%; }
    .not_ready::before { background: var(--amber); }
    .logged_out::before { background: none; border: 2px solid var(--quiet); box-sizing: border-box; }
    .scroll { overflow-x: auto; }
    form { display: flex; gap: .4rem; justify-content: end; }
    form select { width: 14.5rem; padding-block: .2rem; }
    th, td { vertical-align: middle; white-space: nowrap; }
    th:last-child { text-align: end; }
    th .quiet { font-weight: 400; margin-inline-start: .3rem; }
    .lost { color: var(--red); font-weight: 600; }
    .note { display: block; font-size: .85rem; }
    ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; grid-template-columns: repeat(auto-fill, minmax(18.5rem, 1fr)); }
    li { font-size: 1.15rem; display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 0 .8rem; padding: .45rem .9rem; border-radius: 8px; background: var(--card); border: 1px solid var(--line); }
    li b { grid-column: 1 / -1; font-size: 1.35rem; line-height: 1.3; }
    li .state { display: block; }
    li .state::before { display: inline-block; margin-inline-end: .45rem; }
    li :is(b, .state) { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
  `];

  render() {
    const rows = agentRows(this.agents, this.contacts);
    if (!rows.length) return html`<p class="quiet">${t("wallboard.nobody")}</p>`;
    return this.large ? this._large(rows.filter(({ state }) => state !== "logged_out")) : html`<div class="scroll"><table>
      <thead><tr>${["agent", "state", "time", "contact", "phone", "do"].map((name) => html`<th scope="col"
        class=${name === "time" ? "number" : ""}>${t(`wallboard.${name}`)}</th>`)}</tr></thead>
      <tbody>${rows.map((agent) => this._row(agent))}</tbody></table></div>`;
  }

  _large(rows) {
    return html`<ul>${rows.map((agent) => html`<li><b>${agent.name || agent.agent}</b>${this._state(agent)}
      <span class="clock">${this._time(agent)}</span></li>`)}</ul>`;
  }

  _row(agent) {
    const { talk } = agent;
    return html`<tr data-agent=${agent.agent}>
      <th scope="row">${agent.name || agent.agent} <span class="quiet">${agent.name ? agent.agent : ""}</span></th>
      <td>${this._state(agent)}</td>
      <td class="number">${this._time(agent)}</td>
      <td>${talk ? talk.customer?.name || talk.caller_name || talk.caller : "–"}
        ${(talk?.supervisions ?? []).map(({ by, kind, state }) => html`<span class="note quiet">${t("wallboard.supervised", { by, kind: state === "ringing"
          ? t("wallboard.rings") : word("supervision", kind) })}</span>`)}
        ${talk?.returning ? html`<span class="note lost">${t("wallboard.phone_lost", { who: talk.returning.party })}</span>` : nothing}</td>
      <td class=${agent.phone === "registered" || agent.state === "logged_out" ? "" : "lost"}>${word("phone", agent.phone ?? "unregistered")}</td>
      <td>${this._menu(agent)}</td></tr>`;
  }

  _state(agent) {
    return html`<span class="state ${agent.state}">${word("state", agent.state)}${agent.reason
      ? ` · ${this.reasons?.[agent.reason] && word("reason", agent.reason) === agent.reason ? this.reasons[agent.reason] : word("reason", agent.reason)}` : ""}</span>`;
  }

  _time(agent) {
    return agent.since && agent.state !== "logged_out" ? duration(this.now - agent.since) : "–";
  }

  _menu(agent) {
    const may = actions(agent, this.user).flatMap((name) => name === "not_ready"
      ? Object.keys(this.reasons ?? {}).map((reason) => ({ value: `not_ready:${reason}`, text: t("wallboard.not_ready", { reason: word("reason", reason) }) }))
      : [{ value: name, text: t(`wallboard.${name}`) }]);
    if (!may.length) return nothing;
    return html`<form @submit=${(event) => this._do(event, agent)}>
      <select name="what" aria-label=${t("wallboard.actions", { name: agent.name || agent.agent })}>
        ${may.map(({ value, text }) => html`<option value=${value}>${text}</option>`)}</select>
      <button>${t("wallboard.set")}</button></form>`;
  }

  _do(event, agent) {
    event.preventDefault();
    const [what, reason] = new FormData(event.target).get("what").split(":");
    const detail = what === "stop" ? { method: "call.stopMonitoring", params: {} }
      : what in COMMANDS ? { method: COMMANDS[what], params: { agent: agent.agent } }
      : { method: "agent.setState", params: { agent: agent.agent, state: what, ...(reason ? { reason } : {}) } };
    this.dispatchEvent(new CustomEvent("order", { detail, bubbles: true, composed: true }));
  }
}

customElements.define("shoal-agent-board", ShoalAgentBoard);
