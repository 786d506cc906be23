import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { parseJson } from "./json-line.ts";
import { type Labels, LabelsBrokenError, parseLabels } from "./labels.ts";
import { presentedCheck } from "./presented-check.ts";
import type { ParsedLine } from "./replay-line.ts";

/** @throws LabelsBrokenError */
export async function readLabels(file: string): Promise<Labels> {
  const text = await readFile(file, "utf8").catch(() => {
    throw new LabelsBrokenError(file, [{ line: 1, reason: "the file cannot be read" }]);
  });
  return parseLabels(text, file);
}

/** The city's own reference folder, where the labels name one that is there. */
export async function referenceBeside(file: string, labels: Labels): Promise<string | undefined> {
  if (labels.reference === undefined) return undefined;
  const folder = join(dirname(file), labels.reference);
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() ? folder : undefined;
}

/** Where an episode names no persons, those on its swipes take part: their other sales are nobody's honest ones. */
export async function withPersons(labels: Labels, replayFile: string): Promise<Labels> {
  if (labels.episodes.every(({ namesPersons }) => namesPersons)) return labels;
  const persons = new Set(labels.persons);
  const lines = createInterface({ input: createReadStream(replayFile), crlfDelay: Infinity });
  for await (const text of lines) {
    const check = presentedCheck((parseJson(text) ?? {}) as ParsedLine);
    const episode = check && labels.bySwipe.get(check.swipeId);
    if (check && episode && !episode.namesPersons) persons.add(check.person);
  }
  return { ...labels, persons };
}
