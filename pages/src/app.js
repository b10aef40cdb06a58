// The frame of all pages: who is logged in, which view is open, how the line to the switch does.
//
// The view is named in the address (`#wallboard`), so that a bookmark opens it. When a session ends, the log-in stands
// before the view and not in its place: what was half written is still there.

import { LitElement, css, html, nothing } from "lit";
import { awake } from "./lib/awake.js";
import { looks } from "./lib/looks.js";
import { Session } from "./lib/session.js";
import { LANGUAGES, currentLanguage, setLanguage, t, worded } from "./lib/words.js";
import "./parts/login.js";
import "./parts/phone.js";
import { VIEWS } from "./views.js";

export class ShoalApp extends worded(LitElement) {
  static styles = [looks, css`
    header { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; align-items: center; padding: .5rem var(--gap); border-bottom: 1px solid var(--line); background: var(--card); }
    header img { width: 2rem; height: 2rem; display: block; }
    nav { display: flex; gap: .2rem; flex: 1; }
    nav a { padding: .4rem .8rem; border-radius: 8px; color: var(--ink); text-decoration: none; }
    nav a[aria-current] { background: var(--sea); color: var(--on-sea); }
    main { padding: var(--gap); }
    .line { padding: .4rem var(--gap); text-align: center; }
    .skip { position: absolute; left: -99rem; }
    .skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem; z-index: 2; }
  `];

  constructor() {
    super();
    this.session = new Session();
    this.session.addEventListener("state", () => this.requestUpdate());
    this.session.addEventListener("model", () => this.requestUpdate());
    window.addEventListener("hashchange", () => this.requestUpdate());
    setLanguage(currentLanguage());
    this.session.resume();
    awake(this.session);
  }

  get views() {
    return VIEWS.filter(({ roles }) => roles.includes(this.session.role));
  }

  get view() {
    return this.views.find(({ name }) => `#${name}` === location.hash.split("/")[0]) ?? this.views[0];
  }

  /** What is to be said of the line; empty = nothing. */
  get _line() {
    const { state, offline, doubtful } = this.session;
    if (state === "connecting") return offline ? "line.offline" : "line.lost";
    return doubtful ? "line.doubt" : "";
  }

  render() {
    const { session } = this;
    const within = session.role && (session.state !== "out" || session.expired);
    return html`
      ${within ? html`<a class="skip" href="#content" @click=${this._skip}>${t("app.skip")}</a>` : nothing}
      ${this._head(within)}
      ${within && this._line ? html`<div class="line amber" role="status">${t(this._line)}</div>` : nothing}
      ${session.state === "out" ? html`<shoal-login .session=${session}></shoal-login>` : nothing}
      <main id="content" tabindex="-1" ?hidden=${session.expired && session.state === "out"}>
        ${within ? this.view?.draw(session) : nothing}
        ${!within && session.state === "connecting" ? html`<p role="status">${t("line.connecting")}</p>` : nothing}
      </main>`;
  }

  _head(within) {
    return html`<header>
      <img src="/icon.svg" alt=${t("app.name")}>
      <nav aria-label=${t("app.name")}>${within ? this.views.map(({ name }) => html`
        <a href="#${name}" aria-current=${this.view?.name === name ? "page" : nothing}>${t(`app.${name}`)}</a>`) : nothing}
      </nav>
      <label class="row"><span class="hushed">${t("app.language")}</span>
        <select @change=${(event) => setLanguage(event.target.value)}>${Object.entries(LANGUAGES).map(([code, name]) => html`
          <option value=${code} ?selected=${code === currentLanguage()}>${name}</option>`)}</select></label>
      ${within ? html`<span class="quiet">${this._name()}</span>
        <button @click=${() => this.session.logOut()}>${t("app.log_out")}</button>` : nothing}
    </header>`;
  }

  _name() {
    const { name, user } = this.session;
    return name ? `${name} (${user})` : user;
  }

  _skip(event) {
    event.preventDefault();
    this.renderRoot.querySelector("main").focus();
  }
}

customElements.define("shoal-app", ShoalApp);
