import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, extname, join } from "node:path";
import { asOpenApi, type Operation } from "./openapi-document.ts";

const ENDINGS: readonly string[] = [".json", ".ndjson"];

/** Bodies by their name in `schemas/examples/`, without its ending. */
export type Examples = Readonly<Record<string, unknown>>;

/** Which body is an example of which operation. */
const EXAMPLE_OF: Readonly<Record<string, string>> = {
  checkSwipe: "swipe",
  settleSwipe: "settlement",
  reverseSwipe: "reversal",
  acknowledgeSwipe: "acknowledgement",
  checkBatch: "batch",
  nhsa2101: "nhsa-2101",
  nhsa2102: "nhsa-2102",
  nhsa2102Answer: "nhsa-2102-answer",
  nhsa2103: "nhsa-2103",
  nhsa2601: "nhsa-2601",
  nhsa3505: "nhsa-3505",
  nhsa3506: "nhsa-3506",
};

/** None where the folder is not there: an installation may leave it out. */
export function readExamples(folder: string): Examples {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder).filter((name) => ENDINGS.includes(extname(name)));
  // Of an upload one line is example enough.
  const text = (name: string) => {
    const whole = readFileSync(join(folder, name), "utf8");
    return name.endsWith(".ndjson") ? (whole.split("\n", 1)[0] ?? "") : whole;
  };
  return Object.fromEntries(
    names.map((name): [string, unknown] => [basename(name, extname(name)), JSON.parse(text(name))]),
  );
}

/** The document with an example beside each body's schema. */
export function withExamples<T extends object>(document: T, examples: Examples): T {
  const { paths } = asOpenApi(document);
  const shown = mapValues(paths, (methods) =>
    mapValues(methods, (operation) => withExample(operation, examples)),
  );
  return { ...document, paths: shown };
}

function withExample(operation: Operation, examples: Examples): Operation {
  const { requestBody, operationId = "" } = operation;
  const example = examples[EXAMPLE_OF[operationId] ?? ""];
  if (requestBody === undefined || example === undefined) return operation;
  const content = mapValues(requestBody.content, (media) => ({ ...media, example }));
  return { ...operation, requestBody: { ...requestBody, content } };
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, map: (value: V) => W) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
