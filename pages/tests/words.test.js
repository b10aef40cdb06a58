// Both languages say the same things, with the same gaps.

import assert from "node:assert/strict";
import { test } from "node:test";
import { tables } from "../src/lib/tables.js";

const gaps = (text) => (text.match(/\{\w+\}/g) ?? []).sort();

test("each text is there in both languages", () => {
  assert.deepEqual(Object.keys(tables.zh).sort(), Object.keys(tables.en).sort());
});

test("the gaps of a text are the same in both", () => {
  for (const key of Object.keys(tables.en)) assert.deepEqual(gaps(tables.zh[key]), gaps(tables.en[key]), key);
});

test("nothing in Mandarin is empty", () => {
  for (const [key, text] of Object.entries(tables.zh)) assert.ok(text.trim(), key);
});
