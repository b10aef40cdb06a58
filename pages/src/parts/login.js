// The log-in: number and password; what went wrong is said beside the fields.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { t, worded } from "../lib/words.js";

export class ShoalLogin extends worded(LitElement) {
  static properties = { session: { attribute: false }, trouble: { state: true }, busy: { state: true } };

  static styles = [looks, css`
    form { max-width: 22rem; margin: 12vh auto 2rem; display: grid; gap: .9rem; }
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
      <footer class="quiet">${t("login.documents")}: <a href="/asyncapi.json">AsyncAPI</a> · <a href="/openapi.json">OpenAPI</a>
        · <a href="/health">/health</a> · <a href="/metrics">/metrics</a></footer>`;
  }

  firstUpdated() {
    this.renderRoot.querySelector("input").focus();
  }

  async _enter(event) {
    event.preventDefault();
    const given = new FormData(event.target);
    Object.assign(this, { busy: true, trouble: "" });
    try {
      await this.session.login(given.get("user").trim(), given.get("password"));
    } catch (error) {
      this.trouble = error instanceof TypeError ? "login.away" : "login.wrong";
    } finally {
      this.busy = false;
    }
  }
}

customElements.define("shoal-login", ShoalLogin);
