/** Why a record could not be taken. */
export type JournalTrouble = "append" | "queue" | "stuck" | "space" | "full" | "closed";

const SENTENCES: Readonly<Record<JournalTrouble, string>> = {
  append: "The journal could not be written; free space on its disk or repair it, then repeat.",
  queue: "The journal's disk is slower than what comes in; repeat later.",
  stuck:
    "The journal's disk has not taken or flushed a record for a second; see what holds it up, repeat at another instance.",
  space:
    "The volume of the journal is as good as full; free space on it, repeat at another instance.",
  full: "The journal holds as much as it may that Kafka has not acknowledged; bring Kafka back or raise GUARD_JOURNAL_MAX.",
  closed: "The journal is closed; repeat at another instance.",
};

/** The record was not taken: give no answer that rests on it. */
export class JournalUnavailableError extends Error {
  readonly code = "GUARD_AUDIT_JOURNAL_UNAVAILABLE";
  readonly trouble: JournalTrouble;
  constructor(trouble: JournalTrouble, options?: ErrorOptions) {
    super(SENTENCES[trouble], options);
    this.name = "JournalUnavailableError";
    this.trouble = trouble;
  }
}

/** A reader was pointed at a folder in which no guard has recorded anything. */
export class JournalMissingError extends Error {
  readonly code = "GUARD_AUDIT_JOURNAL_MISSING";
  constructor(folder: string) {
    super(`There is no journal in ${folder}: name the guard's folder with GUARD_DATA_DIR.`);
    this.name = "JournalMissingError";
  }
}

/** Beyond what Kafka takes by default, so it could never be relayed. */
export class RecordTooLargeError extends Error {
  readonly code = "GUARD_AUDIT_RECORD_TOO_LARGE";
  constructor() {
    super("A record is larger than 1,000,000 bytes; split what it describes.");
    this.name = "RecordTooLargeError";
  }
}
