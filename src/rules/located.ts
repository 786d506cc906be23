import type { Document, ParsedNode } from "yaml";
import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import type { FaultList } from "./fault.ts";

/** A value of the file and where it stands, so that every fault can name its line. */
export type Located = LocatedMap | LocatedList | LocatedScalar;

export interface LocatedMap {
  readonly form: "map";
  readonly line: number;
  readonly entries: ReadonlyMap<string, { readonly line: number; readonly value: Located }>;
}

export interface LocatedList {
  readonly form: "list";
  readonly line: number;
  readonly items: readonly Located[];
}

export interface LocatedScalar {
  readonly form: "scalar";
  readonly line: number;
  readonly value: string | number | boolean | null;
}

/** A policy is a page, not a database. */
const TEXT_MAX = 1_000_000;
const DEPTH_MAX = 12;
const NODES_MAX = 50_000;

/** Reads YAML 1.2 into located values; undefined when it cannot be read at all, with the faults said. */
export function readYaml(text: string, faults: FaultList): Located | undefined {
  if (text.length > TEXT_MAX) {
    faults.add(1, `the file is longer than ${TEXT_MAX} characters`);
    return undefined;
  }
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    strict: true,
    uniqueKeys: true,
    version: "1.2",
    schema: "core",
    logLevel: "error",
  });
  for (const error of document.errors) {
    faults.add(lines.linePos(error.pos[0]).line, `not valid YAML: ${firstSentence(error.message)}`);
  }
  // What a broken file seems to say would only add faults that are not there.
  if (document.errors.some(({ code }) => code !== "DUPLICATE_KEY")) return undefined;
  if (document.contents === null) {
    faults.add(1, "the file is empty");
    return undefined;
  }
  return new Reader(document, lines, faults).read(document.contents, 0, 1);
}

function firstSentence(message: string): string {
  return message.split("\n")[0] ?? message;
}

class Reader {
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;
  readonly #faults: FaultList;
  #nodes = 0;

  constructor(document: Document.Parsed, lines: LineCounter, faults: FaultList) {
    this.#document = document;
    this.#lines = lines;
    this.#faults = faults;
  }

  /** `instead`: the line to name where the node has none of its own (an empty value). */
  read(node: ParsedNode | null | undefined, depth: number, instead: number): Located {
    const line = this.#lineOf(node, instead);
    this.#nodes += 1;
    if (depth > DEPTH_MAX || this.#nodes > NODES_MAX) {
      if (this.#nodes <= NODES_MAX + 1)
        this.#faults.add(line, "the file is nested too deep or too large");
      return { form: "scalar", line, value: null };
    }
    if (isAlias(node)) {
      const target = node.resolve(this.#document) as ParsedNode | undefined;
      return this.read(target, depth + 1, line);
    }
    if (isMap(node)) return this.#readMap(node as ParsedNode & { items: unknown[] }, depth, line);
    if (isSeq(node)) {
      const items = node.items as readonly (ParsedNode | null)[];
      return { form: "list", line, items: items.map((item) => this.read(item, depth + 1, line)) };
    }
    return { form: "scalar", line, value: isScalar(node) ? this.#plain(node.value, line) : null };
  }

  #readMap(node: ParsedNode & { items: unknown[] }, depth: number, line: number): LocatedMap {
    const entries = new Map<string, { line: number; value: Located }>();
    for (const pair of node.items as { key: ParsedNode; value: ParsedNode | null }[]) {
      const keyLine = this.#lineOf(pair.key, line);
      const name = isScalar(pair.key) ? String(pair.key.value) : undefined;
      if (name === undefined) this.#faults.add(keyLine, "a key must be a word");
      else entries.set(name, { line: keyLine, value: this.read(pair.value, depth + 1, keyLine) });
    }
    return { form: "map", line, entries };
  }

  #plain(value: unknown, line: number): LocatedScalar["value"] {
    if (typeof value === "string" || typeof value === "boolean" || value === null) return value;
    if (typeof value === "number" && Number.isFinite(value)) return value;
    this.#faults.add(line, "a value must be a text, a number, true or false");
    return null;
  }

  #lineOf(node: ParsedNode | null | undefined, instead: number): number {
    const start = node?.range?.[0];
    return start === undefined ? instead : this.#lines.linePos(start).line;
  }
}

/** The value without its places. */
export function toPlain(located: Located): unknown {
  switch (located.form) {
    case "scalar":
      return located.value;
    case "list":
      return located.items.map(toPlain);
    case "map":
      return Object.fromEntries(
        [...located.entries].map(([key, { value }]) => [key, toPlain(value)]),
      );
  }
}
