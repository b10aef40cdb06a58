// The keys of the desktop: Alt and a letter, by the place of the key, so that they are the same in every language. They
// are none that Chromium or Firefox use themselves.

export const KEYS = {
  answer: "A", hold: "O", mute: "M", digits: "K", consult: "C", transfer: "X", alternate: "W", complete: "L",
  conference: "G", pause: "P", note: "N", clear: "Q", ready: "R", requeue: "U", help: "I",
};

/** `Alt+O`, as tooltips and aria-keyshortcuts say it; undefined where there is none. */
export function keyOf(action) {
  return KEYS[action] && `Alt+${KEYS[action]}`;
}

/** The action that a keyboard event asks for; undefined = none. */
export function actionOf({ altKey, ctrlKey, metaKey, shiftKey, code }) {
  if (!altKey || ctrlKey || metaKey || shiftKey) return undefined;
  return Object.keys(KEYS).find((action) => code === `Key${KEYS[action]}`);
}
