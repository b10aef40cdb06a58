// What the wallboard shows, worked out of what the switch says: colours, order, charts. Pure.

/** "red", "amber" or "" for a figure that is worse the higher it is. */
export function above(value, amber, red) {
  if (value == null || amber == null) return "";
  return value >= red ? "red" : value >= amber ? "amber" : "";
}

/** The same for one that is worse the lower it is. */
export function below(value, amber, red) {
  if (value == null || amber == null) return "";
  return value < red ? "red" : value < amber ? "amber" : "";
}

/** The worst of these. */
export function worst(...levels) {
  return levels.includes("red") ? "red" : levels.includes("amber") ? "amber" : "";
}

/** A queue as its card shows it. `figures`: its entry in the switch's figures; `now`: POSIX seconds. */
export function queueCard(figures, known, now) {
  const limits = known?.thresholds ?? {};
  const { today } = figures;
  const oldest = figures.oldest ?? 0;
  const longest = oldest ? Math.max(0, now - oldest) : 0;
  const level = today?.service_level == null ? null : today.service_level * 100;
  const levels = {
    waiting: above(figures.waiting ?? 0, limits.waiting_amber, limits.waiting_red),
    longest: oldest ? above(longest, limits.wait_amber, limits.wait_red) : "",
    level: below(level, limits.level_amber, limits.level_red),
  };
  return {
    queue: figures.queue, waiting: figures.waiting ?? 0, longest, level, levels, worst: worst(...Object.values(levels)),
    asa: today?.asa ?? null, abandoned: today?.abandoned ?? 0, offered: today?.offered ?? 0,
    answered: today?.answered ?? 0, staffed: figures.staffed ?? 0, ready: figures.ready ?? 0,
    closed: Boolean(figures.closed), closedBy: figures.closed_by ?? "",
    closedUntil: figures.closed_by ? known?.closed_until ?? 0 : 0, closedWhy: figures.closed_by ? known?.closed_why ?? "" : "",
  };
}

/** For how long a queue is closed by hand: the choices, each with the end that it comes to; 0 = until it is opened again. */
export function closings(now) {
  const midnight = new Date(now * 1000);
  midnight.setHours(24, 0, 0, 0);
  return { opened: 0, half_hour: now + 1800, hour: now + 3600, two_hours: now + 7200, day: midnight.getTime() / 1000 };
}

/** `82 %`, or a dash. */
export function percent(value) {
  return value == null ? "–" : `${Math.round(value)} %`;
}

const ORDER = ["busy", "reserved", "after_call_work", "ready", "not_ready", "logged_out"];

/** The agents in the order of the board: who talks first, who is not there last; the longest in it first. */
export function agentRows(agents, contacts) {
  const place = (agent) => ORDER.indexOf(agent.state) + 1 || ORDER.length + 1;
  return [...agents]
    .sort((one, other) => place(one) - place(other) || (one.since ?? 0) - (other.since ?? 0) || one.agent.localeCompare(other.agent))
    .map((agent) => ({ ...agent, talk: contacts.get(agent.contact) }));
}

/** How many agents are in each state. */
export function tally(agents) {
  const counts = {};
  for (const { state } of agents) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** What a supervisor may do with an agent now: names of commands. */
export function actions(agent, user) {
  const mine = agent.talk?.supervisions?.find(({ by }) => by === user);
  const seat = agent.state === "logged_out" ? [] : agent.state === "not_ready" ? ["ready"] : ["not_ready"];
  if (agent.state !== "busy" || !agent.talk) return seat;
  const kinds = ["monitor", "whisper", "barge", "take_over"];
  const left = kinds.filter((kind) => kind !== mine?.kind);
  return [...left, ...(mine ? ["stop"] : []), ...seat];
}

/** Those who wait in a queue, the next one first. */
export function line(contacts, queue) {
  return [...contacts.values()]
    .filter((contact) => contact.queue === queue && contact.position > 0 && !contact.ended)
    .sort((one, other) => one.position - other.position);
}

// -- charts -----------------------------------------------------------------------------------------------------------

/** The day of one queue, or of all (an empty name), interval by interval: from the report of REST. */
export function series(report, queue) {
  return (report?.intervals ?? []).map((interval) => {
    const rows = interval.queues.filter((row) => !queue || row.queue === queue);
    const sum = (name) => rows.reduce((total, row) => total + (row[name] ?? 0), 0);
    const weigh = (name, by) => {
      const known = rows.filter((row) => row[name] != null && row[by]);
      const weight = known.reduce((total, row) => total + row[by], 0);
      return weight ? known.reduce((total, row) => total + row[name] * row[by], 0) / weight : null;
    };
    const level = weigh("service_level", "offered");
    return {
      start: interval.start, offered: sum("offered"), answered: sum("answered"), abandoned: sum("abandoned"),
      level: level == null ? null : level * 100, wait: weigh("asa", "answered"), staffed: weigh("staffed", "offered"),
    };
  }).filter((row) => row.offered);
}

/** The end of an axis: a round number, whose half can be read, too. */
export function ceiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 3, 4, 5, 6, 8, 10].map((step) => step * power).find((step) => step >= value);
}

/** Where the points of a chart lie in a box: x, y, and the value; `null` values are left out. */
export function points(rows, name, { width, height, most, from, to }) {
  const span = Math.max(to - from, 1);
  return rows.filter((row) => row[name] != null).map((row) => ({
    x: ((row.start - from) / span) * width, y: height - (row[name] / most) * height, value: row[name], start: row.start }));
}
