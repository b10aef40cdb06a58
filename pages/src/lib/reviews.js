// What the quality page computes: the question to the switch, bands and where to jump, the drawing of a waveform, the score
// of a form that is being filled in. Pure.

const SHARES = ["silence_least", "silence_most", "cross_talk_least", "cross_talk_most"];
const MINUTES = ["shortest", "longest"];
const TIMES = ["time_from", "time_to"];
const DAY = 86400;

/** The query of a search, from the fields of its form: days as `2030-03-07`, shares in percent, lengths in minutes. */
export function queryOf(fields, offset = 0, limit = 25) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    const given = String(value ?? "").trim();
    if (!given) continue;
    if (name === "first_day") query.set("since", dayStart(given));
    else if (name === "last_day") query.set("until", dayStart(given, 1));
    else if (SHARES.includes(name)) query.set(name, number(given) / 100);
    else if (MINUTES.includes(name)) query.set(name, Math.round(number(given) * 60));
    else if (TIMES.includes(name)) query.set(name, given.slice(0, 5));
    else query.set(name, given);
  }
  if (limit) query.set("limit", limit);
  if (offset) query.set("offset", offset);
  return query.toString();
}

/** As people write it, some of them with a comma. */
const number = (given) => Number(given.replace(",", "."));

/** The first second of this day here, or of one so many days later. */
function dayStart(day, later = 0) {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).getTime() / 1000;
}

/** Every band of a recording in order: who speaks, both at once, nobody for so many seconds. */
export function bandsOf(wave, silence = 2, overlap = 0.2) {
  const named = (kind, list, least = 0) => list.filter(([from, to]) => to - from >= least).map(([from, to]) => ({ kind, from, to }));
  return [
    ...wave.parties.flatMap(({ party, talk }) => named(party, talk)),
    ...named("overlap", wave.overlap, overlap), ...named("silence", wave.silence, silence),
  ].sort((one, other) => one.from - other.from || one.to - other.to);
}

/** The beginning of the next band (step 1), or of the one before (step -1); null = there is none. */
export function jump(bands, at, step) {
  const starts = bands.map(({ from }) => from);
  if (step > 0) return starts.find((from) => from > at + 0.05) ?? null;
  return starts.findLast((from) => from < at - 1) ?? (at > 0 ? 0 : null);
}

/** One party as a path of SVG: one stroke for each point, 100 high around 50. Quiet recordings are drawn taller. */
export function pathOf(party, loudest) {
  const scale = 48 / Math.max(loudest, 12);
  return party.high.map((high, place) => `M${place} ${round(50 - high * scale - 0.4)}V${round(50 - party.low[place] * scale + 0.4)}`).join("");
}

const round = (value) => Math.round(value * 10) / 10;

export function loudestOf(wave) {
  return Math.max(1, ...wave.parties.flatMap(({ high, low }) => [...high, ...low.map((value) => -value)]));
}

/** The marks that can be seen: within the recording; what goes on to its end ends there. */
export function marksOf(wave) {
  return wave.marks.filter(({ at, until }) => (until ?? at) >= 0 && at <= wave.seconds)
    .map((mark) => ({ ...mark, at: Math.max(0, mark.at), until: mark.until ?? (mark.kind === "hold" || mark.kind === "pause" ? wave.seconds : undefined) }));
}

/** The text of a section or question in this language. */
export function said(thing, language) {
  return thing.languages?.[language] ?? thing.text ?? thing.name;
}

export function questionsOf(form) {
  return form.sections.flatMap((section) => section.questions);
}

/** What a form comes to so far: `score` (null while something is not answered), and which questions are `missing`. An answer
 * is a mark, or "na". */
export function scoreOf(form, answers, fatal = []) {
  const missing = questionsOf(form).filter(({ question }) => !(question in answers)).map(({ question }) => question);
  if (missing.length) return { missing, score: null };
  let total = 0;
  let weights = 0;
  for (const section of form.sections) {
    const given = section.questions.filter(({ question }) => answers[question] !== "na");
    const weight = given.reduce((sum, each) => sum + each.weight, 0);
    if (!weight) continue;
    total += section.weight * given.reduce((sum, each) => sum + (each.weight * answers[each.question]) / each.most, 0) / weight;
    weights += section.weight;
  }
  if (!weights) return { missing, score: null };
  return { missing, score: fatal.length ? 0 : Math.round((10000 * total) / weights) / 100 };
}

/** What of these answers and fatal errors still has its place in this form, which has perhaps been changed since. */
export function fitting(form, { answers, fatal }) {
  const known = new Map(questionsOf(form).map((each) => [each.question, each]));
  const fits = (name, mark) => known.has(name) && (mark === "na" ? Boolean(known.get(name).optional) : mark <= (known.get(name).most ?? 1));
  return {
    answers: Object.fromEntries(Object.entries(answers).filter(([name, mark]) => fits(name, mark))),
    fatal: fatal.filter((name) => form.fatal?.some((each) => each.fatal === name)),
  };
}

/** What is sent to the switch. */
export function wishOf(form, { answers, fatal, remarks, note, agent }) {
  const marks = Object.entries(answers);
  return {
    form: form.form, version: form.version, agent, note, fatal, remarks,
    answers: Object.fromEntries(marks.filter(([, mark]) => mark !== "na")),
    not_applicable: marks.filter(([, mark]) => mark === "na").map(([question]) => question),
  };
}

/** How much of the recording nobody speaks, and both do, in percent; null = it was not measured. */
export function sharesOf({ speech }) {
  const length = speech ? speech.caller.talk + speech.caller.silence : 0;
  return length ? { silence: Math.round((100 * speech.silence) / length), overlap: Math.round((100 * speech.overlap) / length) } : null;
}

export function meanScore({ scores = [] }) {
  return scores.length ? Math.round(scores.reduce((sum, { score }) => sum + score, 0) / scores.length) : null;
}

/** The day a week ago: from then on is searched, where nothing else is asked. */
export function recently(now = Date.now()) {
  const at = new Date(now - 7 * DAY * 1000);
  const two = (value) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
