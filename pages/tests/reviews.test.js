// The arithmetic of the quality page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bandsOf, fitting, jump, marksOf, pathOf, queryOf, said, scoreOf, sharesOf, wishOf } from "../src/lib/reviews.js";

const WAVE = {
  seconds: 20,
  parties: [{ party: "caller", talk: [[1, 4]], low: [-5, -20], high: [5, 20] }, { party: "agent", talk: [[3, 8]], low: [0, 0], high: [0, 0] }],
  overlap: [[3, 4]], silence: [[0, 1], [8, 20]],
  marks: [{ at: -3, kind: "press", text: "2" }, { at: -1, kind: "hold", until: 2 }, { at: 9, kind: "hold" }, { at: 30, kind: "press" }],
};
const FORM = {
  form: "f", version: "v", sections: [
    { weight: 1, questions: [{ question: "a.one", most: 1, weight: 1 }, { question: "a.two", most: 1, weight: 1, optional: true }] },
    { weight: 3, questions: [{ question: "b.one", most: 5, weight: 2 }, { question: "b.two", most: 5, weight: 1 }] },
  ],
};
const ALL = { "a.one": 1, "a.two": 1, "b.one": 5, "b.two": 5 };

test("a search asks only for what is given, in the units of the switch", () => {
  const query = new URLSearchParams(queryOf({ agent: "1001", queue: "", silence_least: "30", shortest: "1.5", first_day: "2030-03-07", last_day: "2030-03-07" }, 25));
  assert.equal(query.get("agent"), "1001");
  assert.equal(query.has("queue"), false);
  assert.equal(query.get("silence_least"), "0.3");
  assert.equal(query.get("shortest"), "90");
  assert.equal(Number(query.get("until")) - Number(query.get("since")), 86400);
  assert.equal(query.get("offset"), "25");
});

test("bands stand in order, and short silences are none", () => {
  assert.deepEqual(bandsOf(WAVE).map(({ kind, from }) => [kind, from]), [["caller", 1], ["overlap", 3], ["agent", 3], ["silence", 8]]);
});

test("one jumps from band to band", () => {
  const bands = bandsOf(WAVE);
  assert.equal(jump(bands, 0, 1), 1);
  assert.equal(jump(bands, 1, 1), 3);
  assert.equal(jump(bands, 8, 1), null);
  assert.equal(jump(bands, 8.5, -1), 3);
  assert.equal(jump(bands, 1.2, -1), 0);
  assert.equal(jump(bands, 0, -1), null);
});

test("a waveform is a stroke for each point", () => {
  assert.equal(pathOf(WAVE.parties[0], 20), "M0 37.6V62.4M1 1.6V98.4");
});

test("marks are within the recording", () => {
  assert.deepEqual(marksOf(WAVE).map(({ kind, at, until }) => [kind, at, until]), [["hold", 0, 2], ["hold", 9, 20]]);
});

test("the score is that of the switch", () => {
  assert.equal(scoreOf(FORM, ALL).score, 100);
  assert.equal(scoreOf(FORM, { ...ALL, "a.one": 0 }).score, 87.5);
  assert.equal(scoreOf(FORM, { ...ALL, "a.one": 0, "a.two": "na" }).score, 75);
  assert.equal(scoreOf(FORM, ALL, ["rude"]).score, 0);
  assert.deepEqual(scoreOf(FORM, { "a.one": 1 }), { missing: ["a.two", "b.one", "b.two"], score: null });
});

test("what is not applicable is sent apart", () => {
  const wish = wishOf(FORM, { answers: { ...ALL, "a.two": "na" }, fatal: [], remarks: [], note: "", agent: "1001" });
  assert.deepEqual(wish.not_applicable, ["a.two"]);
  assert.equal("a.two" in wish.answers, false);
});

test("what was answered stays where it fits a form that was changed", () => {
  const answers = { ...ALL, "a.two": "na", "x.gone": 1 };
  const kept = fitting(FORM, { answers, fatal: ["gone"] });
  assert.deepEqual(Object.keys(kept.answers).includes("x.gone"), false);
  assert.deepEqual(kept.fatal, []);
  const stricter = { ...FORM, sections: FORM.sections.map((section) => ({ ...section, questions: section.questions.map((each) => ({ ...each, most: 0, optional: false })) })) };
  assert.deepEqual(Object.values(fitting(stricter, { answers: { ...ALL, "a.two": "na" }, fatal: [] }).answers).filter((mark) => mark !== 0), []);
});

test("a search may be open at either end", () => {
  assert.equal(queryOf({ time_from: "08:30", time_to: "" }, 0, 0), "time_from=08%3A30");
  assert.equal(queryOf({ time_from: "", time_to: "17:00:00" }, 0, 0), "time_to=17%3A00");
  assert.equal(queryOf({ shortest: "1,5", longest: "" }, 0, 0), "shortest=90");
  assert.equal(queryOf({ shortest: "", longest: "2" }, 0, 0), "longest=120");
  assert.equal(queryOf({ silence_most: "30", survey_least: "4" }, 0, 0), "silence_most=0.3&survey_least=4");
});

test("texts are said in the language, where there are such", () => {
  assert.equal(said({ text: "Clear", languages: { zh: "清楚" } }, "zh"), "清楚");
  assert.equal(said({ name: "Talk", languages: {} }, "zh"), "Talk");
});

test("shares are of the measured recording", () => {
  assert.deepEqual(sharesOf({ speech: { caller: { talk: 60, silence: 40 }, silence: 25, overlap: 5 } }), { silence: 25, overlap: 5 });
  assert.equal(sharesOf({}), null);
});
