import type { DurationMs, Timers } from "../units.ts";
import {
  FROM_THE_OLDEST,
  type JournalPosition,
  type ReadRecord,
  SegmentReader,
} from "./segment-reader.ts";
import { listSegments, parseRecord, segmentFacts } from "./segments.ts";

/** Records taken from disk at once. */
const BATCH = 500;
/** How soon a follower sees what another process wrote. */
const LOOK_AGAIN: DurationMs = 200;

export interface ReadJournalOptions {
  readonly folder: string;
  /** Default: the oldest record kept. */
  readonly from?: JournalPosition;
  /** Goes on waiting for new records until `signal` aborts; otherwise it ends where the journal ended when reading began. */
  readonly follow?: { readonly timers: Timers; readonly signal: AbortSignal };
  /** Told how many records were damaged or gone before they could be read. */
  readonly onLost?: (records: number) => void;
}

/** The journal's records in order, also while a server writes to the folder. */
export async function* readJournal(options: ReadJournalOptions): AsyncGenerator<ReadRecord> {
  const { folder, from = FROM_THE_OLDEST, onLost } = options;
  const follow = options.follow && following(options.follow);
  const reader = new SegmentReader(folder, from, parseRecord);
  // A server that writes faster than this reads must not keep it for ever.
  const goal = await journalEnd(folder);
  try {
    while (follow?.ended() !== true) {
      const { records, lost } = await reader.read(BATCH);
      if (lost > 0) onLost?.(lost);
      yield* records;
      const gotNothing = records.length === 0 && lost === 0;
      if (follow === undefined && (gotNothing || reaches(reader.position, goal))) return;
      if (gotNothing) await follow?.wait();
    }
  } finally {
    await reader.close();
  }
}

interface Following {
  ended(): boolean;
  wait(): Promise<void>;
}

function following({ timers, signal }: NonNullable<ReadJournalOptions["follow"]>): Following {
  return { ended: () => signal.aborted, wait: () => pause(timers, LOOK_AGAIN, signal) };
}

interface Goal {
  readonly segment: number;
  readonly offset: number;
}

async function journalEnd(folder: string): Promise<Goal> {
  const segment = (await listSegments(folder).catch(() => [])).at(-1);
  if (segment === undefined) return { segment: 0, offset: 0 };
  return { segment, offset: (await segmentFacts(folder, segment)).bytes };
}

function reaches(at: JournalPosition, goal: Goal): boolean {
  return at.segment > goal.segment || (at.segment === goal.segment && at.offset >= goal.offset);
}

/** Waits, or less when the signal aborts. */
function pause(timers: Timers, delay: DurationMs, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const cancel = timers.after(delay, finish);
    function finish(): void {
      cancel();
      signal.removeEventListener("abort", finish);
      resolve();
    }
    signal.addEventListener("abort", finish);
  });
}
