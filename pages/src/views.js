// The views, in the order of the tabs: who may open them, and how each is drawn for a session.

import { html } from "lit";
import "./views/desktop.js";
import "./views/quality.js";
import "./views/wallboard.js";

export const VIEWS = [
  { name: "desktop", roles: ["agent", "supervisor"], draw: (session) => html`<shoal-desktop .session=${session}></shoal-desktop>` },
  { name: "wallboard", roles: ["supervisor"], draw: (session) => html`<shoal-wallboard .session=${session}></shoal-wallboard>` },
  { name: "quality", roles: ["supervisor", "quality", "agent"], draw: (session) => html`<shoal-quality .session=${session}></shoal-quality>` },
];
