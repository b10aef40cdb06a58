// What the parts of all views share in their looks: buttons, fields, cards, tables. A component takes `looks` first in
// its `styles`, and adds its own.

import { css } from "lit";

export const looks = css`
  :host { display: block; color: var(--ink); }
  [hidden] { display: none !important; }
  h1, h2, h3 { margin: 0 0 .5rem; line-height: 1.2; letter-spacing: -.01em; }
  h1 { font-size: 1.6rem; }
  h2 { font-size: 1.15rem; }
  h3 { font-size: 1rem; }
  p { margin: 0 0 .6rem; }
  .quiet { color: var(--quiet); }
  .card { background: var(--card); border: 1px solid var(--line); border-radius: var(--radius); padding: var(--gap); }
  .row { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; }
  .spread { justify-content: space-between; }
  button, select, input, textarea { font: inherit; color: inherit; border-radius: 8px; border: 1px solid var(--quiet); background: var(--card); padding: .45rem .8rem; }
  button { cursor: pointer; }
  button:hover:not(:disabled) { border-color: var(--sea); }
  button:disabled { opacity: .5; cursor: default; }
  button.chief { background: var(--sea); border-color: var(--sea); color: var(--on-sea); }
  button.grave { border-color: var(--red); color: var(--red); }
  :is(button, a, select, input, textarea, [tabindex]):focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
  label { display: grid; gap: .25rem; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: start; padding: .35rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
  th { font-weight: 600; color: var(--quiet); }
  :is(th, td):first-child { padding-inline-start: 0; }
  td.number, th.number { text-align: end; font-variant-numeric: tabular-nums; padding-inline-end: 1.2rem; }
  :is(th, td):last-child { padding-inline-end: 0; }
  td button { padding: .2rem .7rem; }
  tbody th { color: inherit; }
  .amber { background: var(--amber-paper); color: var(--amber); }
  .red { background: var(--red-paper); color: var(--red); }
  .good { color: var(--good); }
  time, .clock { font-variant-numeric: tabular-nums; }
  .hushed { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
`;
