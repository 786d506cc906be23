import { amount, counter, gauge, histogram, type NoticeDefinition } from "./notice-definition.ts";

/** Words of the code. */
const WORD = /^[a-z][A-Za-z]{0,19}$/;
/** A record is on disk within 0.1 s. */
const SYNC_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 5];

/** What the journal, its volume and its relay to Kafka tell operators. */
export const JOURNAL_NOTICES = {
  "journal.appended": {
    meaning: "Records were handed to the operating system. Value: bytes.",
    labels: {},
    metrics: [amount("guard_journal_appended_bytes_total", "Bytes appended to the journal.")],
  },
  "journal.size": {
    meaning: "The journal's size on disk. Value: bytes.",
    labels: {},
    metrics: [gauge("guard_journal_bytes", "Size of the journal on disk.")],
  },
  "journal.synced": {
    meaning: "Records reached the disk. Value: seconds since the oldest of them was appended.",
    labels: {},
    metrics: [
      histogram(
        "guard_journal_sync_seconds",
        "Time a record was not yet on disk.",
        [],
        SYNC_BUCKETS,
      ),
    ],
  },
  "journal.held": {
    meaning: "Bytes of the journal that must not go yet: owed to Kafka or to the entry loop.",
    labels: {},
    metrics: [gauge("guard_journal_held_bytes", "Bytes of the journal that must not go yet.")],
  },
  "journal.oldest": {
    meaning: "Age of the oldest record kept. Value: seconds.",
    labels: {},
    metrics: [gauge("guard_journal_oldest_seconds", "Age of the oldest record kept.")],
  },
  "journal.unflushed": {
    meaning: "How long the oldest record that a power loss would take has waited. Value: seconds.",
    labels: {},
    metrics: [
      gauge("guard_journal_unflushed_seconds", "Age of the oldest record not yet on disk."),
    ],
  },
  "disk.free": {
    meaning: "Free bytes of the volume the journal is on. Value: bytes.",
    labels: {},
    metrics: [gauge("guard_disk_free_bytes", "Free bytes of the journal's volume.")],
  },
  "disk.space": {
    meaning:
      "The room on the journal's volume changed. `space`: ok, low (twice the reserve), short (the reserve: unready), out (records are refused).",
    labels: { space: ["ok", "low", "short", "out"] },
    metrics: [
      counter("guard_disk_space_changes_total", "Changes of the room on the volume.", ["space"]),
    ],
  },
  "disk.unknown": {
    meaning: "The room on the journal's volume, or its oldest record, could not be read.",
    labels: {},
    metrics: [counter("guard_disk_unknown_total", "Looks at the volume that failed.")],
  },
  "journal.failed": {
    meaning:
      "The journal could not append or flush. `reason`: append, queue, stuck, space, full, torn, sync, remove, lost.",
    labels: { reason: WORD },
    metrics: [counter("guard_journal_failures_total", "Failures of the journal.", ["reason"])],
  },
  "journal.removed": {
    meaning:
      "Oldest records went at the limit, or early for want of room on the volume (`space`; Kafka has them). Value: records.",
    labels: { reason: ["size", "age", "space"] },
    metrics: [amount("guard_journal_removed_total", "Records removed at the limit.", ["reason"])],
  },
  "relay.lag": {
    meaning: "Records not yet acknowledged by Kafka. Value: records.",
    labels: {},
    metrics: [gauge("guard_relay_lag_records", "Records Kafka has not acknowledged.")],
  },
  "relay.age": {
    meaning: "Age of the oldest record that Kafka has not acknowledged. Value: seconds.",
    labels: {},
    metrics: [
      gauge("guard_relay_lag_seconds", "Age of the oldest record Kafka has not acknowledged."),
    ],
  },
  "relay.sent": {
    meaning: "Kafka acknowledged records. Value: records.",
    labels: {},
    metrics: [amount("guard_relay_sent_total", "Records Kafka acknowledged.")],
  },
  "relay.failed": {
    meaning:
      "The relay failed and will try again. `reason`: send, size (the topic refuses a record as too large), read, position, unreadable or beyond (everything is sent again), stopped.",
    labels: { reason: WORD },
    metrics: [counter("guard_relay_failures_total", "Failed sends to Kafka.", ["reason"])],
  },
} as const satisfies Readonly<Record<string, NoticeDefinition>>;
