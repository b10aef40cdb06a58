// What is half written and belongs to a contact: kept in this tab, so that a page loaded anew has it still.

const KEPT = "shoal.drafts";
const MOST = 20;

/** An outcome and a note: what the draft changed of its `base`, and for the rest what is `saved`, maybe by another page. */
export function merged(draft, saved) {
  if (!draft) return saved;
  const pick = (field) => (draft[field] === draft.base[field] ? saved[field] : draft[field]);
  return { outcome: pick("outcome"), note: pick("note") };
}

export const same = (one, other) => one.outcome === other.outcome && one.note === other.note;

export class Drafts {
  constructor(storage = sessionStorage) {
    this.storage = storage;
  }

  get(contact, what) {
    return this._all()[`${contact} ${what}`] ?? "";
  }

  /** An empty text is forgotten; of many, the oldest. */
  set(contact, what, text) {
    const { [`${contact} ${what}`]: _, ...others } = this._all();
    const kept = Object.entries(text ? { ...others, [`${contact} ${what}`]: text } : others).slice(-MOST);
    this.storage.setItem(KEPT, JSON.stringify(Object.fromEntries(kept)));
  }

  _all() {
    try {
      return JSON.parse(this.storage.getItem(KEPT)) ?? {};
    } catch {
      return {};
    }
  }
}
