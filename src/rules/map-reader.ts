import type { FaultList } from "./fault.ts";
import type { Bilingual } from "./hit.ts";
import type { Located, LocatedMap } from "./located.ts";

export interface Entry {
  readonly line: number;
  readonly value: Located;
}

/** Reads one map of the file key by key; every fault goes to the list, every key it was not asked for is one. */
export class MapReader {
  readonly line: number;
  readonly #map: LocatedMap;
  readonly #where: string;
  readonly #faults: FaultList;
  readonly #read = new Set<string>();

  constructor(map: LocatedMap, where: string, faults: FaultList) {
    this.line = map.line;
    this.#map = map;
    this.#where = where;
    this.#faults = faults;
  }

  entry(key: string): Entry | undefined {
    this.#read.add(key);
    return this.#map.entries.get(key);
  }

  /** Undefined, with the fault said, when it is absent or no text. */
  text(key: string, form = /\S/, described = "a text"): string | undefined {
    const entry = this.entry(key);
    const value = entry?.value.form === "scalar" ? entry.value.value : undefined;
    if (typeof value === "string" && form.test(value)) return value;
    if (entry === undefined) this.fault(this.line, `${key} is missing`);
    else this.fault(entry.line, `${key} must be ${described}`);
    return undefined;
  }

  word<T extends string>(key: string, words: readonly T[], fallback: T): T {
    const entry = this.entry(key);
    if (entry === undefined) return fallback;
    const value = entry.value.form === "scalar" ? entry.value.value : undefined;
    const found = words.find((word) => word === value);
    if (found === undefined) this.fault(entry.line, `${key} must be one of ${words.join(", ")}`);
    return found ?? fallback;
  }

  flag(key: string): boolean {
    const entry = this.entry(key);
    if (entry === undefined) return false;
    const value = entry.value.form === "scalar" ? entry.value.value : undefined;
    if (typeof value !== "boolean") this.fault(entry.line, `${key} must be true or false`);
    return value === true;
  }

  /** Texts out of a known set; empty when the key is absent. */
  words<T extends string>(
    key: string,
    allowed: (word: string) => T | undefined,
    described: string,
  ): readonly T[] {
    const entry = this.entry(key);
    if (entry === undefined) return [];
    if (entry.value.form !== "list") {
      this.fault(entry.line, `${key} must be a list`);
      return [];
    }
    const words: T[] = [];
    for (const item of entry.value.items) {
      const value = textOf(item);
      const word = value === undefined ? undefined : allowed(value);
      if (word !== undefined) words.push(word);
      else this.fault(item.line, `${key}: ${value ?? "an entry"} is not ${described}`);
    }
    return words;
  }

  map(key: string): MapReader | undefined {
    const entry = this.entry(key);
    if (entry === undefined) return undefined;
    if (entry.value.form === "map")
      return new MapReader(entry.value, `${this.#where}${key}: `, this.#faults);
    this.fault(entry.line, `${key} must be a map`);
    return undefined;
  }

  /** Chinese and English, both said. */
  bilingual(key: string): Bilingual | undefined {
    if (this.entry(key) === undefined) {
      this.fault(this.line, `${key} is missing, in Chinese and in English`);
      return undefined;
    }
    const both = this.map(key);
    if (both === undefined) return undefined;
    const zh = both.text("zh");
    const en = both.text("en");
    both.finish();
    return zh === undefined || en === undefined ? undefined : { zh, en };
  }

  keys(): Iterable<readonly [string, Entry]> {
    return this.#map.entries;
  }

  fault(line: number, reason: string): void {
    this.#faults.add(line, this.#where + reason);
  }

  finish(): void {
    for (const [key, { line }] of this.#map.entries) {
      if (!this.#read.has(key)) this.fault(line, `unknown key ${key}`);
    }
  }
}

function textOf(value: Located): string | undefined {
  return value.form === "scalar" && typeof value.value === "string" ? value.value : undefined;
}
