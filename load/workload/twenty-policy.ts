import type { Declaration } from "./added-rules.ts";
import type { CountedRule, PeerEntity, PeerRule } from "./twenty-rules.ts";

/** What a rule looks at in the guard: the features it declares and its condition. */
interface Looked {
  readonly features: Readonly<Record<string, Declaration>>;
  readonly condition: string;
}

const EXACT = 64;
const HOUR_S = 3_600;
const MINUTE_S = 60;

/** The rules of twenty as the guard has them: one feature each, but for a box, which is sold here, elsewhere, or held. */
export function twentyOf(rules: readonly PeerRule[]) {
  const looked = rules.map((rule) => ({ rule, ...look(rule) }));
  return {
    version: `peers-${rules.length}`,
    features: Object.assign({}, ...looked.map(({ features }) => features)) as Readonly<
      Record<string, Declaration>
    >,
    rules: looked.map(({ rule: { id, level }, condition }) => ({
      id,
      category: "peers",
      name: { zh: "对照规则", en: "A rule of the peers" },
      ...(level === "deny" ? { hard: true } : {}),
      levels: { [level]: condition },
      source: "the rules that the peers are asked for too",
      message: { zh: "请核对后重试。", en: "Check, then try again." },
    })),
  };
}

function look(rule: PeerRule): Looked {
  const name = rule.id.toLowerCase().replace("-", "");
  switch (rule.kind) {
    case "counted":
      return counted(name, rule);
    case "swipe":
      return {
        features: { [name]: { fact: "totalYuan" } },
        condition: `${name} >= ${rule.atLeast}.0`,
      };
    case "listed":
      return {
        features: { [name]: { listed: { list: rule.list, of: "person" } } },
        condition: name,
      };
  }
}

function counted(name: string, rule: CountedRule): Looked {
  if (rule.entity === "traceCode") {
    const facts = ["traceSoldElsewhere", "traceHeldElsewhere", "traceSoldHere"];
    const features = Object.fromEntries(facts.map((fact) => [fact, { fact }]));
    return { features, condition: facts.join(" || ") };
  }
  return {
    features: { [name]: declarationOf(rule) },
    condition: `${name} >= ${rule.atLeast}.0`,
  };
}

/** What is remembered of persons and things has features of its own. */
const FACTS: Partial<Record<PeerEntity, string>> = {
  personHere: "purchasesHere",
  device: "devicePharmacies",
  card: "cardPersons",
  idNumber: "idPersons",
};
const AGGREGATES: Readonly<Record<CountedRule["aggregate"], Declaration>> = {
  count: { count: "attempts" },
  distinct: { distinct: "person" },
  sum: { sum: "amount" },
};

function declarationOf({ entity, aggregate, windowSeconds, atLeast }: CountedRule): Declaration {
  const fact = FACTS[entity];
  if (fact !== undefined) return { fact, window: durationText(windowSeconds) };
  if (entity === "person") return { fact: "purchasesToday" };
  // More than a log is exact for: a tally of the day.
  if (aggregate === "count" && atLeast > EXACT) return { entity, count: "settled", per: "day" };
  return { entity, ...AGGREGATES[aggregate], window: durationText(windowSeconds), exact: EXACT };
}

function durationText(seconds: number): string {
  if (seconds % HOUR_S === 0) return `${seconds / HOUR_S}h`;
  return seconds % MINUTE_S === 0 ? `${seconds / MINUTE_S}m` : `${seconds}s`;
}
