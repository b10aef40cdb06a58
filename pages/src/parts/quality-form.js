// The form by which a talk is judged: every question answered, fatal errors, comments at moments of the recording.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { fitting, said, scoreOf, wishOf } from "../lib/reviews.js";
import { duration } from "../lib/times.js";
import { currentLanguage, t, worded } from "../lib/words.js";

const EMPTY = { answers: {}, fatal: [], remarks: [], note: "", told: undefined };

export class QualityForm extends worded(LitElement) {
  static properties = {
    session: { attribute: false }, record: { attribute: false }, moment: { attribute: false }, forms: { state: true }, form: { state: true },
    answers: { state: true }, fatal: { state: true }, remarks: { state: true }, note: { state: true }, agent: { state: true }, told: { state: true },
  };

  static styles = [looks, css`
    form { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
    h3 { margin: 0; padding-bottom: .2rem; border-bottom: 1px solid var(--line); }
    fieldset { border: 0; margin: 0; padding: .25rem 0; min-width: 0; }
    fieldset > div { display: flex; flex-wrap: wrap; gap: .3rem 1rem; justify-content: space-between; align-items: center; }
    legend { float: left; width: 100%; padding: 0; }
    .marks { display: flex; flex-wrap: wrap; gap: .3rem; }
    .marks label, .fatal label { display: flex; gap: .35rem; align-items: center; }
    .marks label { border: 1px solid var(--line); border-radius: 8px; padding: .2rem .6rem; cursor: pointer; }
    .marks label:has(:checked) { border-color: var(--sea); background: color-mix(in srgb, var(--sea) 14%, transparent); }
    .marks label:has(:focus-visible), .fatal label:has(:focus-visible) { outline: 3px solid var(--focus); outline-offset: 2px; }
    .fatal { display: grid; gap: .3rem; }
    textarea { width: 100%; box-sizing: border-box; min-height: 3.2rem; resize: vertical; }
    .remark { display: grid; grid-template-columns: 1fr auto; gap: .6rem; align-items: end; }
    ul { list-style: none; margin: 0; padding: 0; display: grid; gap: .3rem; }
    li { display: flex; gap: .6rem; align-items: baseline; }
    li span { flex: 1; overflow-wrap: anywhere; }
    .link { border: 0; padding: 0 .3rem; background: none; color: var(--sea); text-decoration: underline; }
    .total { font-size: 1.2rem; font-weight: 600; }
    .told { padding: .4rem .8rem; border-radius: 8px; margin: 0; }
  `];

  connectedCallback() {
    super.connectedCallback();
    this._configured = () => this._renew();
    this.session.addEventListener("configured", this._configured);
  }

  disconnectedCallback() {
    this.session.removeEventListener("configured", this._configured);
    super.disconnectedCallback();
  }

  willUpdate(changed) {
    const before = changed.get("record");
    if (changed.has("record") && before?.contact !== this.record.contact) this._begin();
  }

  /** Comments are drawn into the recording while they are written. */
  updated(changed) {
    if (changed.has("remarks")) this.dispatchEvent(new CustomEvent("remarks", { detail: this.remarks }));
  }

  async _begin() {
    Object.assign(this, { ...EMPTY, forms: undefined, form: undefined, agent: this.record.agents?.[0] });
    const forms = await this._read();
    if (forms) Object.assign(this, { forms, form: forms[0] });
  }

  /** The forms of this contact; undefined = another one is judged by now, or nobody answers. */
  async _read() {
    const { contact } = this.record;
    const forms = await this.session.get(`/api/v1/contacts/${encodeURIComponent(contact)}/forms`).catch(() => undefined);
    return contact === this.record.contact ? forms : undefined;
  }

  /** Forms may have been changed: what was answered stays where it still fits. */
  async _renew() {
    const { form: before } = this;
    const forms = await this._read();
    if (!forms) return;
    const form = forms.find((each) => each.form === before?.form) ?? forms[0];
    const begun = Object.keys(this.answers).length + this.fatal.length;
    Object.assign(this, { forms, form, ...(form ? fitting(form, this) : {}) });
    if (begun && form?.version !== before.version) this.told = { done: false, text: t("quality.form_changed") };
  }

  render() {
    if (!this.record.agents?.length) return html`<p class="card quiet">${t("quality.nobody")}</p>`;
    if (!this.forms) return nothing;
    if (!this.form) return html`<p class="card quiet">${t("quality.no_form")}</p>`;
    const { missing, score } = scoreOf(this.form, this.answers, this.fatal);
    return html`<form class="card" @submit=${this._send} aria-label=${t("quality.form")}>
      <div class="row spread"><h2>${t("quality.form")}: ${said(this.form, currentLanguage())}</h2>${this._choices()}</div>
      ${this.form.sections.map((section) => html`<section><h3>${said(section, currentLanguage())}</h3>
        ${section.questions.map((question) => this._question(question))}</section>`)}
      ${this._fatal()}
      ${this._remarks()}
      <label>${t("quality.note")}<textarea maxlength="2000" .value=${this.note} @input=${({ target }) => { this.note = target.value; }}></textarea></label>
      ${this.told ? html`<p class="told ${this.told.done ? "good" : "red"}" role=${this.told.done ? "status" : "alert"}>${this.told.text}</p>` : nothing}
      <div class="row spread"><span class="total" role="status">${score === null ? t("quality.so_far", { count: missing.length }) : t("quality.comes_to", { score: Math.round(score) })}</span>
        <button class="chief" ?disabled=${score === null}>${t("quality.save")}</button></div>
    </form>`;
  }

  _choices() {
    const choose = (label, options, chosen, take) => (options.length < 2 ? nothing : html`<label>${label}<select @change=${({ target }) => take(target.value)}>
      ${options.map(([value, text]) => html`<option value=${value} ?selected=${value === chosen}>${text}</option>`)}</select></label>`);
    return html`<div class="row">
      ${choose(t("quality.which_form"), this.forms.map((form) => [form.form, said(form, currentLanguage())]), this.form.form, (name) => Object.assign(this, { answers: {}, fatal: [], form: this.forms.find(({ form }) => form === name) }))}
      ${choose(t("quality.judged"), this.record.agents.map((agent) => [agent, agent]), this.agent, (agent) => { this.agent = agent; })}</div>`;
  }

  _question({ question, most, optional, ...texts }) {
    const marks = [...(most === 1 ? [[1, t("quality.yes")], [0, t("quality.no")]] : Array.from({ length: most + 1 }, (_, mark) => [mark, mark])),
                   ...(optional ? [["na", t("quality.na")]] : [])];
    return html`<fieldset><div><legend>${said(texts, currentLanguage())}</legend>
      <div class="marks">${marks.map(([mark, text]) => html`<label><input type="radio" name=${question} .checked=${this.answers[question] === mark}
        @change=${() => { this.answers = { ...this.answers, [question]: mark }; }}>${text}</label>`)}</div></div></fieldset>`;
  }

  _fatal() {
    if (!this.form.fatal.length) return nothing;
    return html`<fieldset class="fatal"><legend><h3>${t("quality.fatal")}</h3></legend>${this.form.fatal.map((each) => html`<label>
      <input type="checkbox" .checked=${this.fatal.includes(each.fatal)}
        @change=${({ target }) => { this.fatal = target.checked ? [...this.fatal, each.fatal] : this.fatal.filter((name) => name !== each.fatal); }}>
      ${said(each, currentLanguage())}</label>`)}</fieldset>`;
  }

  _remarks() {
    if (!this.moment?.recording) return nothing;
    return html`<section><h3>${t("quality.remarks")}</h3>
      <div class="remark"><label>${t("quality.remark_text")}<textarea name="remark" rows="1" maxlength="2000"></textarea></label>
        <button type="button" @click=${this._remark}>${t("quality.remark", { at: duration(this.moment.at) })}</button></div>
      <ul>${this.remarks.map((remark) => html`<li>
        <button type="button" class="link" @click=${() => this.dispatchEvent(new CustomEvent("seek", { detail: remark }))}>${duration(remark.at)}</button>
        <span>${remark.text}</span>
        <button type="button" class="link" @click=${() => { this.remarks = this.remarks.filter((each) => each !== remark); }}>${t("quality.remove")}</button></li>`)}</ul></section>`;
  }

  _remark() {
    const field = this.renderRoot.querySelector("[name=remark]");
    const text = field.value.trim();
    if (!text) {
      field.focus();
      return;
    }
    this.remarks = [...this.remarks, { ...this.moment, text }].sort((one, other) => one.at - other.at);
    field.value = "";
  }

  async _send(event) {
    event.preventDefault();
    const { answers, fatal, remarks, note, agent } = this;
    try {
      const answer = await this.session.request("POST", `/api/v1/contacts/${encodeURIComponent(this.record.contact)}/scores`, wishOf(this.form, { answers, fatal, remarks, note, agent }));
      const { score } = await answer.json();
      Object.assign(this, EMPTY, { told: { done: true, text: t("quality.saved", { score: Math.round(score) }) } });
      this.dispatchEvent(new CustomEvent("scored"));
    } catch (error) {
      this.told = { done: false, text: t("quality.refused", { reason: error.message || error.code }) };
    }
  }
}

customElements.define("shoal-quality-form", QualityForm);
