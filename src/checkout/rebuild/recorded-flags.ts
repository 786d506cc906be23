import type { EventData } from "../../audit/event.ts";
import type { PersonKey } from "../../counters/contract.ts";
import { pseudonymBytes } from "../../features/digests.ts";
import type { Bytes, EpochMs } from "../../units.ts";
import { findingDigest } from "../clues/digest.ts";
import { type FlagWrite, flagKey, memberWrite } from "../clues/membership.ts";

/** What a clue had written to the memory: who bought first, and who belongs to a cohort. */
export function flagsOf(clue: EventData<"clue.raised">, at: EpochMs): readonly FlagWrite[] {
  if (clue.kind === "traceDuplicate") return firstBuyer(clue, at);
  if (clue.kind === "cohort") return cohort(clue, at);
  return [];
}

/** The finding is known by the smallest code that stands; where not all do, by the smallest of the clue's. */
function firstBuyer(
  { firstBuyer: found, lines }: EventData<"clue.raised">,
  at: EpochMs,
): readonly FlagWrite[] {
  const [code] = lines.flatMap(({ code }) => (code === undefined ? [] : [bytesOf(code)])).sort();
  if (found?.counted !== true || code === undefined) return [];
  const reference = findingDigest("firstBuyer", code);
  return [{ key: bytesOf(found.buyer), flag: { kind: "firstBuyer", at, value: 1, reference } }];
}

/** Everybody as seen when it was told: the clue does not say when each was last. */
function cohort({ cohort: found }: EventData<"clue.raised">, at: EpochMs): readonly FlagWrite[] {
  if (found === undefined) return [];
  const reference = bytesOf(found.reference);
  return found.members.map(pseudonymBytes).flatMap((person: PersonKey) => [
    memberWrite(reference, person, at),
    {
      key: flagKey(person),
      flag: { kind: "cohort" as const, at, value: found.size, reference },
    },
  ]);
}

function bytesOf(text: string): Bytes {
  return Buffer.from(text, "base64url").toString("latin1");
}
