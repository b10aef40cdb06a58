// What a page notices of its computer: it slept, it was looked at again, its network went or came. Whoever keeps a line to the
// switch is then told to look whether the line still stands; the clock of every page does it twice a second.

const EVERY = 500;

/** Have this session look after its line for as long as the page is open. */
export function awake(session, page = window) {
  const look = () => session.look({ offline: page.navigator.onLine === false });
  for (const name of ["online", "offline", "focus", "pageshow"]) page.addEventListener(name, look);
  page.document.addEventListener("visibilitychange", () => page.document.hidden || look());
  return page.setInterval(() => session.tick(), EVERY);
}
