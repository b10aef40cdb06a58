// What an agent's screen makes of the model: who is there, what can be done, whom a call may go to.

import assert from "node:assert/strict";
import { test } from "node:test";
import { fromRecord, nextOf, outcomesFor, possible, safe, seatOf, talked, targets } from "../src/lib/desk.js";
import { Drafts, merged } from "../src/lib/drafts.js";
import { KEYS, actionOf, keyOf } from "../src/lib/keys.js";
import { Model } from "../src/lib/model.js";
import { en } from "../src/lib/tables/desktop.js";
import { given, setLanguage } from "../src/lib/words.js";

let clock = 0;
const event = (type, data) => ({ id: `1:${(clock += 1)}`, time: new Date(clock * 1000).toISOString(), data: { type, ...data } });

function talking(...more) {
  const model = new Model();
  model.reset({ agents: [{ agent: "1001", state: "ready", queues: { support: 1 } }], queues: [{ queue: "support", outcomes: { solved: "Solved" } }] });
  const at = { contact: "c1", agent: "1001", reservation: "r1" };
  for (const each of [
    event("reservation.created", { ...at, queue: "support", expires_at: 9, pop: { contact: "c1", caller: "0207", queue: "support", note: "hello" } }),
    event("agent.state", { ...at, state: "reserved" }), event("call.delivered", { contact: "c1", leg: "l2", party: "1001" }),
    event("reservation.accepted", at), event("agent.state", { ...at, state: "busy" }),
    event("call.established", { contact: "c1", leg: "l2", party: "1001" }), ...more]) model.feed(each);
  return model;
}

const can = (model, user = "1001") => Object.entries(possible(seatOf(model, user))).filter(([, may]) => may).map(([name]) => name);

test("an offer is rejected or sent on; answered from here only where the phone may be told to", () => {
  const model = new Model();
  model.reset({ agents: [{ agent: "1001", state: "ready" }] });
  model.feed(event("reservation.created", { contact: "c1", agent: "1001", reservation: "r1", expires_at: 9, pop: { contact: "c1", caller: "0207" } }));
  assert.equal(seatOf(model, "1001").pop.caller, "0207", "before the state says so");
  assert.deepEqual(can(model).filter((name) => ["answer", "reject", "deflect", "hold"].includes(name)), ["reject", "deflect"]);
  model.agents.get("1001").auto_answer = true;
  assert.ok(can(model).includes("answer"));
  for (const end of ["rescinded", "canceled", "timeout"]) {
    const other = structuredClone([...model.reservations]);
    const copy = new Model();
    copy.reset({ agents: [{ agent: "1001", state: "ready" }], reservations: other.map(([, each]) => each) });
    copy.feed(event(`reservation.${end}`, { contact: "c1", agent: "1001", reservation: "r1" }));
    assert.equal(seatOf(copy, "1001").pop, null, end);
  }
});

test("in a talk with a caller who shows no number", () => {
  const model = talking();
  model.contacts.get("c1").caller = "";
  assert.ok(["hold", "mute", "digits", "consult", "transfer", "requeue", "clear", "note"].every((name) => can(model).includes(name)));
  assert.ok(!["retrieve", "unmute", "alternate", "complete", "conference", "pause", "drop", "end"].some((name) => can(model).includes(name)));
});

test("a pop stays for the talk and the wrap-up, also after the reservation is over", () => {
  const model = talking(event("contact.ended", { contact: "c1" }), event("reservation.completed", { contact: "c1", agent: "1001", reservation: "r1" }),
    event("agent.state", { agent: "1001", state: "after_call_work", contact: "c1", until: 99 }));
  assert.equal(seatOf(model, "1001").pop.note, "hello");
  assert.deepEqual(outcomesFor(model, seatOf(model, "1001")), [["solved", "Solved"]]);
  assert.ok(can(model).includes("end") && !can(model).includes("hold"));
});

test("while somebody is consulted, only what ends that or swaps", () => {
  const asked = { contact: "c1", consultation: "k1", by: "1001", to: "agent:1003" };
  const model = talking(event("call.held", { contact: "c1", leg: "l2", party: "1001" }), event("consultation.state", { ...asked, state: "initiated" }));
  assert.ok(can(model).includes("cancelConsult") && can(model).includes("complete"));
  assert.ok(!["alternate", "conference", "transfer", "retrieve", "hold"].some((name) => can(model).includes(name)));
  model.feed(event("call.delivered", { contact: "c1", leg: "l3", party: "1003" }));
  model.feed(event("consultation.state", { ...asked, state: "established", party: "1003" }));
  assert.ok(can(model).includes("alternate") && can(model).includes("conference"));
  assert.equal(model.contacts.get("c1").legs.find(({ leg }) => leg === "l3").state, "established");
  model.feed(event("consultation.state", { ...asked, state: "failed", why: "cleared" }));
  assert.ok(can(model).includes("transfer"));
});

test("who consults does not read their own note, and keeps the one that came with the caller", () => {
  const model = talking(event("reservation.created", { contact: "c1", agent: "1003", reservation: "r2", expires_at: 9, pop: { contact: "c1", caller: "0207", note: "please help", note_by: "1001" } }));
  assert.equal(seatOf(model, "1001").pop.note, "hello");
  assert.equal(seatOf(model, "1003").pop.note, "please help");
  const anew = new Model();
  anew.reset({ agents: [...model.agents.values()], contacts: [...model.contacts.values()].map(({ pops, ...contact }) => contact),
    reservations: [{ reservation: "r1", contact: "c1", agent: "1001", state: "accepted", pop: { contact: "c1", note: "please help", note_by: "1001" } }] });
  assert.equal(seatOf(anew, "1001").pop.note, "");
});

test("who calls out is up when the other phone rings, and talks when it is answered", () => {
  const model = new Model();
  model.reset({ agents: [{ agent: "1001", state: "ready" }] });
  for (const each of [
    event("contact.offered", { contact: "c1", caller: "1001", called: "1003", direction: "internal" }), event("agent.state", { agent: "1001", state: "busy", contact: "c1" }),
    event("call.delivered", { contact: "c1", leg: "l1", party: "1001" })]) model.feed(each);
  assert.ok(!can(model).includes("hold") && can(model).includes("clear"));
  model.feed(event("call.delivered", { contact: "c1", leg: "l2", party: "1003" }));
  assert.equal(seatOf(model, "1001").leg.state, "established");
  assert.ok(!can(model).includes("hold"), "nobody is there yet");
  model.feed(event("call.established", { contact: "c1", leg: "l2", party: "1003" }));
  assert.ok(can(model).includes("hold"));
});

test("what follows is ready unless it is said", () => {
  assert.equal(nextOf({ state: "ready" }), null);
  assert.deepEqual(nextOf({ state: "busy" }), { state: "ready", reason: "" });
  assert.deepEqual(nextOf({ state: "busy", next: "not_ready", next_reason: "lunch" }), { state: "not_ready", reason: "lunch" });
  const model = talking();
  const { since } = model.agents.get("1001");
  model.feed(event("agent.state", { agent: "1001", state: "busy", contact: "c1", next: "not_ready", next_reason: "lunch" }));
  assert.equal(model.agents.get("1001").since, since, "the state goes on");
});

test("a call is led to colleagues, queues and numbers that fit, the free ones first", () => {
  const all = { user: "1001", queues: [{ queue: "support", ready: 1 }], colleagues: [
    { agent: "1001", name: "Ann", state: "ready" }, { agent: "1002", name: "Ben", state: "busy" }, { agent: "1003", name: "Cho", state: "ready", phone: "registered" }] };
  assert.deepEqual(targets("", all).map(({ to }) => to), ["agent:1003", "agent:1002", "queue:support"]);
  assert.deepEqual(targets("B", all).map(({ to }) => to), ["agent:1002"]);
  assert.deepEqual(targets("+49 30 / 12-34", all).map(({ to }) => to), ["+49301234"]);
  assert.deepEqual(targets("1003", all).map(({ to }) => to), ["agent:1003"], "a colleague is no number");
});

test("only web pages are opened", () => {
  assert.equal(safe("https://crm.example/42"), "https://crm.example/42");
  for (const url of ["javascript:alert(1)", "data:text/html,x", "/here", "", undefined]) assert.equal(safe(url), "");
});

test("a record makes a seat for the wrap-up; talks are summed", () => {
  const record = { contact: "c1", caller: "0207", visits: [{ queue: "support", waited: 7 }], seconds: { ivr: 3 }, noted: [{ agent: "1001", outcome: "solved" }],
                   talks: [{ agent: "1001", began: 10, ended: 15 }, { agent: "1002", began: 15, ended: 90 }, { agent: "1001", began: 90, ended: 92 }] };
  const contact = fromRecord(record);
  assert.deepEqual([contact.pop.queue, contact.pop.wait_seconds, contact.pop.ivr_seconds, contact.noted["1001"].outcome], ["support", 7, 3, "solved"]);
  assert.equal(talked(record, "1001"), 7);
});

test("drafts are kept by contact, and the oldest go", () => {
  const kept = new Map();
  const storage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
  const drafts = new Drafts(storage);
  for (let contact = 0; contact < 30; contact += 1) drafts.set(`c${contact}`, "outcome", { note: `${contact}` });
  assert.equal(new Drafts(storage).get("c29", "outcome").note, "29");
  assert.equal(drafts.get("c1", "outcome"), "");
  drafts.set("c29", "outcome", "");
  assert.equal(drafts.get("c29", "outcome"), "");
  kept.set("shoal.drafts", "{broken");
  assert.equal(drafts.get("c28", "outcome"), "");
});

test("what another page saved comes to light where this one changed nothing", () => {
  const draft = { outcome: "", note: "mine", base: { outcome: "", note: "" } };
  assert.deepEqual(merged(draft, { outcome: "solved", note: "theirs" }), { outcome: "solved", note: "mine" });
  assert.deepEqual(merged("", { outcome: "solved", note: "theirs" }), { outcome: "solved", note: "theirs" });
});

test("a conference of which two are left is a talk", () => {
  const model = talking(event("call.conferenced", { contact: "c1", parties: ["0207", "1001", "1003"] }));
  assert.ok(can(model).includes("drop") && !can(model).includes("transfer"));
  model.feed(event("call.leg_ended", { contact: "c1", leg: "l3", party: "1003" }));
  assert.ok(!can(model).includes("drop") && can(model).includes("transfer"));
});

test("every key is one action, with words; other keys are left alone", () => {
  assert.equal(new Set(Object.values(KEYS)).size, Object.keys(KEYS).length);
  for (const [action, letter] of Object.entries(KEYS)) {
    assert.equal(actionOf({ altKey: true, code: `Key${letter}` }), action);
    assert.equal(keyOf(action), `Alt+${letter}`);
    assert.ok(en[`desktop.${action}`], action);
  }
  for (const key of [{ code: "KeyO" }, { altKey: true, ctrlKey: true, code: "KeyO" }, { altKey: true, code: "KeyZ" }]) assert.equal(actionOf(key), undefined);
});

test("shipped words are turned into the language of the page, those of operations are left as they are", () => {
  setLanguage("zh");
  assert.equal(given("outcome", "solved", "Solved"), "已解决");
  assert.equal(given("outcome", "solved", "All done"), "All done");
  setLanguage("en");
});
