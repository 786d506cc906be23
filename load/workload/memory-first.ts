import type { Needs } from "../../src/features/definition.ts";
import type { FeaturePlan } from "../../src/features/plan.ts";

/** A rule as the policy file has it, as far as it says what it looks at. */
export interface LookingRule {
  readonly levels: Readonly<Record<string, string>>;
}

/**
 * Some of the rules, so chosen that few of them look at as much of the memory as all do: first those that bring a kind
 * of memory none before them looks at, then others from all over the policy. Fewer rules over less memory would cost
 * less for the memory's sake, and a rule would seem dearer than it is.
 */
export function memoryFirst<T extends LookingRule>(
  rules: readonly T[],
  plan: FeaturePlan,
  count: number,
): readonly T[] {
  const first = covering(rules, plan);
  const others = rules.filter((rule) => !first.includes(rule));
  const taken = [...first.slice(0, count), ...spread(others, Math.max(0, count - first.length))];
  return rules.filter((rule) => taken.includes(rule));
}

/** What of a plan says where it looks. */
interface Looks {
  readonly logs: readonly { readonly entity: string }[];
  readonly bindings: readonly { readonly kind: string }[];
  readonly tallies: readonly string[];
  readonly needs: FeaturePlan["needs"];
}

/** Kinds of memory that a plan looks at: logs, bindings and tallies by what they are of, and the rest by name. */
export function kindsOf({ logs, bindings, tallies, needs }: Looks): readonly string[] {
  return [
    ...logs.map(({ entity }) => `log of ${entity}`),
    ...bindings.map(({ kind }) => `binding of ${kind}`),
    ...tallies.map((kind) => `tally of ${kind}`),
    ...Object.entries(needs).flatMap(([name, isNeeded]) => (isNeeded ? [name] : [])),
  ];
}

/** Each brings a kind of memory; those that bring most come first, else in the policy's order. */
function covering<T extends LookingRule>(rules: readonly T[], plan: FeaturePlan): readonly T[] {
  const kinds = kindsByFeature(plan);
  const known = new Set<string>();
  const taken: T[] = [];
  for (;;) {
    const [best] = rules
      .map((rule) => ({ rule, brings: lookedAt(rule, kinds).filter((kind) => !known.has(kind)) }))
      .filter(({ brings }) => brings.length > 0)
      .sort((one, other) => other.brings.length - one.brings.length);
    if (best === undefined) return taken;
    for (const kind of best.brings) known.add(kind);
    taken.push(best.rule);
  }
}

function kindsByFeature({ swipe, lines }: FeaturePlan): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...swipe, ...lines].map(({ name, definition }) => [name, kindsNeeded(definition.needs)]),
  );
}

function kindsNeeded(needs: Needs): readonly string[] {
  const { log, bindings = [], tallies = [], flags, token, prescriptions } = needs;
  return kindsOf({
    ...{ bindings, tallies },
    logs: log === undefined ? [] : [log],
    needs: { flags: flags === true, token: token === true, prescriptions: prescriptions === true },
  });
}

function lookedAt(
  { levels }: LookingRule,
  kinds: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const names = Object.values(levels).flatMap((condition) => condition.match(/[A-Za-z]\w*/g) ?? []);
  return [...new Set(names.flatMap((name) => kinds.get(name) ?? []))];
}

function spread<T>(all: readonly T[], count: number): readonly T[] {
  return Array.from(
    { length: count },
    (_, index) => all[Math.floor((index * all.length) / count)],
  ).filter((one) => one !== undefined);
}
