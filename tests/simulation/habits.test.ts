import t from "tap";
import { createCity } from "../../src/simulation/city.ts";
import { groupBy } from "../../src/simulation/groups.ts";
import { CITY_DEFAULTS } from "../../src/simulation/options.ts";
import { parseInstant } from "../../src/swipe/calendar.ts";
import type { CheckBody } from "../../src/swipe/check-body.ts";
import { ReplayLine } from "../../src/swipe/replay-line.ts";
import { MINUTE } from "../../src/units.ts";

/**
 * Honest life must hold what a real one holds, or a policy would be measured on people who never do anything
 * unusual. Only the guard's own form is looked at: the same sales are told in NHSA's.
 */

const city = createCity({
  ...CITY_DEFAULTS,
  ...{ seed: 5, pharmacies: 30, persons: 12_000, days: 45, fraud: 0, mishaps: 1.5 },
});
const lines = [...city.lines()].map((line) => ReplayLine.parse(JSON.parse(line)));
const files = city.reference("list\trank\tcode\tname\n");
const sales = lines.flatMap(({ op, body, at }) =>
  op === "check" && body ? [{ ...(body as CheckBody), at: parseInstant(at) ?? 0 }] : [],
);
type Sale = (typeof sales)[number];
const some = (fits: (sale: Sale) => unknown) => sales.filter((sale) => Boolean(fits(sale)));
const rows = (file: string) => (files.get(file) ?? "").trim().split("\n").slice(1);

/** What must occur, and at least how often among so many sales. */
const HABITS: readonly (readonly [string, number, (sale: Sale) => unknown])[] = [
  ["a filed disease is refilled", 500, ({ disease }) => disease],
  [
    "as a chronic settlement, or as an ordinary one",
    100,
    ({ medicalType }) => medicalType === "140104",
  ],
  ["twelve weeks at once", 20, ({ lines }) => lines.some(({ prescription }) => prescription?.long)],
  [
    "a child fetches, registered",
    30,
    ({ agent }) => agent?.relation === "child" && agent.registered,
  ],
  ["or not", 3, ({ agent }) => agent?.relation === "child" && !agent.registered],
  ["a nurse fetches for a home", 10, ({ agent }) => agent?.relation === "institution"],
  ["the camera does not know a face", 1, ({ verification }) => verification?.outcome === "fail"],
  ["herbs are mixed", 30, ({ lines }) => lines.filter(({ tcmUse }) => tcmUse === "1").length > 7],
  ["tablets are counted out", 20, ({ lines }) => lines.some(({ splitPack }) => splitPack)],
  ["stock from before codes were due is sold", 1, ({ lines }) => lines.some(isCodeless)],
  ["a dual-channel medicine for thousands of yuan", 1, ({ total }) => total > 4_000],
  ["strangers buy", 20, ({ person }) => !/^(?:21|11|22|31|42|44|51)/.test(person.insuredArea)],
  ["a till's clock is wrong", 20, ({ at, occurredAt }) => skew(at, occurredAt) > 5 * MINUTE],
  [
    "a code on the telephone was shown a while ago",
    5,
    ({ at, credential }) => skew(at, credential.issuedAt) > 2 * MINUTE,
  ],
  [
    "a tonic for a gift",
    3,
    ({ lines }) => lines.some(({ drug }) => drug.startsWith("ZA09BAA0005")),
  ],
];

t.test("honest life has what a till sees of it", async (t) => {
  for (const [what, least, fits] of HABITS)
    t.ok(some(fits).length >= least, `${what}: ${some(fits).length}`);
});

t.test("things go wrong at honest tills too", async (t) => {
  const times = new Map<string, number>();
  for (const { swipeId } of sales) times.set(swipeId, (times.get(swipeId) ?? 0) + 1);
  t.ok([...times.values()].filter((count) => count === 2).length > 5, "messages are sent twice");
  const ops = (op: string, fits: (body: never) => unknown = () => true) =>
    lines.filter((line) => line.op === op && Boolean(fits(line.body as never))).length;
  t.ok(
    ops("reversal", ({ reason }: { reason: string }) => reason === "timeout") > 3,
    "answers are lost",
  );
  t.ok(ops("nhsa/2601") > 3, "also NHSA's");
  t.ok(
    ops("reversal", ({ reason }: { reason: string }) => reason === "refund") > 3,
    "boxes come back",
  );
  t.ok(ops("reversal", ({ lines: some }: { lines?: unknown }) => some) > 0, "or one of several");
  t.ok(ops("settlement", ({ swipe }: { swipe?: unknown }) => swipe) > 3, "tills are offline");
  t.ok(
    ops("nhsa/2102/answer", ({ infcode }: { infcode: number }) => infcode === -1) > 0,
    "sales are abandoned",
  );
});

t.test(
  "a box that came back is sold once more by the same shop, and no other box is sold twice",
  async (t) => {
    const buyers = groupBy(
      sales.flatMap(({ lines: bought, person, pharmacy }) =>
        bought
          .filter(({ splitPack }) => !splitPack)
          .flatMap(({ traceCodes }) => traceCodes ?? [])
          .map((code) => ({ code, shop: pharmacy.code, person: person.number })),
      ),
      ({ code }) => code,
    );
    const twice = [...buyers.values()].filter(
      (some) => new Set(some.map(({ person }) => person)).size > 1,
    );
    t.not(twice.length, 0, "some come back and are sold again");
    const elsewhere = twice.filter((some) => new Set(some.map(({ shop }) => shop)).size > 1);
    t.same(elsewhere, [], "by the shop that had them back");
  },
);

t.test("chronic patients come about every four weeks, some early, some late", async (t) => {
  const last = new Map<string, number>();
  const gaps: number[] = [];
  for (const { person, lines: bought, at, disease } of some(({ disease }) => disease)) {
    for (const { drug, daysSupply } of bought) {
      const key = `${person.number} ${drug} ${disease}`;
      const before = last.get(key);
      if (before !== undefined && daysSupply === 28) gaps.push((at - before) / (24 * 60 * MINUTE));
      last.set(key, at);
    }
  }
  const days = gaps.filter((gap) => gap > 3).sort((a, b) => a - b);
  const middle = days[Math.floor(days.length / 2)] ?? 0;
  t.ok(middle > 25 && middle < 33, `half come before ${middle.toFixed(1)} days`);
  t.ok(
    days.some((gap) => gap < 24),
    "some early",
  );
  t.ok(
    days.some((gap) => gap > 33),
    "some late",
  );
});

t.test("a flu wave comes and goes, and a gate's store is far busier than a street's", async (t) => {
  const daily = new Map<string, number>();
  const flu = new Map<string, number>();
  for (const { at, lines: bought } of sales) {
    const day = new Date(at + 8 * 3_600_000).toISOString().slice(0, 10);
    daily.set(day, (daily.get(day) ?? 0) + 1);
    if (bought.some(({ drug }) => drug.startsWith("ZA04CAL0115")))
      flu.set(day, (flu.get(day) ?? 0) + 1);
  }
  const counts = [...flu.values()].sort((a, b) => a - b);
  t.ok(
    (counts.at(-1) ?? 0) > 4 * (counts[Math.floor(counts.length / 4)] ?? 0),
    "many buy the same",
  );
  const busiest = Math.max(...daily.values());
  t.ok(busiest > 1.4 * (sales.length / daily.size));
  const gate = rows("pharmacies.csv")
    .find((row) => row.endsWith("hospital-gate"))
    ?.split(",")[0];
  const all = lines.flatMap(({ op, body }) =>
    op === "nhsa/2102" || op === "check" ? [body as AnyCheck | undefined] : [],
  );
  const of = (code: string | undefined) =>
    all.filter((body) => (body?.fixmedins_code ?? body?.pharmacy?.code) === code).length;
  const streets = rows("pharmacies.csv")
    .filter((row) => row.endsWith(","))
    .map((row) => of(row.split(",")[0]));
  t.ok(
    of(gate) > 4 * Math.max(1, streets.sort((a, b) => a - b)[Math.floor(streets.length / 2)] ?? 1),
  );
});

t.test("nobody is served at a till that is busy", async (t) => {
  const last = new Map<string, { at: number; person: string }>();
  let close = 0;
  for (const { pharmacy, person, at } of sales) {
    const till = `${pharmacy.code} ${pharmacy.terminal} ${pharmacy.operator}`;
    const before = last.get(till);
    if (before && before.person !== person.number && at - before.at < 20_000) close += 1;
    last.set(till, { at, person: person.number });
  }
  t.ok(close < sales.length / 1_000, `${close} of ${sales.length} follow within 20 s`);
});

interface AnyCheck {
  readonly fixmedins_code?: string;
  readonly pharmacy?: { readonly code: string };
}

function isCodeless({ drug, traceCodes }: Sale["lines"][number]): boolean {
  return drug.startsWith("Z") && traceCodes === undefined;
}

function skew(at: number, other: string | null | undefined): number {
  return other ? Math.abs(at - (parseInstant(other) ?? at)) : 0;
}
