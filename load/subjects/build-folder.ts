import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BenchOptionsError } from "../options.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const MANIFEST = join(ROOT, "package.json");
/** What `npm start` runs. */
export const DIST = join(ROOT, "dist");

/** A guard's build that a flag names, by its real path: so V8 names its files in a profile. */
export function buildFolder(flag: string, folder: string): string {
  try {
    return dirname(realpathSync(join(folder, "main.js")));
  } catch (cause) {
    const words = `${flag} takes a folder with a guard's main.js, and ${folder} has none`;
    throw new BenchOptionsError(words, { cause });
  }
}

/** Node's flags for a build: those of the package beside it, so that an earlier one is measured as it was started. */
export function flagsOf(dist: string): readonly string[] {
  const own = join(dist, "..", "package.json");
  return startFlags(readFileSync(existsSync(own) ? own : MANIFEST, "utf8"));
}

/** Node's own flags of the script `start`, so that what is measured is what a user starts. */
export function startFlags(manifest: string): readonly string[] {
  const { scripts } = JSON.parse(manifest) as { readonly scripts?: { readonly start?: string } };
  const start = scripts?.start ?? "";
  const flags = /\bnode((?: --\S+)*) dist\/main\.js/.exec(start)?.[1];
  if (flags === undefined) throw new Error("package.json's start does not run dist/main.js");
  return flags.split(" ").filter((flag) => flag !== "");
}
