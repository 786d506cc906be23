import type { RecordFacts } from "../../audit/record-source.ts";
import type { Comparison } from "./compare-memories.ts";

/** Nothing is recorded where the rebuild looked. */
export class RecordEmptyError extends Error {
  readonly code = "GUARD_CONTROL_RECORD_EMPTY";
  constructor(where: string) {
    super(
      `There are no records in ${where}: name the folders of all instances by --journal, or use --from kafka.`,
    );
    this.name = "RecordEmptyError";
  }
}

/** Ctrl-C before the memories changed places. */
export class RebuildInterruptedError extends Error {
  readonly code = "GUARD_CONTROL_REBUILD_INTERRUPTED";
  constructor() {
    super("The rebuild was interrupted: the memory is as it was, and what was filled is removed.");
    this.name = "RebuildInterruptedError";
  }
}

/** The memory has more than the record tells of: switching would forget it. */
export class RecordIncompleteError extends Error {
  readonly code = "GUARD_CONTROL_RECORD_INCOMPLETE";
  readonly compared: Comparison;
  constructor(facts: RecordFacts, compared: Comparison) {
    super(sentenceOf(facts, compared));
    this.name = "RecordIncompleteError";
    this.compared = compared;
  }
}

function sentenceOf(
  { name, trimmed, lost }: RecordFacts,
  { missing, persons }: Comparison,
): string {
  const reasons = [
    ...(missing > 0
      ? [
          `the memory has ${missing} swipes of ${persons} persons looked at that it does not tell of`,
        ]
      : []),
    ...(trimmed ? ["its oldest records were removed at their limit"] : []),
    ...(lost > 0 ? [`${lost} of its records cannot be read`] : []),
  ];
  return `The record (${name}) is not whole: ${reasons.join("; ")}. The memory is as it was; name every instance's journal, use --from kafka, or accept what would be forgotten with --accept-gaps.`;
}

/** No key is known under which the memory could be filled. */
export class NoKeyError extends Error {
  readonly code = "GUARD_CONTROL_REBUILD_NO_KEY";
  constructor() {
    super(
      "No pseudonym key is here: name it by GUARD_KEYS, or an instance's folder by GUARD_DATA_DIR or --journal; a new one would know nobody again.",
    );
    this.name = "NoKeyError";
  }
}

/** There is no record where it should be. */
export class NoJournalError extends Error {
  readonly code = "GUARD_CONTROL_REBUILD_NO_JOURNAL";
  constructor(where: string) {
    super(`No record can be read from ${where}: name the folders of all instances by --journal.`);
    this.name = "NoJournalError";
  }
}

export class StoreAwayError extends Error {
  readonly code = "GUARD_CONTROL_REBUILD_STORE_AWAY";
  constructor() {
    super("The store named by REDIS_URL does not answer: run the rebuild again once it does.");
    this.name = "StoreAwayError";
  }
}
