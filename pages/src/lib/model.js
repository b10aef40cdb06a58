// What is now, as the switch tells it: a snapshot, and the events after it folded in (docs/cti.md, "Shapes"). Pure.
//
// Only what a screen shows is kept, under the names of the snapshot. A contact that an agent hears of by its reservation
// begins with what the pop says. One that has ended stays while somebody is in wrap-up for it.

const byName = (items, name) => new Map((items ?? []).map((item) => [item[name], { ...item }]));

export class Model {
  constructor() {
    this.reset({});
  }

  /** A snapshot does not tell of talks that are over; one that an agent still wraps up is kept. */
  reset(snapshot) {
    const worked = new Set((snapshot.agents ?? []).map(({ contact }) => contact));
    const kept = [...(this.contacts?.values() ?? [])].filter(({ contact, ended }) => ended && worked.has(contact));
    this.agents = byName(snapshot.agents, "agent");
    this.queues = byName(snapshot.queues, "queue");
    this.contacts = byName([...kept, ...(snapshot.contacts ?? [])], "contact");
    this.reservations = byName(snapshot.reservations, "reservation");
    this.trunks = byName(snapshot.trunks, "trunk");
    this.hours = byName(snapshot.hours, "hours");
    this.reasons = snapshot.reasons ?? {};
    for (const { contact, agent, pop } of this.reservations.values()) if (this.contacts.has(contact)) keepPop(this.contacts.get(contact), agent, pop);
  }

  /** Fold one event in, a CloudEvent. */
  feed({ time, data }) {
    HANDLERS[data.type]?.(this, data, Date.parse(time) / 1000);
  }

  /** The contact that this agent has: talks about, is rung for, or wraps up; undefined = none. */
  contactOf(agent) {
    const named = this.agents.get(agent)?.contact;
    return this.contacts.get(named) ?? [...this.contacts.values()].find((contact) => contact.agent === agent && !contact.ended);
  }

  /** The reservation that is pending for this agent. */
  offerTo(agent) {
    return [...this.reservations.values()].find((each) => each.agent === agent && (each.state ?? "pending") === "pending");
  }

  contact(name, since = 0) {
    if (!this.contacts.has(name)) this.contacts.set(name, { contact: name, caller: "", called: "", offered_at: since, legs: [] });
    return this.contacts.get(name);
  }

  /** Change one leg of a contact, making it where it is new. */
  leg({ contact, leg, party }, changes) {
    const known = this.contact(contact);
    const legs = known.legs ?? [];
    const old = legs.find((each) => each.leg === leg) ?? { leg, party };
    known.legs = [...legs.filter((each) => each.leg !== leg), { ...old, ...changes }];
  }

  /** Forget a contact that has ended, unless an agent still works on it. */
  tidy(name) {
    const worked = [...this.agents.values()].some((agent) => agent.contact === name);
    if (this.contacts.get(name)?.ended && !worked) this.contacts.delete(name);
  }
}

/** What each agent was shown: of a consultation, both of them are told. */
function keepPop(contact, agent, pop) {
  contact.pops = { ...contact.pops, [agent]: pop };
}

/** Who calls out has picked up their own phone when the other one is rung. */
function callerUp(model, { contact, party }, at) {
  const { caller, direction, legs } = model.contacts.get(contact);
  const own = legs.find((leg) => leg.party === caller && leg.state === "ringing");
  if (own && party !== caller && direction !== "inbound") model.leg({ ...own, contact }, { state: "established", since: at });
}

function takeState(model, data, at) {
  const agent = model.agents.get(data.agent) ?? { agent: data.agent };
  const before = agent.contact;
  const { state, reason = "", contact = "", until = 0, next = "", next_reason = "" } = data;
  const since = state === agent.state ? agent.since : at;
  model.agents.set(data.agent, { ...agent, state, reason, since, contact, until, next, next_reason });
  if (before && before !== data.contact) model.tidy(before);
}

function offer(model, data, at) {
  model.reservations.set(data.reservation, { ...data, state: "pending" });
  const { caller = "", caller_name, called = "", customer } = data.pop ?? {};
  const known = model.contact(data.contact, at);
  Object.assign(known, { caller: known.caller || caller, called: known.called || called });
  keepPop(known, data.agent, data.pop);
  if (caller_name) known.caller_name ??= caller_name;
  if (customer) known.customer ??= customer;
}

function end(model, data) {
  const contact = model.contacts.get(data.contact);
  if (!contact) return;
  Object.assign(contact, { ended: true, legs: [], consultation: null, transfer: null, returning: null, conference: [], recording: "" });
  model.tidy(data.contact);
}

function consult(model, data, at) {
  const contact = model.contact(data.contact);
  const over = ["completed", "canceled", "failed"].includes(data.state);
  const since = contact.consultation?.since ?? at;
  contact.consultation = over ? null : { ...data, since };
  const asked = (contact.legs ?? []).find((leg) => leg.party === data.party && leg.state === "ringing");
  if (data.state === "established" && asked) model.leg({ ...asked, contact: data.contact }, { state: "established", since: at });
  if (over) contact.told = { what: "consultation", state: data.state, why: data.why ?? "", to: data.to, at };
}

function transfer(model, data, at) {
  const contact = model.contact(data.contact);
  const over = ["completed", "canceled"].includes(data.state);
  contact.transfer = over ? null : { ...contact.transfer, ...data };
  if (over || data.state === "failed") contact.told = { what: "transfer", state: data.state, why: data.why ?? "", to: data.to, at };
}

function segment(model, data, at) {
  const contact = model.contact(data.contact, at);
  contact.segment = { kind: data.kind, owner: data.owner, began: at };
  if (data.kind === "talk" || data.kind === "hold" || data.kind === "wrap_up") contact.agent = data.owner;
  if (data.kind === "queue" || data.kind === "ivr") contact.agent = "";
  if (data.kind !== "hold") contact.returning = null;
}

function supervised(model, data, at) {
  const contact = model.contacts.get(data.contact);
  if (!contact) return;
  const over = data.type === "supervision.ended";
  const { by, agent, kind, leg } = data;
  const others = (contact.supervisions ?? []).filter((each) => each.by !== by);
  contact.supervisions = over ? others : [...others, { by, agent, kind, leg, state: "established", since: at }];
}

/** Who stood behind `from` in a queue stands one further ahead; who stood before `until` one further behind. */
function shift(model, queue, from, by, until = Infinity) {
  for (const contact of model.contacts.values()) {
    if (contact.queue === queue && contact.position >= from && contact.position < until) contact.position += by;
  }
}

function pulled(model, data) {
  const contact = model.contacts.get(data.contact);
  if (!contact) return;
  shift(model, data.queue, data.position, 1, contact.position);
  contact.position = data.position;
}

function wait(model, data, by) {
  const queue = model.queues.get(data.queue) ?? { queue: data.queue, waiting: 0 };
  model.queues.set(data.queue, { ...queue, waiting: Math.max(0, (queue.waiting ?? 0) + by) });
}

const HANDLERS = {
  "agent.state": takeState,
  "phone.registered": (model, data) => phone(model, data.agent, "registered"),
  "phone.unregistered": (model, data) => phone(model, data.agent, data.why === "unreachable" ? "unreachable" : "unregistered"),
  "contact.offered": (model, data, at) =>
    Object.assign(model.contact(data.contact, at), { direction: "inbound", ...data, offered_at: at }),
  "contact.answered": (model, data, at) => Object.assign(model.contact(data.contact, at), { answered_at: at }),
  "contact.noted": (model, { contact, agent, outcome = "", note = "" }) => {
    const known = model.contacts.get(contact);
    if (known) known.noted = { ...known.noted, [agent]: { agent, outcome, note } };
  },
  "contact.customer": (model, data) => Object.assign(model.contact(data.contact), { customer: data.customer }),
  "contact.segment": segment,
  "contact.ended": end,
  "reservation.created": offer,
  "reservation.accepted": (model, data) => {
    const known = model.reservations.get(data.reservation);
    if (known) known.state = "accepted";
    model.contact(data.contact).agent = data.agent;
  },
  "call.delivered": (model, data, at) => {
    model.leg(data, { state: "ringing", since: at });
    callerUp(model, data, at);
  },
  "call.phone_lost": (model, { contact, party, until }) => Object.assign(model.contact(contact), { returning: { party, until } }),
  "call.established": (model, data, at) => {
    const known = model.contact(data.contact);
    if (known.returning?.party === data.party) known.returning = null;
    model.leg(data, { state: "established", since: at });
    callerUp(model, data, at);
  },
  "call.held": (model, data, at) => model.leg(data, { state: "held", since: at }),
  "call.retrieved": (model, data, at) => model.leg(data, { state: "established", since: at }),
  "call.muted": (model, data) => model.leg(data, { muted: true }),
  "call.unmuted": (model, data) => model.leg(data, { muted: false }),
  "call.leg_ended": (model, data) => {
    const contact = model.contacts.get(data.contact);
    if (!contact) return;
    contact.legs = (contact.legs ?? []).filter((leg) => leg.leg !== data.leg);
    const left = (contact.conference ?? []).filter((party) => party !== data.party);
    contact.conference = left.length < 3 ? [] : left;
  },
  "call.conferenced": (model, data) => Object.assign(model.contact(data.contact), { conference: data.parties }),
  "consultation.state": consult,
  "transfer.state": transfer,
  "recording.started": (model, data) => Object.assign(model.contact(data.contact), { recording: data.recording, recording_paused: false }),
  "recording.paused": (model, data) => Object.assign(model.contact(data.contact), { recording_paused: true }),
  "recording.resumed": (model, data) => Object.assign(model.contact(data.contact), { recording_paused: false }),
  "queue.joined": (model, data) => {
    wait(model, data, 1);
    const contact = model.contacts.get(data.contact);
    if (contact) Object.assign(contact, { queue: data.queue, position: data.position });
  },
  "queue.left": (model, data) => {
    wait(model, data, -1);
    const contact = model.contacts.get(data.contact);
    if (!contact) return;
    const place = contact.position;
    contact.position = 0;
    if (place > 0) shift(model, data.queue, place + 1, -1);
  },
  "queue.pulled_forward": pulled,
  "queue.closed": (model, { queue, by, why = "", until = 0 }) =>
    model.queues.set(queue, { ...model.queues.get(queue), queue, closed: true, closed_by: by, closed_why: why, closed_until: until ?? 0 }),
  "queue.opened": (model, { queue }) =>
    model.queues.set(queue, { ...model.queues.get(queue), queue, closed: false, closed_by: "", closed_why: "", closed_until: 0 }),
  "supervision.began": supervised,
  "supervision.changed": supervised,
  "supervision.ended": supervised,
  "trunk.up": (model, data, at) => model.trunks.set(data.trunk, { ...model.trunks.get(data.trunk), trunk: data.trunk, state: "up", since: at }),
  "trunk.down": (model, data, at) => model.trunks.set(data.trunk, { ...model.trunks.get(data.trunk), trunk: data.trunk, state: "down", since: at }),
  "hours.opened": (model, data) => model.hours.set(data.hours, { ...model.hours.get(data.hours), ...data, open: true }),
  "hours.closed": (model, data) => model.hours.set(data.hours, { ...model.hours.get(data.hours), ...data, open: false }),
};
for (const end of ["rejected", "timeout", "canceled", "rescinded", "completed"]) {
  HANDLERS[`reservation.${end}`] = (model, data) => model.reservations.delete(data.reservation);
}

function phone(model, name, state) {
  const agent = model.agents.get(name); // supervisors have phones, too, and no seat
  if (agent) model.agents.set(name, { ...agent, phone: state });
}
