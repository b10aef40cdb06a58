// An agent's seat: what a Model (lib/model.js) says of one agent, and what they can do now. Pure.
//
// The switch decides what may be done and says why not; `possible` asks the same of what is known here, so that a button
// that would be refused cannot be pressed. Where the two disagree, the refusal is shown in words.

const UP = ["established", "held"];

/** What this agent has before them: `{agent, state, contact, offer, pop, leg, ...}`; all of it may be missing. */
export function seatOf(model, user) {
  const agent = model.agents.get(user) ?? { agent: user, state: "logged_out" };
  const offer = model.offerTo(user);
  const contact = model.contacts.get(offer?.contact ?? agent.contact);
  const legs = (contact?.legs ?? []).filter((leg) => leg.party === user);
  const consultation = contact?.consultation ?? null;
  const shown = offer?.pop ?? contact?.pops?.[user] ?? contact?.pop ?? null;
  const pop = shown?.note_by === user ? { ...shown, note: "" } : shown;
  return {
    user, agent, state: agent.state, contact, offer, pop, consultation,
    leg: legs.find((leg) => UP.includes(leg.state)) ?? legs[0],
    others: partiesOf(contact, user),
    asks: consultation?.by === user,
    asked: Boolean(consultation) && consultation.party === user && consultation.by !== user,
    queue: offer?.queue || pop?.queue || contact?.queue || "",
    url: safe(pop?.url || pop?.customer?.url || contact?.customer?.url),
  };
}

/** Addresses of web pages, and nothing else that a browser would run. */
export function safe(url) {
  try {
    return ["http:", "https:"].includes(new URL(url).protocol) ? url : "";
  } catch {
    return "";
  }
}

/** Who else is in the talk: `{party, muted, role}`, the caller first. */
function partiesOf(contact, user) {
  if (!contact) return [];
  const parties = contact.conference?.length ? contact.conference : [contact.caller, ...(contact.legs ?? []).filter((leg) => UP.includes(leg.state)).map((leg) => leg.party)];
  const asked = contact.consultation && UP.includes(contact.consultation.state) ? [contact.consultation.party] : [];
  return [...new Set([...parties, ...asked])].filter((party) => party && party !== user)
    .map((party) => ({ party, muted: (contact.legs ?? []).some((leg) => leg.party === party && leg.muted) }));
}

/** Every action by name: whether it is possible now. */
export function possible(seat) {
  const { agent, contact, offer, leg, consultation: told, asks } = seat;
  const up = UP.includes(leg?.state) && seat.state === "busy";
  const answered = up && (contact.caller !== seat.user || seat.others.length > 0);
  const here = answered && contact.segment?.kind !== "consult";
  const alone = here && !told && !contact.conference?.length;
  const met = asks && UP.includes(told.state);
  const tape = answered && Boolean(contact.recording);
  return {
    answer: Boolean(offer && agent.auto_answer), reject: Boolean(offer), deflect: Boolean(offer) && !told,
    hold: answered && !asks && leg.state !== "held", retrieve: answered && !asks && leg.state === "held",
    mute: answered && !leg.muted, unmute: answered && Boolean(leg.muted), digits: answered,
    consult: here && !told, alternate: met, complete: asks && (met || !contact.conference?.length),
    cancelConsult: asks, conference: met, transfer: alone, requeue: alone && Boolean(seat.queue),
    drop: answered && Boolean(contact.conference?.length), clear: Boolean(leg) && seat.state === "busy" && !offer,
    pause: tape && !contact.recording_paused, resume: tape && Boolean(contact.recording_paused),
    note: up || seat.state === "after_call_work",
    extend: seat.state === "after_call_work", end: seat.state === "after_call_work",
    logIn: seat.state === "logged_out", logOut: ["ready", "not_ready", "after_call_work", "reserved"].includes(seat.state),
    ready: ["not_ready", "after_call_work"].includes(seat.state) || agent.next === "not_ready",
    notReady: !["logged_out"].includes(seat.state) && !(seat.state === "busy" && agent.next === "logged_out"),
    call: ["ready", "not_ready", "after_call_work", "logged_out"].includes(seat.state),
  };
}

/** What follows when nothing binds the agent: `{state, reason}`; null where nothing binds them. */
export function nextOf(agent) {
  if (!["busy", "reserved", "after_call_work"].includes(agent.state)) return null;
  return { state: agent.next || "ready", reason: agent.next_reason ?? "" };
}

/** Outcomes to choose from, `[code, words]`: the queue's own, or of all queues that the agent serves. */
export function outcomesFor(model, seat) {
  const own = model.queues.get(seat.queue)?.outcomes;
  if (own && Object.keys(own).length) return Object.entries(own);
  const names = Object.keys(seat.agent.queues ?? {});
  return Object.entries(Object.assign({}, ...names.map((name) => model.queues.get(name)?.outcomes ?? {})));
}

/** The contact as its record has it, for a screen that was loaded when the talk was over already. */
export function fromRecord(record) {
  const { contact, caller = "", caller_name, called = "", direction, started, customer, way = [], visits = [] } = record;
  return {
    contact, caller, caller_name, called, direction, customer, offered_at: started, ended: true, legs: [],
    noted: Object.fromEntries((record.noted ?? []).map((each) => [each.agent, each])),
    pop: { contact, caller, caller_name, called, customer, way, queue: visits.at(-1)?.queue ?? "",
           wait_seconds: visits.reduce((sum, visit) => sum + (visit.waited ?? 0), 0), ivr_seconds: record.seconds?.ivr ?? 0 },
  };
}

/** Whom a call may be led to, of what fits what was typed: `{to, kind, name, detail, good}`; colleagues, queues, a number. */
export function targets(typed, { colleagues = [], queues = [], user = "" }) {
  const wanted = typed.trim().toLowerCase();
  const fits = (...texts) => texts.some((text) => (text ?? "").toLowerCase().includes(wanted));
  const rank = { ready: 0, after_call_work: 1, not_ready: 2, busy: 3, reserved: 3, logged_out: 5 };
  const people = colleagues.filter((one) => one.agent !== user && fits(one.agent, one.name))
    .map((one) => ({ to: `agent:${one.agent}`, kind: "agent", name: one.name || one.agent, number: one.agent, state: one.state,
                     good: one.state === "ready" && (one.phone ?? "unregistered") === "registered" }))
    .sort((one, other) => rank[one.state] - rank[other.state] || one.name.localeCompare(other.name));
  const lines = queues.filter((one) => fits(one.queue))
    .map((one) => ({ to: `queue:${one.queue}`, kind: "queue", name: one.queue, waiting: one.waiting ?? 0, ready: one.ready ?? 0,
                     good: (one.ready ?? 0) > 0 }));
  const number = /^\+?[\d*#]{2,20}$/.test(wanted.replace(/[\s()./-]/g, "")) ? wanted.replace(/[\s()./-]/g, "") : "";
  const known = people.some((one) => one.number === number);
  return [...(number && !known ? [{ to: number, kind: "number", name: number, good: true }] : []), ...people, ...lines];
}

/** Seconds that a talk of a record lasted for this agent. */
export function talked(record, user) {
  return (record.talks ?? []).filter((talk) => talk.agent === user)
    .reduce((sum, talk) => sum + Math.max(0, (talk.ended || record.ended || talk.began) - talk.began), 0);
}
