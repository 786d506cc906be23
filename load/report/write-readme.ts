import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { drawCurve } from "../curves/curve-files.ts";
import { blocksIn, withBlock } from "./markdown.ts";
import { readmeBlocks, type Stored } from "./readme-blocks.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const RESULTS = join(ROOT, "load/results");

function read(name: string): unknown {
  const file = join(RESULTS, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** Draws the curves and puts the tables of load/results into the README, each between its two marks. */
function writeReadme(): void {
  const stored = {
    latest: read("latest.json"),
    steps: read("steps.json"),
    stepsBefore: read("steps-before.json"),
    leftBehind: read("left-behind.json"),
    curves: read("curves.json"),
    optimisations: read("optimisations.json"),
  } as Stored;
  for (const curve of stored.curves ?? []) drawCurve(curve);
  const file = join(ROOT, "README.md");
  const blocks = readmeBlocks(stored);
  let text = readFileSync(file, "utf8");
  const places = blocksIn(text);
  for (const name of places) {
    const block = blocks.get(name);
    if (block === undefined)
      process.stdout.write(`${name}: its files are not in load/results; left as it is.\n`);
    else text = withBlock(text, name, block);
  }
  for (const name of blocks.keys()) {
    if (!places.includes(name)) process.stdout.write(`${name}: README.md has no place for it.\n`);
  }
  writeFileSync(file, text);
}

writeReadme();
