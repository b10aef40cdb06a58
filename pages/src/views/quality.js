// Quality work: contacts are found on the left, heard and judged on the right. An agent sees the scores of their own talks,
// and hears them where that is allowed.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { queryOf, recently } from "../lib/reviews.js";
import { t, worded } from "../lib/words.js";
import "../parts/quality-contact.js";
import "../parts/quality-own.js";
import "../parts/quality-results.js";
import "../parts/quality-search.js";

const PAGE = 25;

export class ShoalQuality extends worded(LitElement) {
  static properties = {
    session: { attribute: false }, found: { state: true }, offset: { state: true }, chosen: { state: true }, trouble: { state: true },
  };

  static styles = [looks, css`
    .room { display: grid; gap: var(--gap); grid-template-columns: minmax(0, 5fr) minmax(0, 7fr); align-items: start; max-width: 120rem; margin: 0 auto; }
    .side { display: grid; gap: var(--gap); grid-template-columns: minmax(0, 1fr); }
    .trouble { padding: .5rem .8rem; border-radius: 8px; margin: 0; }
    @media (max-width: 1100px) { .room { grid-template-columns: minmax(0, 1fr); } }
  `];

  constructor() {
    super();
    this.asked = { first_day: recently() };
    this.offset = 0;
    this.chosen = decodeURIComponent(location.hash.split("/")[1] ?? "") || undefined;
  }

  connectedCallback() {
    super.connectedCallback();
    this._scored = ({ detail }) => {
      if (detail.data.type === "quality.scored" || detail.data.type === "recording.measured") this._refresh();
    };
    this.session.addEventListener("event", this._scored);
    this._find();
  }

  disconnectedCallback() {
    this.session.removeEventListener("event", this._scored);
    super.disconnectedCallback();
  }

  get reviews() {
    return this.session.role !== "agent";
  }

  render() {
    return html`<h1 class="hushed">${t("app.quality")}</h1><div class="room">
      <div class="side">
        ${this.reviews ? html`<shoal-quality-search .session=${this.session} .asked=${this.asked} @search=${this._search}></shoal-quality-search>`
          : html`<shoal-quality-own .session=${this.session} .chosen=${this.chosen} @choose=${this._choose}></shoal-quality-own>`}
        ${this.trouble ? html`<p role="alert" class="trouble red">${this.trouble}</p>` : nothing}
        ${this.reviews ? html`<shoal-quality-results .found=${this.found} .chosen=${this.chosen} .offset=${this.offset} .page=${PAGE}
          @choose=${this._choose} @page=${this._page}></shoal-quality-results>` : nothing}
      </div>
      <shoal-quality-contact .session=${this.session} .contact=${this.chosen} @scored=${this._refresh}></shoal-quality-contact>
    </div>`;
  }

  _search({ detail }) {
    this.asked = detail;
    this.offset = 0;
    this._find();
  }

  _page({ detail }) {
    this.offset = detail;
    this._find();
  }

  _choose({ detail }) {
    this.chosen = detail;
  }

  _refresh() {
    if (this.reviews) this._find();
    else this.renderRoot.querySelector("shoal-quality-own")?.load();
  }

  async _find() {
    if (!this.reviews) return;
    try {
      this.found = await this.session.get(`/api/v1/contacts?${queryOf(this.asked, this.offset, PAGE)}`);
      this.trouble = "";
    } catch (error) {
      this.trouble = error.message || t("line.lost");
    }
  }
}

customElements.define("shoal-quality", ShoalQuality);
