// Builds the pages into cti/pages, which is committed: whoever runs the switch needs no Node.
//
//   npm ci && npm run build            into ../cti/pages
//   node build.mjs --into FOLDER       elsewhere (a test compares it with what is committed)
//
// The names of the files stay the same from build to build; the switch tells browsers by ETag when they have changed.

import { build } from "esbuild";
import { appendFile, cp, mkdir, readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const at = process.argv.indexOf("--into");
const into = at > 0 ? process.argv[at + 1] : join(here, "..", "cti", "pages");

await mkdir(into, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.js" },
  bundle: true,
  format: "esm",
  target: ["chrome110", "firefox110"],
  minify: true,
  legalComments: "linked",
  charset: "utf8",
  outdir: into,
  metafile: true,
});
await appendFile(join(into, "app.js.LEGAL.txt"), await licences(Object.keys(metafile.inputs)));
for (const name of ["index.html", "app.css", "icon.svg"]) await cp(join(here, "src", name), join(into, name));

/** The licences of the packages that were built in: they go with what was made of them. */
async function licences(inputs) {
  const names = new Set(inputs.map((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]).filter(Boolean));
  const texts = await Promise.all([...names].sort().map(async (name) => {
    const folder = join(here, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).sort().find((each) => /^licen[cs]e/i.test(each));
    return `\n${name} ${version}, ${license}\n\n${file ? await readFile(join(folder, file), "utf8") : ""}`;
  }));
  return texts.join("\n");
}
