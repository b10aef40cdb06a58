// Every text of the pages, in both languages: one place. A component says `t("key", {name: value})` and is drawn anew
// when the language changes (see `worded`).

import { tables } from "./tables.js";

export { tables };

export const LANGUAGES = { en: "English", zh: "中文" };

const KEPT = "shoal.language";
let language = choose();
const listeners = new Set();

function choose() {
  const kept = globalThis.localStorage?.getItem(KEPT);
  if (kept in LANGUAGES) return kept;
  return (globalThis.navigator?.language ?? "en").startsWith("zh") ? "zh" : "en";
}

/** The text under this key, with `{name}` filled in. A key that has no text is shown itself, so that it is seen. */
export function t(key, values = {}) {
  const text = tables[language][key] ?? tables.en[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (gap, name) => values[name] ?? gap);
}

/** A word of the switch (a state, an outcome, a cause), as people read it; what is not in the table is shown as it is. */
export function word(kind, value) {
  return value && (tables[language][`${kind}.${value}`] ?? value.replaceAll("_", " "));
}

/** Words that operations gave to a code of theirs; those that are shipped are turned into the language of the page. */
export function given(kind, code, words) {
  return tables.en[`${kind}.${code}`] === words ? word(kind, code) : words;
}

export function currentLanguage() {
  return language;
}

export function setLanguage(chosen) {
  language = chosen in LANGUAGES ? chosen : "en";
  globalThis.localStorage?.setItem(KEPT, language);
  globalThis.document?.documentElement.setAttribute("lang", language === "zh" ? "zh-CN" : "en");
  for (const listener of listeners) listener();
}

/** Mixin: the element is drawn anew when the language changes. */
export const worded = (Base) => class extends Base {
  connectedCallback() {
    super.connectedCallback();
    this._reworded = () => this.requestUpdate();
    listeners.add(this._reworded);
  }

  disconnectedCallback() {
    listeners.delete(this._reworded);
    super.disconnectedCallback();
  }
};
