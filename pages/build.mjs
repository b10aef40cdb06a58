// Builds the pages into cti/pages, which is committed: whoever runs the switch needs no Node.
//
//   npm ci && npm run build            into ../cti/pages
//   node build.mjs --into FOLDER       elsewhere (a test compares it with what is committed)
//
// The names of the files stay the same from build to build; the switch tells browsers by ETag when they have changed.

import { build } from "esbuild";
import { cp, mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const at = process.argv.indexOf("--into");
const into = at > 0 ? process.argv[at + 1] : join(here, "..", "cti", "pages");

await mkdir(into, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.js" },
  bundle: true,
  format: "esm",
  target: ["chrome110", "firefox110"],
  minify: true,
  legalComments: "linked",
  charset: "utf8",
  outdir: into,
});
for (const name of ["index.html", "app.css", "icon.svg"]) await cp(join(here, "src", name), join(into, name));
