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
    later: (call, pause) => { pauses.push(pause); call(); }, ...given });
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
