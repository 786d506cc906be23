/** A feature as a policy file declares it. */
export type Declaration = Readonly<Record<string, unknown>>;

/** A rule that looks at one feature. */
export interface AddedRule {
  readonly id: string;
  readonly feature: string;
  readonly declaration: Declaration;
  readonly atLeast: number;
}

/** As the policy file has it; warns only, so that the mix of decisions stays the city's. */
export function added({ id, feature, atLeast }: AddedRule) {
  return {
    id,
    category: "workload",
    name: { zh: "计数规则", en: "A counter" },
    limits: { warn: atLeast },
    levels: { warn: `${feature} >= limit` },
    disclose: "sentence",
    source: "a counter as an area might add it; its limit is met by about one swipe in a hundred",
    message: { zh: "数量较多,请核对后结算。", en: "Rather many. Check, then settle." },
  };
}

const ENTITIES = [
  "terminal",
  "pharmacy",
  "operator",
  "agent",
  "employer",
  "prescriber",
  "basket",
  "outsiders",
  "staff",
  "night",
  "issued",
  "approver",
] as const;
type Entity = (typeof ENTITIES)[number];
const AGGREGATES = ["count", "distinct", "sum"] as const;
type Aggregate = (typeof AGGREGATES)[number];
const COUNTED: Readonly<Record<Aggregate, Declaration>> = {
  count: { count: "attempts" },
  distinct: { distinct: "person" },
  sum: { sum: "amount" },
};
/** As the shipped policy has it for most logs, so that more counters make no log longer. */
const EXACT = 64;

function counter(
  id: string,
  [entity, aggregate, window]: readonly [Entity, Aggregate, string],
  atLeast: number,
): AddedRule {
  return {
    id,
    feature: `${entity}${aggregate}${window}`,
    declaration: { entity, ...COUNTED[aggregate], window, exact: EXACT },
    atLeast,
  };
}

function fact(id: string, feature: string, declaration: Declaration, atLeast: number): AddedRule {
  return { id, feature, declaration, atLeast };
}

/** What the 100 rules have beyond the shipped policy: at every kind of entity, and at the person. */
export const ADDED_RULES: readonly AddedRule[] = [
  counter("WL-01", ["terminal", "count", "1m"], 6),
  counter("WL-02", ["terminal", "sum", "1h"], 1_500),
  counter("WL-03", ["pharmacy", "count", "15m"], 10),
  counter("WL-04", ["pharmacy", "sum", "12h"], 2_500),
  counter("WL-05", ["operator", "distinct", "30m"], 5),
  counter("WL-06", ["operator", "count", "6h"], 6),
  counter("WL-07", ["agent", "count", "7d"], 5),
  counter("WL-08", ["agent", "sum", "14d"], 800),
  counter("WL-09", ["employer", "count", "3d"], 3),
  counter("WL-10", ["employer", "sum", "24h"], 600),
  counter("WL-11", ["prescriber", "count", "6h"], 4),
  counter("WL-12", ["prescriber", "sum", "7d"], 700),
  counter("WL-13", ["basket", "count", "24h"], 3),
  counter("WL-14", ["basket", "sum", "3d"], 800),
  counter("WL-15", ["outsiders", "count", "12h"], 3),
  counter("WL-16", ["outsiders", "sum", "7d"], 500),
  counter("WL-17", ["staff", "sum", "14d"], 300),
  counter("WL-18", ["issued", "count", "2h"], 4),
  counter("WL-19", ["issued", "distinct", "12h"], 5),
  counter("WL-20", ["approver", "distinct", "7d"], 2),
  fact("WL-21", "packs90d", { fact: "packsDispensed", window: "90d" }, 8),
  fact("WL-22", "supply14d", { fact: "supplyOfMolecule", window: "14d" }, 90),
  fact("WL-23", "purchasesHere7d", { fact: "purchasesHere", window: "7d" }, 2),
  fact("WL-24", "groupsHere7d", { fact: "groupsHere", window: "7d" }, 4),
  fact("WL-25", "devicePharmacies7d", { fact: "devicePharmacies", window: "7d" }, 2),
  fact("WL-26", "articleDrugs14d", { fact: "articleDrugs", window: "14d" }, 2),
  fact("WL-27", "linesOfSwipe", { fact: "linesCount" }, 6),
  fact("WL-28", "pooledOfSwipe", { fact: "pooledYuan" }, 400),
  fact("WL-29", "ageOfPerson", { fact: "personAge" }, 95),
  counter("WL-30", ["night", "sum", "7h"], 500),
  counter("WL-31", ["terminal", "distinct", "6h"], 6),
  counter("WL-32", ["pharmacy", "distinct", "24h"], 8),
];

const WINDOWS = ["3m", "20m", "45m", "3h", "8h", "18h"] as const;
/** Two rules look at each feature, or 500 rules would need more features than a policy may have. */
const LIMITS = [7, 12] as const;
const MORE_PER_PREFIX = 99;

/** Up to 432 counters beside the 100, over the same logs. */
export function moreRules(count: number): readonly AddedRule[] {
  const all = WINDOWS.flatMap((window) =>
    AGGREGATES.flatMap((aggregate) =>
      ENTITIES.flatMap((entity) => LIMITS.map((limit) => ({ entity, aggregate, window, limit }))),
    ),
  );
  if (count > all.length) throw new Error(`at most ${all.length} rules beside the 100`);
  return all
    .slice(0, count)
    .map(({ entity, aggregate, window, limit }, index) =>
      counter(
        numbered("M", index),
        [entity, aggregate, window],
        aggregate === "sum" ? limit * YUAN_A_SWIPE : limit,
      ),
    );
}

/** A swipe's total is about 60 yuan; a limit of money is met about as often as one of swipes. */
const YUAN_A_SWIPE = 150;

/** All within a day, and the day first: the logs are as long with one window as with 24. */
const WINDOWS_OF_A_DAY =
  "24h 10m 1h 5m 30m 2h 6h 12h 1m 15m 3h 18h 2m 20m 45m 4h 8h 16h 90m 10h 20h 14h 22h 5h".split(
    " ",
  );

/** Counters at every kind of entity in turn: the first of each over a day, the others over the other windows. */
export function countersOver(windows: number, rules: number): readonly AddedRule[] {
  if (windows > WINDOWS_OF_A_DAY.length || windows > rules - ENTITIES.length + 1)
    throw new Error(`${rules} rules cannot be spread over ${windows} windows`);
  return Array.from({ length: rules }, (_, index) => {
    const entity = ENTITIES[index % ENTITIES.length] ?? "terminal";
    const aggregate =
      AGGREGATES[Math.floor(index / ENTITIES.length) % AGGREGATES.length] ?? "count";
    const later = Math.max(0, index - ENTITIES.length);
    const isFirst = index < ENTITIES.length || windows === 1;
    const window = WINDOWS_OF_A_DAY[isFirst ? 0 : 1 + (later % (windows - 1))] ?? "24h";
    const limit = LIMITS[index % LIMITS.length] ?? 7;
    return counter(
      numbered("W", index),
      [entity, aggregate, window],
      aggregate === "sum" ? limit * YUAN_A_SWIPE : limit,
    );
  });
}

/** MA-01 to MA-99, MB-01, ... */
function numbered(letter: string, index: number): string {
  const second = String.fromCharCode("A".charCodeAt(0) + Math.floor(index / MORE_PER_PREFIX));
  return `${letter}${second}-${String((index % MORE_PER_PREFIX) + 1).padStart(2, "0")}`;
}
