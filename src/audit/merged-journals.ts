import type { Clock, DurationMs, EpochMs } from "../units.ts";
import type { GuardEvent } from "./event.ts";
import { CLOCKS_APART, RecordOrder, writtenAt } from "./record-order.ts";
import { Instances, type RecordSource } from "./record-source.ts";
import { FROM_THE_OLDEST, SegmentReader } from "./segment-reader.ts";
import { listSegments, parseRecord } from "./segments.ts";

/** Records taken from one journal at once. */
const BATCH = 500;
/** How long a journal at its end is not looked at again while others have more. */
const LOOK_AGAIN: DurationMs = 100;

interface Journal {
  readonly reader: SegmentReader;
  queue: GuardEvent[];
  taken: number;
  /** A journal's own order stands, also where a record tells of something earlier. */
  reached: EpochMs;
  /** Its end was reached at this instant; 0 while there is more to read. */
  dryAt: EpochMs;
}

/** The journals of several instances as one record, also while their servers write to them. */
export async function openMergedJournals(
  folders: readonly string[],
  clock: Clock,
): Promise<RecordSource> {
  const firsts = await Promise.all(folders.map(async (folder) => (await listSegments(folder))[0]));
  const journals = folders.map(
    (folder): Journal => ({
      reader: new SegmentReader(folder, FROM_THE_OLDEST, parseRecord),
      ...{ queue: [], taken: 0, reached: 0, dryAt: 0 },
    }),
  );
  const order = new RecordOrder();
  const instances = new Instances();
  let lost = 0;

  async function fill(journal: Journal): Promise<void> {
    if (journal.taken < journal.queue.length) return;
    const asked = clock.now();
    if (asked - journal.dryAt < LOOK_AGAIN) return;
    const read = await journal.reader.read(BATCH);
    lost += read.lost;
    journal.queue = read.records.map(({ record }) => record.event);
    journal.taken = 0;
    journal.dryAt = journal.queue.length === 0 && read.lost === 0 ? asked : 0;
  }

  /** The time of what it would give next; what it may yet write is not before its end was seen. */
  function timeOf(journal: Journal): EpochMs {
    const head = journal.queue[journal.taken];
    if (head === undefined) return journal.dryAt;
    return Math.max(journal.reached, writtenAt(head));
  }

  /** False once every journal is at its end. */
  async function advance(): Promise<boolean> {
    await Promise.all(journals.map(fill));
    const full = journals.filter((journal) => journal.taken < journal.queue.length);
    const [first] = full.sort((one, other) => timeOf(one) - timeOf(other));
    const event = first?.queue[first.taken];
    if (first === undefined || event === undefined) return false;
    first.reached = timeOf(first);
    first.taken += 1;
    instances.note(event);
    order.add(event);
    return true;
  }

  const readTo = () => Math.min(...journals.map(timeOf)) - CLOCKS_APART;
  return {
    next: async (max) => {
      const events: GuardEvent[] = [];
      while (events.length < max) {
        const event = order.next(readTo());
        if (event !== undefined) events.push(event);
        else if (!(await advance())) break;
      }
      return events;
    },
    readTo,
    facts: () => ({
      name: `the journal${folders.length > 1 ? "s" : ""} in ${folders.join(", ")}`,
      trimmed: firsts.some((first) => first !== undefined && first > 1),
      lost,
      instances: instances.seen,
    }),
    close: async () => {
      await Promise.all(journals.map(({ reader }) => reader.close()));
    },
  };
}
