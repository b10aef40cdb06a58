// The picture of a tree with what callers did in it today, as the switch draws it; fetched anew now and then.

import { LitElement, css, html, nothing } from "lit";
import { looks } from "../lib/looks.js";
import { currentLanguage, t, worded } from "../lib/words.js";

export class ShoalTreePicture extends worded(LitElement) {
  static properties = { session: { attribute: false }, trees: { attribute: false }, tree: { state: true }, source: { state: true } };

  static styles = [looks, css`
    img { max-width: 100%; height: auto; display: block; margin-top: .6rem; background: #fff; border-radius: 8px; }
  `];

  constructor() {
    super();
    Object.assign(this, { trees: [], tree: "", source: "" });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    URL.revokeObjectURL(this.source);
  }

  /** Fetch it now. */
  async refresh() {
    const tree = this.tree || this.trees[0];
    if (!tree) return;
    const answer = await this.session.request("GET", `/api/v1/trees/${encodeURIComponent(tree)}.svg?language=${currentLanguage()}`).catch(() => null);
    if (!answer) return;
    const before = this.source;
    this.source = URL.createObjectURL(new Blob([await answer.text()], { type: "image/svg+xml" }));
    URL.revokeObjectURL(before);
  }

  updated(changed) {
    if (changed.has("tree") || changed.has("trees")) this.refresh();
  }

  render() {
    const tree = this.tree || this.trees[0];
    return html`<label class="row">${t("wallboard.tree")}<select @change=${(event) => (this.tree = event.target.value)}>
        ${this.trees.map((name) => html`<option ?selected=${name === tree}>${name}</option>`)}</select></label>
      ${this.source ? html`<img src=${this.source} alt=${t("wallboard.picture", { tree })}>` : nothing}`;
  }
}

customElements.define("shoal-tree-picture", ShoalTreePicture);
