import type { Environment } from "./config.ts";
import { SETTINGS } from "./settings.ts";

/** A misspelt GUARD_ENFORCE would be obeyed as if it were not there; so each GUARD_ variable nobody knows is named. */
export function unknownSettings(environment: Environment): readonly string[] {
  const known: readonly string[] = Object.values(SETTINGS).map((setting) => setting.name);
  const unknown = Object.keys(environment).filter(
    (name) => name.startsWith("GUARD_") && !known.includes(name),
  );
  const orphans = known.filter((name) => needsMissing(environment, name));
  return [
    ...unknown.sort().map((name) => {
      const near = nearest(name, known);
      const hint = near === undefined ? "" : ` Did you mean ${near}?`;
      return `${name} is not a setting and is ignored.${hint}`;
    }),
    ...orphans.map((name) => `${name} is ignored because ${ownerOf(name)} is not set.`),
  ];
}

/** REDIS_PASSWORD without REDIS_URL may belong to another program, or be half a mistake. */
function needsMissing(environment: Environment, name: string): boolean {
  const owner = ownerOf(name);
  return (
    owner !== undefined && owner !== name && isSet(environment, name) && !isSet(environment, owner)
  );
}

function ownerOf(name: string): string | undefined {
  if (name.startsWith("REDIS_")) return "REDIS_URL";
  return name.startsWith("KAFKA_") ? "KAFKA_BROKERS" : undefined;
}

function isSet(environment: Environment, name: string): boolean {
  return (environment[name] ?? "").trim() !== "";
}

/** At most this many letters wrong, or it was meant for somebody else. */
const TYPO_MAX = 3;

function nearest(name: string, known: readonly string[]): string | undefined {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((one, other) => one.distance - other.distance);
  const best = ranked[0];
  return best !== undefined && best.distance <= TYPO_MAX ? best.candidate : undefined;
}

function editDistance(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const swap = (previous[column - 1] ?? 0) + (one[row - 1] === other[column - 1] ? 0 : 1);
      const drop = (previous[column] ?? 0) + 1;
      const add = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(swap, drop, add));
    }
    previous = current;
  }
  return previous[other.length] ?? 0;
}
