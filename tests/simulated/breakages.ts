import type { Sink } from "../../src/audit/relay.ts";
import type { MemoryHome, ObservePlan } from "../../src/counters/operations.ts";
import type { Breakage } from "./instance.ts";

/** Guards with a fault that the auditor must find; each is put in at a port, the rest of the guard is the real one. */
export interface KnownFault {
  readonly name: string;
  /** What the auditor calls it. */
  readonly kinds: readonly string[];
  readonly broken: Breakage;
}

function homeWith(change: (home: MemoryHome) => Partial<MemoryHome>): Breakage {
  return {
    home: (home) => {
      const own = change(home);
      return new Proxy(home, {
        get: (of, name) => Reflect.get(own, name) ?? Reflect.get(of, name),
      });
    },
  };
}

/** Bytes of a log's entry that name the swipe: behind a time of 6. */
const LOG_SWIPE = 6;

/** The entry under a name of its own each time, so that no repeat is ever known. */
function anew(plan: ObservePlan, count: number): ObservePlan {
  const operations = plan.operations.map((operation) => {
    if (operation.kind !== "log") return operation;
    const entry = Buffer.from(operation.entry);
    entry.writeUInt32BE(count, LOG_SWIPE);
    return { ...operation, entry };
  });
  return { ...plan, operations };
}

function countingTwice(): Breakage {
  let count = 0;
  return homeWith((home) => ({
    observe: (plan) => {
      count += 1;
      return home.observe(anew(plan, count));
    },
  }));
}

const sealsForEverybody = homeWith((home) => ({
  seal: async (plan) => {
    await home.seal(plan);
    return { won: true };
  },
}));

const seesNoClaims = homeWith((home) => ({
  observe: async (plan) => {
    const reply = await home.observe(plan);
    return "values" in reply ? { ...reply, values: reply.values.map(() => null) } : reply;
  },
}));

const forgetsChanges = homeWith((home) => {
  let count = 0;
  return {
    change: async (plan) => {
      count += 1;
      if (count % 5 !== 0) return home.change(plan);
      return { changed: true, seq: 1_000 + count, lost: 0 };
    },
  };
});

const addsTotalsTwice = homeWith((home) => ({
  change: (plan) => {
    const tallies = plan.operations.filter(({ kind }) => kind === "tally");
    return home.change({ ...plan, operations: [...plan.operations, ...tallies] });
  },
}));

const losesOnSending: Breakage = {
  sink: (sink: Sink): Sink => ({
    // Acknowledged before it was taken: what is on its way when the broker is away is nobody's.
    send: async (batch) => {
      sink.send(batch).catch(() => undefined);
    },
    close: () => sink.close(),
  }),
};

const answersFromNobody: Breakage = { deadlineTimes: 3 };

/** Written to a buffer of the process's own, and to the system at the flush alone. */
const keepsToItself: Breakage = { buffered: true };

export const KNOWN_FAULTS: readonly KnownFault[] = [
  {
    name: "a seal that tells every writer that it was first",
    kinds: ["alike", "one fact"],
    broken: sealsForEverybody,
  },
  { name: "a log that knows no repeat", kinds: ["counted once"], broken: countingTwice() },
  { name: "claims that nobody sees", kinds: ["allowed once"], broken: seesNoClaims },
  {
    name: "a settlement that is sometimes not written",
    kinds: ["as told"],
    broken: forgetsChanges,
  },
  { name: "totals that are added twice", kinds: ["totals"], broken: addsTotalsTwice },
  {
    name: "a position that moves before the acknowledgement",
    kinds: ["no gap", "recorded"],
    broken: losesOnSending,
  },
  {
    name: "a record kept in the process until the flush",
    kinds: ["recorded", "kept"],
    broken: keepsToItself,
  },
  {
    name: "a check that waits three times its deadline",
    kinds: ["in time"],
    broken: answersFromNobody,
  },
];
