// The model comes to the same as the switch's own snapshot; and a session survives what happens to its line.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Model } from "../src/lib/model.js";

const event = (type, data, time = "2030-01-01T00:00:00Z") => ({ id: "1:1", time, data: { type, ...data } });

test("an agent hears of a caller by the reservation, and keeps them until the wrap-up is over", () => {
  const model = new Model();
  model.reset({ agents: [{ agent: "1001", state: "ready" }] });
  model.feed(event("reservation.created", { reservation: "r1", contact: "c1", agent: "1001", expires_at: 9, pop: { contact: "c1", caller: "0207" } }));
  assert.equal(model.offerTo("1001").pop.caller, "0207");
  model.feed(event("agent.state", { agent: "1001", state: "reserved", contact: "c1" }));
  model.feed(event("reservation.accepted", { reservation: "r1", contact: "c1", agent: "1001" }));
  assert.equal(model.offerTo("1001"), undefined);
  model.feed(event("agent.state", { agent: "1001", state: "busy", contact: "c1" }));
  model.feed(event("contact.segment", { contact: "c1", kind: "talk", owner: "1001" }));
  model.feed(event("contact.ended", { contact: "c1", ended_by: "customer", cause: "normal_call_clearing" }));
  assert.equal(model.contactOf("1001").caller, "0207");
  model.feed(event("agent.state", { agent: "1001", state: "after_call_work", contact: "c1", until: 10 }));
  assert.equal(model.contactOf("1001").contact, "c1");
  model.feed(event("agent.state", { agent: "1001", state: "ready" }));
  assert.equal(model.contactOf("1001"), undefined);
  assert.equal(model.contacts.size, 0);
});

test("an offer that is taken back goes from the screen", () => {
  const model = new Model();
  model.feed(event("reservation.created", { reservation: "r1", contact: "c1", agent: "1001", expires_at: 9, pop: {} }));
  model.feed(event("reservation.rescinded", { reservation: "r1", contact: "c1", agent: "1001", why: "answered" }));
  assert.equal(model.offerTo("1001"), undefined);
});

test("legs are held, retrieved, muted and ended", () => {
  const model = new Model();
  const leg = { contact: "c1", leg: "c1-2", party: "1001" };
  for (const type of ["call.delivered", "call.established", "call.held", "call.muted"]) model.feed(event(type, leg));
  assert.deepEqual(model.contacts.get("c1").legs.map(({ state, muted }) => [state, muted]), [["held", true]]);
  model.feed(event("call.leg_ended", leg));
  assert.deepEqual(model.contacts.get("c1").legs, []);
});

test("a kind of event that is not known changes nothing", () => {
  const model = new Model();
  model.feed(event("something.new", { contact: "c1" }));
  assert.equal(model.contacts.size, 0);
});

test("a phone that is lost is waited for, until it is back or the caller goes elsewhere", () => {
  for (const over of [event("call.established", { contact: "c1", leg: "c1-4", party: "1001" }), event("contact.segment", { contact: "c1", kind: "queue", owner: "support" }),
    event("contact.ended", { contact: "c1" })]) {
    const model = new Model();
    model.reset({ agents: [{ agent: "1001", state: "busy", contact: "c1" }], contacts: [{ contact: "c1", caller: "0207", called: "5000", offered_at: 1, agent: "1001" }] });
    model.feed(event("call.phone_lost", { contact: "c1", leg: "c1-2", party: "1001", until: 15 }));
    model.feed(event("contact.segment", { contact: "c1", kind: "hold", owner: "1001" }));
    assert.deepEqual(model.contacts.get("c1").returning, { party: "1001", until: 15 });
    model.feed(over);
    assert.equal(model.contacts.get("c1").returning, null);
  }
});

test("who closed a queue, why and until when is known until it is open", () => {
  const model = new Model();
  model.reset({ queues: [{ queue: "support" }] });
  model.feed(event("queue.closed", { queue: "support", by: "2001", why: "fire", until: 99 }));
  const { closed_by, closed_why, closed_until } = model.queues.get("support");
  assert.deepEqual([closed_by, closed_why, closed_until], ["2001", "fire", 99]);
  model.feed(event("queue.opened", { queue: "support", by: "" }));
  assert.equal(model.queues.get("support").closed_until, 0);
});

test("a new snapshot in the wrap-up leaves who was talked with on the screen", () => {
  const model = new Model();
  const wrapping = { agents: [{ agent: "1001", state: "after_call_work", contact: "c1" }] };
  model.reset({ ...wrapping, contacts: [{ contact: "c1", caller: "0207", called: "5000", offered_at: 1 }, { contact: "c2", caller: "0208", called: "5000", offered_at: 1 }] });
  for (const contact of ["c1", "c2"]) model.feed(event("contact.ended", { contact }));
  model.feed(event("contact.noted", { contact: "c1", agent: "1001", outcome: "solved" }));
  model.reset({ ...wrapping, contacts: [], reasons: { tea: "Tea" } });
  assert.equal(model.contactOf("1001").caller, "0207");
  assert.equal(model.contactOf("1001").noted["1001"].outcome, "solved");
  model.reset({ agents: [{ agent: "1001", state: "ready" }] });
  assert.equal(model.contacts.size, 0);
});
