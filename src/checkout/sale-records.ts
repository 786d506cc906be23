import { stateAt } from "../decision/entry-state.ts";
import { swipeKey } from "../features/digests.ts";
import { LEVELS } from "../swipe/vocabulary.ts";
import type { EpochMs } from "../units.ts";
import { cameBack } from "./moved-lines.ts";
import type { MovedLine, ReversedRecord, SettledRecord, StepRecord } from "./recorder.ts";
import type { Sale, Stepped } from "./sale-steps.ts";

/** What a till said of a settlement and nobody worked out. */
type Settled = Pick<SettledRecord, "settlementId" | "visitId" | "funds" | "upload">;

interface Returned extends Pick<ReversedRecord, "reason" | "codesKept"> {
  readonly reversalId: string | undefined;
  readonly upload: ReversedRecord["upload"] | undefined;
}

/** What every record of a step says of its sale. */
export function stepRecord(
  swipeId: string,
  { sale, entry, personSeq }: Stepped,
  now: EpochMs,
): StepRecord {
  const { swipeId: id, scope } = namedAs(sale, sale.decided?.swipeId ?? swipeId);
  return {
    swipeId: id,
    scope,
    pharmacy: sale.located.pharmacy,
    person: Buffer.from(sale.located.person, "latin1").toString("base64url"),
    personSeq,
    at: now,
    state: stateAt(entry, now),
    level: LEVELS[entry.level] ?? "allow",
  };
}

/** In one piece: what is spread into a record makes it slow to write. */
export function settledRecord(
  swipeId: string,
  done: Stepped,
  lines: readonly MovedLine[],
  { settlementId, visitId, funds, upload }: Settled,
  now: EpochMs,
): SettledRecord {
  const { late, unchecked, against, again, at: checkedAt } = done.entry;
  const step = stepRecord(swipeId, done, now);
  return {
    swipeId: step.swipeId,
    scope: step.scope,
    pharmacy: step.pharmacy,
    person: step.person,
    personSeq: step.personSeq,
    at: step.at,
    state: step.state,
    level: step.level,
    settlementId,
    visitId,
    funds,
    checkedAt,
    lines,
    late,
    unchecked,
    against,
    again: again === true,
    matched: 1,
    upload,
  };
}

export function reversedRecord(
  swipeId: string,
  done: Stepped,
  { reversalId, reason, codesKept, upload }: Returned,
  now: EpochMs,
): ReversedRecord {
  const { again, settlement } = done.entry;
  return {
    ...stepRecord(swipeId, done, now),
    ...(reversalId === undefined ? {} : { reversalId }),
    reason,
    lines: cameBack(done),
    codesKept,
    ...(again ? { settlement: Buffer.from(settlement, "latin1").toString("hex") } : {}),
    matched: 1,
    ...(upload === undefined ? {} : { upload }),
  };
}

/** So that whoever reads the record finds the sale again: by its id and, where callers are known, whose id it is. */
function namedAs({ key, located }: Sale, id: string): Pick<StepRecord, "swipeId" | "scope"> {
  if (swipeKey("", id) === key) return { swipeId: id };
  if (swipeKey(located.pharmacy, id) === key) return { swipeId: id, scope: located.pharmacy };
  return { swipeId: `~${Buffer.from(key, "latin1").toString("base64url")}` };
}
