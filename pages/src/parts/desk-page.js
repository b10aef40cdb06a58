// The customer's page of another system, beside the call: in a frame that can reach nothing of ours, or in a tab.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { t, worded } from "../lib/words.js";

const KEPT = "shoal.page";

export class ShoalDeskPage extends worded(LitElement) {
  static properties = { url: {}, framed: { state: true } };

  static styles = [looks, css`
    iframe { box-sizing: border-box; width: 100%; height: min(60vh, 40rem); border: 1px solid var(--line); border-radius: 8px; background: #fff; margin-top: .7rem; }
    a { color: var(--sea); overflow-wrap: anywhere; }
  `];

  constructor() {
    super();
    this.framed = localStorage.getItem(KEPT) !== "tab";
  }

  render() {
    return html`<section class="card" aria-labelledby="page"><div class="row spread"><h2 id="page">${t("desktop.page")}</h2>
      <label class="row"><input type="checkbox" .checked=${this.framed} @change=${this._choose}> ${t("desktop.framed")}</label></div>
      <a href=${this.url} target="_blank" rel="noopener noreferrer">${t("desktop.open_tab")}</a> <span class="quiet">${new URL(this.url).host}</span>
      ${this.framed ? html`<iframe src=${this.url} title=${t("desktop.page")} sandbox=${this._rights()} referrerpolicy="no-referrer"></iframe>` : nothing}
    </section>`;
  }

  /** A page that comes from the switch itself must not be one of ours with our rights. */
  _rights() {
    const rights = "allow-scripts allow-forms allow-popups";
    return new URL(this.url).origin === location.origin ? rights : `${rights} allow-same-origin`;
  }

  _choose({ target }) {
    this.framed = target.checked;
    localStorage.setItem(KEPT, this.framed ? "frame" : "tab");
  }
}

customElements.define("shoal-desk-page", ShoalDeskPage);
