// The views, in the order of the tabs: who may open them, and how each is drawn for a session.

export const VIEWS = [];
