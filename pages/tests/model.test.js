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
