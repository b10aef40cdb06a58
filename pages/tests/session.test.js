// The session against a socket that the test plays.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Refused, Session } from "../src/lib/session.js";

class Socket {
  constructor() {
    this.said = [];
  }

  send(text) {
    this.said.push(JSON.parse(text));
  }

  close(code = 1006) {
    this.onclose({ code });
  }

  hear(message) {
    this.onmessage({ data: JSON.stringify(message) });
  }
}

function storage(kept = {}) {
  return { getItem: (name) => kept[name] ?? null, setItem: (name, value) => (kept[name] = value), removeItem: (name) => delete kept[name] };
}

async function opened(given = {}) {
  const sockets = [], pauses = [];
  const session = new Session({
    origin: "http://shoal", storage: storage(),
    open: () => { sockets.push(new Socket()); return sockets.at(-1); },
    ask: async () => ({ ok: true, json: async () => ({ token: "t1" }) }),
    later: (call, pause) => { pauses.push(pause); call(); }, now: () => 0, ...given });
  await session.login("1001", "demo-1001");
  sockets[0].onopen();
  sockets[0].hear({ type: "session.snapshot", cursor: "1:5", user: "1001", role: "agent", snapshot: { agents: [{ agent: "1001", state: "ready" }] } });
  return { session, sockets, pauses };
}

test("it logs in, hears the snapshot, and folds what follows", async () => {
  const { session, sockets } = await opened();
  assert.deepEqual(sockets[0].said[0], { type: "session.start", token: "t1", topics: ["all", "figures"], cursor: "" });
  sockets[0].hear([{ id: "1:6", time: "2030-01-01T00:00:00Z", data: { type: "agent.state", agent: "1001", state: "not_ready", reason: "lunch" } }]);
  assert.equal(session.model.agents.get("1001").reason, "lunch");
  assert.equal(session.cursor, "1:6");
});

test("a lost line comes back with the cursor", async () => {
  const { session, sockets, pauses } = await opened();
  sockets[0].close();
  assert.equal(session.state, "connecting");
  sockets[1].onopen();
  assert.equal(sockets[1].said[0].cursor, "1:5");
  sockets[1].hear({ type: "session.resumed", cursor: "1:5", user: "1001", role: "agent" });
  assert.equal(session.state, "open");
  assert.deepEqual(pauses, [250]);
});

test("an order is answered, refused, or fails with the line", async () => {
  const { session, sockets } = await opened();
  const done = session.command("agent.setState", { state: "ready" });
  const { id } = sockets[0].said.at(-1);
  sockets[0].hear({ jsonrpc: "2.0", id, result: { state: "ready" } });
  assert.deepEqual(await done, { state: "ready" });
  const refused = session.command("call.hold");
  sockets[0].hear({ jsonrpc: "2.0", id: id + 1, error: { code: -32000, message: "Refused", data: { code: "no_call", reason: "there is none" } } });
  await assert.rejects(refused, (error) => error instanceof Refused && error.code === "no_call" && error.message === "there is none");
  const lost = session.command("call.hold");
  sockets[0].close();
  await assert.rejects(lost, { code: "away" });
});

test("a session that ended asks for the password and then goes on where it was", async () => {
  const { session, sockets } = await opened();
  sockets[0].close(4401);
  assert.equal(session.state, "out");
  assert.equal(session.expired, true);
  await session.login("1001", "demo-1001");
  sockets[1].onopen();
  assert.equal(sockets[1].said[0].cursor, "1:5");
});

test("a token that ends is renewed without a word to anybody", async () => {
  const { sockets } = await opened({ ask: async (url) => ({ ok: true, json: async () => ({ token: url.endsWith("renew") ? "t2" : "t1" }) }) });
  sockets[0].hear({ type: "session.token_expiring", expires_at: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(sockets[0].said.at(-1), { type: "session.renew", token: "t2" });
});

/** A session with a clock: `pass` lets so many milliseconds go by, in ticks. */
async function timed() {
  let now = 0;
  const scene = await opened({ now: () => now });
  const pass = (span, step = 500) => {
    for (const end = now + span; now < end;) {
      now += step;
      scene.session.tick();
    }
  };
  const asked = (socket) => socket.said.filter(({ type }) => type === "session.ping").length;
  return { ...scene, pass, asked };
}

test("a line that says nothing is asked, doubted, and given up within six and a half seconds", async () => {
  const { session, sockets, pass, asked } = await timed();
  pass(3500);
  assert.equal(asked(sockets[0]), 0);
  pass(500);
  assert.equal(asked(sockets[0]), 1);
  pass(1000);
  assert.deepEqual([session.state, session.doubtful], ["open", true]);
  pass(1000);
  assert.equal(session.state, "connecting");
  sockets[1].onopen();
  assert.equal(sockets[1].said[0].cursor, "1:5");
  sockets[1].hear({ type: "session.resumed", cursor: "1:5", user: "1001", role: "agent" });
  assert.deepEqual([session.state, session.doubtful], ["open", false]);
  sockets[0].hear([{ id: "1:9", time: "2030-01-01T00:00:00Z", data: { type: "agent.state", agent: "1001", state: "busy" } }]);
  assert.equal(session.cursor, "1:5", "what comes late on the line that was given up is not heard");
});

test("an answer ends the doubt", async () => {
  const { session, sockets, pass, asked } = await timed();
  pass(5000);
  assert.equal(session.doubtful, true);
  sockets[0].hear({ type: "session.pong", at: 1 });
  assert.deepEqual([session.state, session.doubtful], ["open", false]);
  pass(10_000 - 500);
  sockets[0].hear({ type: "session.pong", at: 2 });
  assert.equal(asked(sockets[0]) >= 2, true);
});

test("a computer that wakes asks at once, also where it had asked before it slept", async () => {
  const { session, sockets, pass, asked } = await timed();
  pass(4000);
  assert.equal(asked(sockets[0]), 1);
  pass(3_600_000, 3_600_000);
  assert.deepEqual([session.state, asked(sockets[0])], ["open", 2]);
  pass(2000);
  assert.equal(session.state, "connecting");
});

test("a network that goes is doubted at once, and tried at once when it is back", async () => {
  const { session, sockets, pass, asked, pauses } = await timed();
  session.look({ offline: true });
  assert.equal(asked(sockets[0]), 1);
  pass(2000);
  assert.deepEqual([session.state, session.offline], ["connecting", true]);
  const before = sockets.length;
  pass(1500);
  session.look({ offline: false });
  assert.deepEqual([sockets.length, session.offline], [before + 1, false]);
  session.look();
  assert.equal(sockets.length, before + 1, "who is just being tried is not tried twice");
  assert.deepEqual(pauses, [250]);
});

test("a new line that never says anything is given up, too; a slow snapshot is waited for", async () => {
  const { session, sockets, pass } = await timed();
  sockets[0].close();
  pass(5000);
  assert.equal(sockets.length, 3);
  sockets[2].onopen();
  pass(10_000);
  assert.equal(sockets.length, 3);
  sockets[2].hear({ type: "session.resumed", cursor: "1:5", user: "1001", role: "agent" });
  assert.equal(session.state, "open");
});

test("new settings bring a new snapshot and a word to whoever shows more of them", async () => {
  const { session, sockets } = await opened();
  let told = 0;
  session.addEventListener("configured", () => told++);
  const again = { type: "session.snapshot", cursor: "1:6", user: "1001", role: "agent", snapshot: { reasons: { tea: "Tea" } } };
  sockets[0].hear({ type: "session.resync", cursor: "1:5", why: "configured" });
  assert.equal(sockets[0].said.at(-1).cursor, "");
  sockets[0].hear(again);
  assert.deepEqual([session.model.reasons, told], [{ tea: "Tea" }, 1]);
  for (const type of ["configuration.published", "switch.started"]) sockets[0].hear([{ id: "1:7", time: "2030-01-01T00:00:00Z", data: { type } }]);
  sockets[0].hear(again);
  assert.deepEqual([sockets[0].said.filter(({ cursor }) => cursor === "").length, told], [4, 2]);
  sockets[0].hear({ type: "session.resync", cursor: "1:5" });
  sockets[0].hear(again);
  assert.equal(told, 2, "a line that was only slow is no news of settings");
});
