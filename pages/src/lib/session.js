// One session with the switch: the token, the websocket, and what is heard on it (docs/cti.md).
//
//            login                session.start           snapshot | resumed
//   out ───────────────> connecting ─────────────────────────────────────────> open
//    ^                      ^   │ lost: again after a pause, with the cursor     │
//    └── 4401, log out ─────│───┴──────────────── lost ──────────────────────────┘
//
// A lost line changes nothing: it comes back with the cursor and hears what it missed, once. One that says nothing any
// more is asked, and given up soon (lib/pulse.js). When new settings hold, a new snapshot is taken, and `configured` tells
// whoever shows more of them than is in it. The state that the events come to is kept in a Model. What may be done is done
// by `command`, which answers with its result or throws a Refused. The clock, the socket and the way to ask are handed in,
// so that tests play without a browser.

import { Model } from "./model.js";
import { Pulse } from "./pulse.js";

const KEPT = "shoal.session";
const TOPICS = ["all", "figures"]; // figures are for supervisors; others are told none
const ANEW = ["configuration.published", "switch.started"]; // names and lists may be others from here on
const PAUSES = [250, 500, 1000, 2000, 5000];

/** The switch did not do as it was told. */
export class Refused extends Error {
  constructor({ code, message, field }) {
    super(message);
    this.code = code;
    this.field = field;
  }
}

export class Session extends EventTarget {
  constructor({ origin = location.origin, storage = sessionStorage, open = (url) => new WebSocket(url, ["cti.v1"]),
                ask = (...asked) => fetch(...asked), later = (call, pause) => setTimeout(call, pause), now = () => Date.now() } = {}) {
    super();
    Object.assign(this, { origin, storage, open, ask, later, now });
    this.state = "out";
    this.expired = false;
    this.user = this.name = this.role = this.token = "";
    this.model = new Model();
    this.cursor = "";
    this.tries = 0;
    this.next = 1;
    this.waiting = new Map();
    this.pulse = new Pulse(now());
    this.doubtful = this.offline = false;
    this.turns = 0;
  }

  /** Go on with the session that this tab had before it was loaded anew. */
  resume() {
    const kept = JSON.parse(this.storage.getItem(KEPT) ?? "null");
    if (!kept?.token) return;
    Object.assign(this, { user: kept.user, token: kept.token });
    this.connect();
  }

  /** Throws Refused for a wrong password, TypeError when nobody answers. */
  async login(user, password) {
    const answer = await this.ask(`${this.origin}/auth/token`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user, password }) });
    const body = await answer.json();
    if (!answer.ok) throw new Refused({ code: body.error?.code ?? "refused", message: body.error?.reason ?? answer.statusText });
    if (user !== this.user) this.cursor = "";
    Object.assign(this, { user, expired: false });
    this.keep(body.token);
    if (this.state === "open") this.say({ type: "session.renew", token: this.token });
    else this.connect();
  }

  logOut() {
    this.storage.removeItem(KEPT);
    Object.assign(this, { token: "", user: "", cursor: "", expired: false, model: new Model() });
    this.turn("out");
    this.socket?.close(1000);
  }

  /** Obey: resolves with the result; rejects with Refused, also when the line was lost before the answer came. */
  command(method, params = {}) {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      if (this.state !== "open") {
        reject(new Refused({ code: "away", message: "" }));
        return;
      }
      this.waiting.set(id, { resolve, reject });
      this.say({ jsonrpc: "2.0", id, method, params });
    });
  }

  /** GET of REST as JSON. Throws Refused. */
  async get(path) {
    return (await this.request("GET", path)).json();
  }

  /** Any request of REST with the token. Throws Refused. */
  async request(method, path, body) {
    const answer = await this.ask(`${this.origin}${path}`, {
      method, headers: { Authorization: `Bearer ${this.token}`, ...(body ? { "Content-Type": "application/json" } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}) });
    if (answer.ok) return answer;
    const told = await answer.json().catch(() => ({}));
    throw new Refused({ code: told.error?.code ?? String(answer.status), message: told.error?.reason ?? "", field: told.error?.field });
  }

  // -- the line ---------------------------------------------------------------------------------------------------

  connect() {
    this.turns++;
    this.pulse.dialled(this.now());
    this.turn("connecting");
    const before = this.socket;
    const socket = (this.socket = this.open(`${this.origin.replace(/^http/, "ws")}/cti/v1`));
    before?.close();
    socket.onopen = () => socket === this.socket && this.start(this.cursor);
    socket.onmessage = ({ data }) => socket === this.socket && this.hear(JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.socket && this.lost(code);
  }

  start(cursor) {
    this.pulse.begins(this.now());
    this.say({ type: "session.start", token: this.token, topics: TOPICS, cursor });
  }

  lost(code) {
    for (const { reject } of this.waiting.values()) reject(new Refused({ code: "away", message: "" }));
    this.waiting.clear();
    this.doubtful = false;
    if (this.state === "out") return;
    if (code === 4401) {
      this.expired = true;
      this.storage.removeItem(KEPT);
      this.turn("out");
      return;
    }
    this.socket = null;
    const turns = ++this.turns;
    this.turn("connecting");
    this.later(() => this.state === "connecting" && turns === this.turns && this.connect(), PAUSES[Math.min(this.tries++, PAUSES.length - 1)]);
  }

  // -- whether it stands ------------------------------------------------------------------------------------------

  /** Twice a second. */
  tick() {
    if (this.state === "out" || (this.state === "connecting" && !this.socket)) return;
    this.act(this.pulse.tick(this.now()));
    const doubtful = this.state === "open" && this.pulse.inDoubt(this.now());
    if (doubtful !== this.doubtful) this.doubt(doubtful);
  }

  /** Something has happened to the computer or to its network: look at once, and do not wait for the next try. */
  look({ offline = this.offline } = {}) {
    const changed = offline !== this.offline;
    this.offline = offline;
    if (this.state === "open") this.act(this.pulse.look(this.now()));
    else if (this.state === "connecting" && !offline && !(this.socket && this.pulse.fresh(this.now()))) this.connect();
    if (changed) this.turn(this.state);
  }

  act(what) {
    if (what === "ping") this.say({ type: "session.ping" });
    if (what !== "lost") return;
    const { socket } = this;
    this.socket = null;
    socket?.close();
    this.lost(0);
  }

  doubt(doubtful) {
    this.doubtful = doubtful;
    this.turn(this.state);
  }

  // -- what is said -----------------------------------------------------------------------------------------------

  hear(said) {
    this.pulse.heard(this.now());
    if (this.doubtful) this.doubt(false);
    if (Array.isArray(said)) this.take(said);
    else if (said.jsonrpc) this.answered(said);
    else if (said.type === "session.snapshot") this.begin(said, () => this.model.reset(said.snapshot));
    else if (said.type === "session.resumed") this.begin(said, () => {});
    else if (said.type === "session.resync") this.anew(said.why === "configured");
    else if (said.type === "session.token_expiring") this.renew();
    else this.dispatchEvent(new CustomEvent(said.type, { detail: said }));
  }

  /** A new snapshot, whatever is known. */
  anew(configured) {
    this.configured ||= configured;
    this.start("");
  }

  begin(said, reset) {
    reset();
    Object.assign(this, { user: said.user, name: said.name, role: said.role, tries: 0 });
    if (said.type === "session.snapshot") this.cursor = said.cursor;
    this.turn("open");
    this.dispatchEvent(new Event("model"));
    if (this.configured) this.dispatchEvent(new Event("configured"));
    this.configured = false;
  }

  take(events) {
    for (const event of events) {
      this.model.feed(event);
      this.cursor = event.id;
      this.dispatchEvent(new CustomEvent("event", { detail: event }));
    }
    this.dispatchEvent(new Event("model"));
    if (events.some(({ data }) => ANEW.includes(data.type))) this.anew(true);
  }

  answered({ id, result, error }) {
    const waiter = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) waiter?.reject(new Refused({ code: error.data?.code ?? String(error.code), message: error.data?.reason ?? error.message, field: error.data?.field }));
    else waiter?.resolve(result);
  }

  async renew() {
    const answer = await this.request("POST", "/auth/renew").catch(() => null);
    if (!answer) return;
    this.keep((await answer.json()).token);
    if (this.state === "open") this.say({ type: "session.renew", token: this.token });
  }

  say(message) {
    this.socket.send(JSON.stringify(message));
  }

  keep(token) {
    this.token = token;
    this.storage.setItem(KEPT, JSON.stringify({ user: this.user, token }));
  }

  turn(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}
