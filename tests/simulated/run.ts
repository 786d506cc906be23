import { auditLife } from "./auditor.ts";
import { describe } from "./faults.ts";
import { planLife } from "./plan.ts";
import { commandOf, reduced, shrink } from "./reduce.ts";
import { layGround, live } from "./world.ts";

const USAGE = `node build/tests/simulated/run.js SEED [--trace] [--omit s3,f0,loss,skew] [--shrink]
node build/tests/simulated/run.js SEED --lives 1000`;

const [seed, ...flags] = process.argv.slice(2);
const given = (name: string) => (flags.includes(name) ? flags[flags.indexOf(name) + 1] : undefined);

if (seed === undefined) console.log(USAGE);
else if (given("--lives") !== undefined) await many(seed, Number(given("--lives")));
else await one(seed);

/** One life, as the failing seed's command asks for it. */
async function one(seed: string): Promise<void> {
  const ground = await layGround();
  const whole = planLife(seed);
  const plan = reduced(whole, new Set((given("--omit") ?? "").split(",")));
  const life = await live(ground, plan, { trace: flags.includes("--trace") });
  const findings = auditLife(life);
  for (const line of life.trace) console.log(line);
  for (const sale of plan.sales) console.log(`planned: ${JSON.stringify(sale)}`);
  for (const fault of plan.faults) console.log(`planned: ${describe(fault)}`);
  for (const finding of findings) console.log(`FOUND ${finding}`);
  const [first] = findings;
  if (first !== undefined && flags.includes("--shrink")) {
    console.log(`smaller: ${commandOf(seed, await shrink(ground, whole, first))}`);
  }
  process.exitCode = findings.length > 0 ? 1 : 0;
}

/** Many lives from one seed, and how often each kind of promise was broken. */
async function many(seed: string, lives: number): Promise<void> {
  const ground = await layGround();
  const began = performance.now();
  let events = 0;
  let asked = 0;
  const kinds = new Map<string, Set<string>>();
  for (let number = 0; number < lives; number++) {
    const life = await live(ground, planLife(`${seed}-${number}`));
    events += life.events;
    asked += life.history.length;
    for (const finding of auditLife(life)) {
      const kind = finding.slice(0, finding.indexOf(":"));
      kinds.set(kind, (kinds.get(kind) ?? new Set()).add(`${seed}-${number}`));
    }
  }
  const took = performance.now() - began;
  const rate = Math.round((lives * 60_000) / took);
  console.log(`${lives} lives, ${events} events, ${asked} requests: ${rate} lives a minute`);
  for (const [kind, seeds] of kinds) {
    console.log(`${kind}: ${seeds.size} lives, ${[...seeds].slice(0, 6).join(" ")}`);
  }
  process.exitCode = kinds.size > 0 ? 1 : 0;
}
