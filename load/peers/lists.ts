import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { PeerRule } from "../workload/twenty-rules.ts";

/** Who is on which list; a day as yyyy-MM-dd. */
export interface Lists {
  has(list: string, id: string, day: string): boolean;
}

interface Entry {
  readonly from: string;
  readonly to: string;
}

/** Reads the lists the rules name, of the guard's reference folder, into memory. */
export function readLists(reference: string, rules: readonly PeerRule[]): Lists {
  const names = rules.flatMap((rule) => (rule.kind === "listed" ? [rule.list] : []));
  const lists = new Map<string, ReadonlyMap<string, Entry>>(
    names.map((name) => [name, readList(reference, name)]),
  );
  return {
    has: (list, id, day) => {
      const entry = lists.get(list)?.get(id);
      return entry !== undefined && entry.from <= day && day <= entry.to;
    },
  };
}

function readList(reference: string, name: string): ReadonlyMap<string, Entry> {
  const rows = readFileSync(join(reference, "lists", `${name}.csv`), "utf8")
    .trim()
    .split("\n");
  return new Map(
    rows.slice(1).map((row) => {
      const [id = "", from, to] = row.split(",");
      return [id, { from: from || "0000", to: to || "9999" }];
    }),
  );
}
