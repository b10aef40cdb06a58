// What contacts are searched by. Only what is given is asked.

import { LitElement, css, html } from "lit";
import { looks } from "../lib/looks.js";
import { queryOf } from "../lib/reviews.js";
import { save } from "../lib/saving.js";
import { given, t, word, worded } from "../lib/words.js";

const OUTCOMES = ["answered", "voicemail", "abandoned", "callback", "turned_away", "self_served", "left_in_ivr", "unanswered"];
const SOUND = [["silence", 0, 100], ["cross_talk", 0, 100], ["survey", 1, 5], ["score", 0, 100]];

export class QualitySearch extends worded(LitElement) {
  static properties = { session: { attribute: false }, asked: { attribute: false }, agents: { state: true } };

  static styles = [looks, css`
    form { display: grid; gap: .7rem; }
    .fields { display: grid; gap: .6rem .8rem; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); }
    label { font-size: .9rem; color: var(--quiet); }
    input, select { color: var(--ink); width: 100%; box-sizing: border-box; min-width: 0; }
    input:is([type="date"], [type="time"]) { padding-inline: .4rem; }
    summary { cursor: pointer; padding: .2rem 0; color: var(--sea); }
    details .fields { margin-top: .5rem; }
  `];

  connectedCallback() {
    super.connectedCallback();
    this._learn = () => this.session.get("/api/v1/colleagues").then((found) => { this.agents = found; }, () => {});
    this.session.addEventListener("configured", this._learn);
    this._learn();
  }

  disconnectedCallback() {
    this.session.removeEventListener("configured", this._learn);
    super.disconnectedCallback();
  }

  render() {
    const { queues } = this.session.model;
    const codes = new Map([...queues.values()].flatMap((queue) => Object.entries(queue.outcomes ?? {}))
      .map(([code, words]) => [code, given("outcome", code, words)]));
    return html`<form class="card" @submit=${this._ask} aria-label=${t("quality.search")}>
      <h2>${t("quality.search")}</h2>
      <div class="fields">
        ${this._input("number", "text")}
        ${this._choice("agent", (this.agents ?? []).map(({ agent, name }) => [agent, `${agent} ${name}`]))}
        ${this._choice("queue", [...queues.keys()].map((queue) => [queue, queue]))}
        ${this._choice("outcome", OUTCOMES.map((each) => [each, word("outcome", each)]))}
        ${this._input("first_day", "date")}${this._input("last_day", "date")}
        ${this._input("time_from", "time")}${this._input("time_to", "time")}
      </div>
      <details><summary>${t("quality.more")}</summary><div class="fields">
        ${this._input("shortest", "number", 0)}${this._input("longest", "number", 0)}
        ${this._choice("code", [...codes])}
        ${this._input("text", "text")}
        ${SOUND.flatMap(([name, least, most]) => ["least", "most"].map((end) => this._input(`${name}_${end}`, "number", least, most)))}
        ${["recorded", "scored"].map((name) => this._choice(name, [["yes", t("quality.yes")], ["no", t("quality.no")]]))}
      </div></details>
      <div class="row"><button class="chief">${t("quality.find")}</button>
        <button type="button" @click=${this._table}>${t("quality.csv")}</button></div>
    </form>`;
  }

  _input(name, type, least = "", most = "") {
    return html`<label>${t(`quality.${name}`)}
      <input name=${name} type=${type} min=${least} max=${most} step="any" .value=${this.asked?.[name] ?? ""}></label>`;
  }

  _choice(name, choices) {
    return html`<label>${t(`quality.${name}`)}<select name=${name}>
      <option value="">${t("quality.all")}</option>
      ${choices.map(([value, text]) => html`<option value=${value} ?selected=${this.asked?.[name] === value}>${text}</option>`)}</select></label>`;
  }

  get _fields() {
    return Object.fromEntries(new FormData(this.renderRoot.querySelector("form")));
  }

  _ask(event) {
    event.preventDefault();
    this.dispatchEvent(new CustomEvent("search", { detail: this._fields }));
  }

  _table() {
    save(this.session, `/api/v1/contacts?as=csv&${queryOf(this._fields, 0, 0)}`, "contacts.csv");
  }
}

customElements.define("shoal-quality-search", QualitySearch);
