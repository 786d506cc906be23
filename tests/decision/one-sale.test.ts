import t from "tap";
import type { Attempt, LedgerEntry, Memory } from "../../src/counters/contract.ts";
import {
  earlierSteps,
  otherSteps,
  type SaleStep,
  successorsOf,
  superseded,
  withoutSteps,
} from "../../src/decision/one-sale.ts";
import { HOUR, MINUTE } from "../../src/units.ts";
import { AT, bytes, entry } from "./sales.ts";

const QUARTER = 15 * MINUTE;
const HERE = "P21010200123";
const ELSEWHERE = "P21010200456";

const key = (name: string) => bytes(name, 8);

function attempt(changes: Partial<Attempt> = {}): Attempt {
  return {
    swipe: key("sale-1"),
    at: AT,
    pharmacy: HERE,
    area: "210102",
    inquiry: false,
    credential: 3,
    basket: "pill",
    codes: [],
    ...changes,
  };
}

/** The next check of the same person, a minute later, with nothing in common unless said. */
function step(changes: Partial<SaleStep> = {}): SaleStep {
  return {
    swipe: key("sale-2"),
    at: AT + MINUTE,
    pharmacy: HERE,
    basket: "else",
    codes: [],
    ...changes,
  };
}

const BY_NAME = step({ names: key("sale-1") });
const BY_CODE = step({ codes: ["box2", "box3"] });
const BY_BASKET = step({ basket: "pill" });
const CODED = attempt({ codes: ["box1", "box2"] });
/** Each way in which a check says that it is another try of sale-1, and what the memory has of sale-1. */
const WAYS: readonly (readonly [string, SaleStep, Attempt])[] = [
  ["by name", BY_NAME, attempt()],
  ["by a shared trace code", BY_CODE, CODED],
  ["by the same drugs and quantities, where neither has codes", BY_BASKET, attempt()],
];

t.test("a check supersedes the unsettled one before it", async (t) => {
  for (const [way, again, first] of WAYS) {
    for (const state of ["unsealed", "reserved", "attempted"] as const) {
      const ledger = [entry({ state })];
      const steps = earlierSteps(again, ledger, [first]);
      t.same(steps, [key("sale-1")], `${way}: ${state}`);
      t.same(superseded(steps, ledger), [key("sale-1")]);
    }
  }
});

t.test("and not", async (t) => {
  for (const [way, again, first] of WAYS) {
    t.test(way, async (t) => {
      const none = (
        ledger: Partial<LedgerEntry>,
        at: Partial<Attempt>,
        next: Partial<SaleStep>,
        why: string,
      ) =>
        t.same(
          earlierSteps({ ...again, ...next }, [entry(ledger)], [{ ...first, ...at }]),
          [],
          why,
        );
      none({ pharmacy: ELSEWHERE }, { pharmacy: ELSEWHERE }, {}, "one of another pharmacy");
      none({}, {}, { at: AT + QUARTER }, "one of 15 minutes ago");
      t.same(
        earlierSteps({ ...again, at: AT + QUARTER - 1 }, [entry()], [first]),
        [key("sale-1")],
        "a millisecond less is near",
      );
      for (const state of ["settled", "returned", "superseded", "folded"] as const)
        none({ state }, {}, {}, `one that is ${state}`);
      none({}, {}, { swipe: key("sale-1") }, "itself");
    });
  }

  t.test(
    "by the basket where either has codes, by another code, or by nothing in common",
    async (t) => {
      const none = (again: SaleStep, first: Attempt) =>
        t.same(earlierSteps(again, [entry()], [first]), []);
      none({ ...BY_BASKET, codes: ["box9"] }, attempt());
      none(BY_BASKET, CODED);
      none({ ...BY_BASKET, codes: ["box9"] }, CODED);
      none(step(), attempt());
      none(step({ names: key("sale-9") }), attempt());
    },
  );

  t.test("by the basket of one whose attempt is forgotten; by name it still is", async (t) => {
    t.same(earlierSteps(BY_BASKET, [entry()], []), []);
    t.same(earlierSteps(BY_NAME, [entry()], []), [key("sale-1")]);
  });
});

t.test("a clock that runs ahead does not hide the first try", async (t) => {
  t.same(earlierSteps(step({ basket: "pill", at: AT - 2_000 }), [entry()], [attempt()]), [
    key("sale-1"),
  ]);
});

t.test(
  "an inquiry is a step of the sale, but holds nothing that could be superseded",
  async (t) => {
    for (const [way, again, first] of WAYS) {
      const steps = earlierSteps(again, [], [{ ...first, inquiry: true }]);
      t.same(steps, [key("sale-1")], way);
      t.same(superseded(steps, []), []);
    }
    const far = attempt({ inquiry: true, pharmacy: ELSEWHERE });
    t.same(earlierSteps(BY_BASKET, [], [far]), []);
    t.same(earlierSteps({ ...BY_BASKET, at: AT + QUARTER }, [], [attempt({ inquiry: true })]), []);
  },
);

t.test("several tries at once are all superseded, and each only once", async (t) => {
  const ledger = ["sale-1", "sale-3", "sale-4"].map((name) => entry({ swipe: key(name) }));
  const attempts = [
    attempt(),
    attempt({ swipe: key("sale-3") }),
    attempt({ swipe: key("sale-4"), basket: "rest" }),
  ];
  t.same(earlierSteps({ ...BY_BASKET, names: key("sale-1") }, ledger, attempts), [
    key("sale-1"),
    key("sale-3"),
  ]);
});

t.test(
  "what the earlier steps did is not seen by the rules; what others did, and attempts, are",
  async (t) => {
    const of = (name: string) => ({ swipe: key(name), at: AT, person: "p", pharmacy: HERE });
    const use = (name: string) => ({
      ...of(name),
      state: "reserved" as const,
      drug: "d",
      quantity: 1,
    });
    const claimed = (name: string) => ({ ...of(name), state: "reserved" as const });
    const memory: Memory = {
      ledger: [entry(), entry({ swipe: key("other") })],
      attempts: [attempt(), attempt({ swipe: key("other") })],
      logs: [
        [
          { ...of("sale-1"), amount: 1, mark: "mark" },
          { ...of("other"), amount: 1, mark: "mark" },
        ],
      ],
      traceCodes: [
        { claims: [claimed("sale-1"), claimed("other")], splits: [use("other"), use("sale-1")] },
      ],
      token: [use("sale-1"), use("other")],
      prescriptions: [[use("other"), use("sale-1")]],
      bindings: [[{ partner: "c", at: AT, count: 1 }]],
      tallies: [
        {
          days: [{ day: 20_000, columns: [1, 0, 0, 0] }],
          open: [
            { ...of("sale-1"), columns: [1, 0, 0, 0] },
            { ...of("other"), columns: [1, 0, 0, 0] },
          ],
        },
      ],
      flags: [],
    };
    const clean = withoutSteps(memory, [key("sale-1")]);
    const left = [
      clean.ledger,
      ...clean.logs,
      ...clean.traceCodes.flatMap((code) => [code?.claims, code?.splits]),
      clean.token,
      ...clean.prescriptions,
      ...clean.tallies.map((tally) => tally?.open),
    ];
    for (const entries of left)
      t.same(
        entries?.map(({ swipe }) => swipe),
        [key("other")],
      );
    t.same(
      [clean.attempts, clean.bindings, clean.tallies[0]?.days],
      [memory.attempts, memory.bindings, memory.tallies[0]?.days],
    );
    t.equal(withoutSteps(memory, []), memory);
  },
);

t.test("when a superseded check is settled after all", async (t) => {
  const first = entry({ state: "superseded" });
  const later = (name: string, changes: Partial<LedgerEntry> = {}) =>
    entry({ swipe: key(name), at: AT + MINUTE, ...changes });
  const keys = (entries: readonly LedgerEntry[]) => entries.map(({ swipe }) => swipe);
  const says = (of: LedgerEntry, ...supersedes: string[]) => ({
    entry: of,
    supersedes: supersedes.map(key),
  });

  t.test("its unsettled successor is superseded, by whatever it had taken its place", async (t) => {
    const others = [says(later("other")), says(later("sale-2"), "sale-1"), says(later("third"))];
    t.same(keys(successorsOf(first, others, [])), [key("sale-2")]);
  });

  t.test("and the successor's successor, also more than 15 minutes later", async (t) => {
    const others = [
      says(later("sale-2", { state: "superseded" }), "sale-1"),
      says(later("sale-3", { at: AT + 29 * MINUTE, presume: true }), "sale-2"),
    ];
    t.same(keys(successorsOf(first, others, [])), [key("sale-3")]);
  });

  t.test(
    "but not a successor that is settled or returned, and no other sale in its place",
    async (t) => {
      for (const state of ["settled", "returned"] as const) {
        const others = [says(later("sale-2", { state }), "sale-1"), says(later("other"))];
        t.same(successorsOf(first, others, []), []);
      }
    },
  );

  t.test("where no answer tells, it is the one alike, or the only one that can be", async (t) => {
    const untold = (of: LedgerEntry) => ({ entry: of, supersedes: undefined });
    const [one, two] = [later("sale-2"), later("other")];
    const attempts = [
      attempt(),
      attempt({ swipe: key("sale-2"), at: AT + MINUTE }),
      attempt({ swipe: key("other"), basket: "rest" }),
    ];
    t.same(keys(successorsOf(first, [untold(two), untold(one)], attempts)), [key("sale-2")]);
    t.same(keys(successorsOf(first, [untold(one)], [])), [key("sale-2")]);
    t.same(successorsOf(first, [untold(one), untold(two)], []), [], "of two nobody knows which");
    t.same(successorsOf(first, [says(one)], []), [], "its answer says that it superseded nothing");
    for (const at of [AT + QUARTER, AT - 1])
      t.same(successorsOf(first, [untold(later("sale-2", { at }))], attempts), []);
    t.same(successorsOf(first, [untold(later("sale-2", { state: "settled" }))], attempts), []);
  });

  t.test("it is sought among the person's entries at that pharmacy within a day", async (t) => {
    const ledger = [
      first,
      later("sale-2"),
      later("far", { pharmacy: ELSEWHERE }),
      later("old", { at: AT - 24 * HOUR }),
      later("next", { at: AT + 24 * HOUR }),
      later("last", { at: AT + 24 * HOUR - 1 }),
    ];
    t.same(keys(otherSteps(first, ledger)), [key("sale-2"), key("last")]);
  });
});
