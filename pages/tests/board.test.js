// The wallboard: colours by threshold, order, what may be done, and where the points of a chart lie.

import assert from "node:assert/strict";
import { test } from "node:test";
import { actions, agentRows, above, below, ceiling, closings, line, points, queueCard, series } from "../src/lib/board.js";
import { Model } from "../src/lib/model.js";

const LIMITS = { waiting_amber: 3, waiting_red: 8, wait_amber: 30, wait_red: 90, level_amber: 80, level_red: 60 };

test("a figure turns amber and red at its threshold, and has no colour without one", () => {
  assert.deepEqual([2, 3, 8].map((value) => above(value, 3, 8)), ["", "amber", "red"]);
  assert.deepEqual([80, 79, 59].map((value) => below(value, 80, 60)), ["", "amber", "red"]);
  assert.equal(above(9), "");
  assert.equal(below(null, 80, 60), "");
});

test("a card is as bad as its worst figure, and its longest wait goes on by the clock", () => {
  const figures = { queue: "support", waiting: 4, oldest: 100, staffed: 2, ready: 1, today: { service_level: .9, offered: 10, answered: 9, abandoned: 1, asa: 8 } };
  const card = queueCard(figures, { thresholds: LIMITS }, 195);
  assert.deepEqual([card.longest, card.levels.longest, card.levels.waiting, card.levels.level, card.worst], [95, "red", "amber", "", "red"]);
  assert.deepEqual([card.level, card.asa, card.answered], [90, 8, 9]);
  assert.equal(queueCard({ queue: "a" }, undefined, 5).worst, "");
});

test("who talks stands first, who is not there last", () => {
  const agents = [{ agent: "1", state: "logged_out" }, { agent: "2", state: "ready", since: 5 }, { agent: "3", state: "busy", contact: "c" }, { agent: "4", state: "ready", since: 2 }];
  assert.deepEqual(agentRows(agents, new Map([["c", { contact: "c" }]])).map(({ agent }) => agent), ["3", "4", "2", "1"]);
});

test("what may be done follows the state, and whether somebody listens already", () => {
  const busy = { state: "busy", talk: {} };
  assert.deepEqual(actions(busy, "2001"), ["monitor", "whisper", "barge", "take_over", "not_ready"]);
  busy.talk.supervisions = [{ by: "2001", kind: "monitor" }];
  assert.deepEqual(actions(busy, "2001"), ["whisper", "barge", "take_over", "stop", "not_ready"]);
  assert.deepEqual(actions(busy, "2002"), ["monitor", "whisper", "barge", "take_over", "not_ready"], "several may listen");
  assert.deepEqual(actions({ state: "not_ready" }, "2001"), ["ready"]);
  assert.deepEqual(actions({ state: "logged_out" }, "2001"), []);
});

test("a line closes up when somebody leaves it, and makes room when somebody is put first", () => {
  const model = new Model();
  const contacts = ["a", "b", "c", "d"].map((contact, place) => ({ contact, caller: contact, queue: "q", position: place + 1 }));
  model.reset({ queues: [{ queue: "q", waiting: 4 }], contacts });
  const order = () => line(model.contacts, "q").map(({ contact, position }) => `${contact}${position}`).join(" ");
  const feed = (data) => model.feed({ time: "2030-01-01T00:00:00Z", data });
  feed({ type: "queue.pulled_forward", contact: "c", queue: "q", position: 1, by: "2001" });
  assert.equal(order(), "c1 a2 b3 d4");
  feed({ type: "queue.left", contact: "a", queue: "q", why: "abandoned" });
  assert.equal(order(), "c1 b2 d3");
  feed({ type: "queue.closed", queue: "q", by: "2001" });
  assert.equal(model.queues.get("q").closed_by, "2001");
});

test("a supervisor comes, changes and goes", () => {
  const model = new Model();
  model.reset({ contacts: [{ contact: "c", caller: "1" }] });
  const feed = (type, kind) => model.feed({ time: "2030-01-01T00:00:00Z", data: { type, contact: "c", by: "2001", agent: "1001", leg: "l", kind } });
  feed("supervision.began", "monitor");
  feed("supervision.changed", "whisper");
  model.feed({ time: "2030-01-01T00:00:00Z", data: { type: "supervision.began", contact: "c", by: "2002", agent: "1001", leg: "m", kind: "monitor" } });
  assert.deepEqual(model.contacts.get("c").supervisions.map(({ by, kind }) => [by, kind]), [["2001", "whisper"], ["2002", "monitor"]]);
  feed("supervision.ended", "whisper");
  assert.deepEqual(model.contacts.get("c").supervisions.map(({ by }) => by), ["2002"]);
});

test("queues are added up by weight, and intervals without calls are left out", () => {
  const row = (queue, offered, service_level, asa) => ({ queue, offered, answered: offered, abandoned: 0, service_level, asa, staffed: 2 });
  const report = { intervals: [{ start: 900, queues: [row("a", 3, 1, 4), row("b", 1, 0, 8)] }, { start: 1800, queues: [] }] };
  assert.deepEqual(series(report, "").map(({ start, offered, level, wait }) => [start, offered, level, wait]), [[900, 4, 75, 5]]);
  assert.equal(series(report, "b")[0].level, 0);
  assert.deepEqual(series(null, ""), []);
});

test("an axis ends at a round number, and points lie within the box", () => {
  assert.deepEqual([0, 1, 3, 7, 12, 34, 180].map(ceiling), [1, 1, 3, 8, 20, 40, 200]);
  const found = points([{ start: 0, n: 5 }, { start: 900, n: null }, { start: 1800, n: 10 }], "n", { width: 100, height: 50, most: 10, from: 0, to: 1800 });
  assert.deepEqual(found.map(({ x, y }) => [x, y]), [[0, 25], [100, 0]]);
});

test("a queue is closed until it is opened again, for a while, or for the rest of the day", () => {
  const now = new Date(2030, 2, 7, 22, 15).getTime() / 1000;
  const { opened, half_hour, hour, two_hours, day } = closings(now);
  assert.deepEqual([opened, half_hour - now, hour - now, two_hours - now], [0, 1800, 3600, 7200]);
  assert.equal(day, new Date(2030, 2, 8).getTime() / 1000);
  const known = { closed_until: 77, closed_why: "fire" };
  assert.deepEqual(queueCard({ queue: "a", closed: true, closed_by: "2001" }, known, 5).closedUntil, 77);
  assert.deepEqual(queueCard({ queue: "a", closed: true }, known, 5).closedUntil, 0);
});
