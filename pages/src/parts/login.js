// The log-in: number and password; what went wrong is said beside the fields. Where the passwords of the demonstration stand,
// one of each role can come in by a click.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { t, worded } from "../lib/words.js";

export class ShoalLogin extends worded(LitElement) {
  static properties = { session: { attribute: false }, trouble: { state: true }, busy: { state: true }, people: { state: true } };

  static styles = [looks, css`
    form, .demo { width: min(22rem, 100%); box-sizing: border-box; margin: 0 auto; display: grid; gap: .9rem; }
    form { margin-top: 12vh; }
    h1 { margin: 0; }
    .demo { margin-top: var(--gap); }
    .demo p { margin: 0; }
    .demo .row > button { flex: 1; }
    footer { margin-top: 2.5rem; }
    .trouble { padding: .5rem .8rem; border-radius: 8px; }
    footer { text-align: center; }
    footer a { color: var(--sea); }
  `];

  render() {
    return html`<form class="card" @submit=${this._enter}>
        <h1>${t("login.title")}</h1>
        ${this.session.expired ? html`<p role="status" class="trouble amber">${t("login.again")}</p>` : nothing}
        <label>${t("login.user")}<input name="user" required autocomplete="username" .value=${this.session.user ?? ""}></label>
        <label>${t("login.password")}<input name="password" type="password" required autocomplete="current-password"></label>
        ${this.trouble ? html`<p role="alert" class="trouble red">${t(this.trouble)}</p>` : nothing}
        <button class="chief" ?disabled=${this.busy}>${t("login.enter")}</button>
      </form>
      ${this.people?.length ? html`<section class="card demo" aria-label=${t("login.demo")}><p class="quiet">${t("login.demo")}</p>
        <div class="row">${this.people.map(({ user, role }) => html`<button ?disabled=${this.busy}
          @click=${() => this._log(user, `demo-${user}`)}>${t(`login.as_${role}`, { user })}</button>`)}</div></section>` : nothing}
      <footer class="quiet">${t("login.documents")}: <a href="/asyncapi.json">AsyncAPI</a> · <a href="/openapi.json">OpenAPI</a>
        · <a href="/health">/health</a> · <a href="/metrics">/metrics</a></footer>`;
  }

  firstUpdated() {
    this.renderRoot.querySelector("input").focus();
    this._learn();
  }

  async _learn() {
    const answer = await fetch(`${this.session.origin}/demo/people`).catch(() => null);
    this.people = answer?.ok ? await answer.json() : [];
  }

  async _enter(event) {
    event.preventDefault();
    const given = new FormData(event.target);
    await this._log(given.get("user").trim(), given.get("password"));
  }

  async _log(user, password) {
    Object.assign(this, { busy: true, trouble: "" });
    try {
      await this.session.login(user, password);
    } catch (error) {
      this.trouble = error instanceof TypeError ? "login.away" : "login.wrong";
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("shoal-login", ShoalLogin);
