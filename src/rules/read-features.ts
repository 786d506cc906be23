import { readDeclaration } from "../features/catalogue.ts";
import type { FeatureDefinition } from "../features/definition.ts";
import type { FaultList } from "./fault.ts";
import type { Located } from "./located.ts";
import { toPlain } from "./located.ts";
import type { MapReader } from "./map-reader.ts";

const NAME = /^[a-z][A-Za-z0-9]{0,63}$/;
/** `limit` is the level's own number; the others are CEL's. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    "limit true false null in as break const continue else for function if import let loop package namespace return var void while " +
    "bool bytes double int list map string timestamp duration type uint size has dyn matches"
  ).split(" "),
);

export interface DeclaredFeatures {
  readonly definitions: ReadonlyMap<string, FeatureDefinition>;
  /** Declared wrongly: named apart, so that conditions that use them are not called faulty as well. */
  readonly broken: ReadonlySet<string>;
}

export function readFeatureDeclarations(policy: MapReader, faults: FaultList): DeclaredFeatures {
  const definitions = new Map<string, FeatureDefinition>();
  const broken = new Set<string>();
  const declared = policy.map("features");
  if (declared === undefined && policy.entry("features") === undefined)
    policy.fault(policy.line, "features is missing");
  for (const [name, { line, value }] of declared?.keys() ?? []) {
    const definition = readFeature(name, value, line, faults);
    if (definition === undefined) broken.add(name);
    else definitions.set(name, definition);
  }
  return { definitions, broken };
}

function readFeature(
  name: string,
  value: Located,
  line: number,
  faults: FaultList,
): FeatureDefinition | undefined {
  const isNamed = NAME.test(name) && !RESERVED.has(name);
  if (!isNamed) {
    const form = "a lower-case letter, then letters and digits, and no word of CEL";
    faults.add(line, `feature ${name}: a name is ${form}`);
  }
  const read = readDeclaration(toPlain(value));
  if ("definition" in read) return isNamed ? read.definition : undefined;
  for (const fault of read.faults) {
    faults.add(lineOf(value, fault.key) ?? line, `feature ${name}: ${fault.reason}`);
  }
  return undefined;
}

function lineOf(value: Located, key: string | undefined): number | undefined {
  if (value.form !== "map" || key === undefined) return undefined;
  return value.entries.get(key)?.line ?? value.line;
}
