import { auditLife, kindOf } from "./auditor.ts";
import type { LifePlan } from "./plan.ts";
import type { Ground, LifeOptions } from "./world.ts";
import { live } from "./world.ts";

/**
 * Parts of a plan that are left out: `s3` the third sale's customer, `f0` the first fault, `d3` the doubling of a sale's
 * messages, `loss` what is lost between till and guard, `skew` what clocks differ by.
 */
export type Omissions = ReadonlySet<string>;

export function reduced(plan: LifePlan, omitted: Omissions): LifePlan {
  const sales = plan.sales
    .filter(({ number }) => !omitted.has(`s${number}`))
    .map((sale) => (omitted.has(`d${sale.number}`) ? { ...sale, doubled: false } : sale));
  return {
    ...plan,
    sales,
    faults: plan.faults.filter((_, index) => !omitted.has(`f${index}`)),
    tillLoss: omitted.has("loss") ? 0 : plan.tillLoss,
    offsets: omitted.has("skew") ? plan.offsets.map(() => 0) : plan.offsets,
  };
}

function partsOf(plan: LifePlan): readonly string[] {
  return [
    ...plan.faults.map((_, index) => `f${index}`),
    ...(plan.tillLoss > 0 ? ["loss"] : []),
    "skew",
    ...plan.sales.map(({ number }) => `s${number}`),
    ...plan.sales.filter(({ doubled }) => doubled).map(({ number }) => `d${number}`),
  ];
}

/**
 * Leaves out one part after the other for as long as a finding of the same kind stays; twice, since one part may have
 * needed another. About 40 lives.
 */
export async function shrink(
  ground: Ground,
  plan: LifePlan,
  finding: string,
  options: LifeOptions = {},
): Promise<Omissions> {
  const omitted = new Set<string>();
  for (let round = 0; round < 2; round++) {
    for (const part of partsOf(plan)) {
      if (omitted.has(part)) continue;
      omitted.add(part);
      const life = await live(ground, reduced(plan, omitted), options);
      const stays = auditLife(life).some((other) => kindOf(other) === kindOf(finding));
      if (!stays) omitted.delete(part);
    }
  }
  return omitted;
}

/** The command that lives this life again and shows all that happened. */
export function commandOf(seed: string, omitted: Omissions = new Set()): string {
  const omit = omitted.size === 0 ? "" : ` --omit ${[...omitted].join(",")}`;
  return `node build/tests/simulated/run.js ${seed}${omit} --trace`;
}
