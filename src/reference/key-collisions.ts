import type { Bytes } from "../units.ts";
import type { DrugIdentity } from "./bundle.ts";
import { drugKeyOf } from "./drug-key.ts";
import type { FaultLog } from "./fault.ts";
import { PAUSE_EVERY_ROWS } from "./loading.ts";

/** A code of the reference files and where it stands. */
export interface ListedCode {
  readonly file: string;
  readonly line: number;
  readonly code: string;
}

/** Two different drugs with one key would be counted as one, so such files are refused. */
export function* refuseKeyCollisions(
  codes: Iterable<ListedCode>,
  identify: (code: string) => DrugIdentity,
  faults: FaultLog,
  keyOf: (identity: DrugIdentity) => Bytes = drugKeyOf,
): Generator<void, void> {
  let checked = 0;
  const owners = new Map<Bytes, ListedCode & { readonly identity: DrugIdentity }>();
  for (const listed of codes) {
    checked += 1;
    if (checked % PAUSE_EVERY_ROWS === 0) yield;
    const identity = identify(listed.code);
    const key = keyOf(identity);
    const owner = owners.get(key);
    if (owner === undefined) owners.set(key, { ...listed, identity });
    else if (
      owner.identity.molecule !== identity.molecule ||
      owner.identity.form !== identity.form
    ) {
      faults.add(
        listed.file,
        listed.line,
        `the code would be counted together with the other drug of ${owner.file}, line ${owner.line}; leave one out`,
      );
    }
  }
}
