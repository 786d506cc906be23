import t, { type Test } from "tap";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { Random } from "../../src/simulation/random.ts";
import { counterStoreConforms, type StoreUnderTest } from "../conformance/counter-store.ts";
import { START } from "../conformance/swipes.ts";
import { faultRow } from "../faults/fault-row.ts";
import { auditLife } from "./auditor.ts";
import { DEADLINE } from "./instance.ts";
import { OLD_SEEDS } from "./old-seeds.ts";
import { planLife } from "./plan.ts";
import { commandOf, shrink } from "./reduce.ts";
import { Scheduler } from "./scheduler.ts";
import { SimulatedStore } from "./simulated-store.ts";
import { StoreLink } from "./store-link.ts";
import { type Ground, type Life, layGround, live } from "./world.ts";

/** How long fresh seeds are lived: 30 s where everything is tested, a night where somebody asks for it. */
const SECONDS = Number(process.env["GUARD_SIMULATE_SECONDS"] ?? 30);
/** Each failing seed is shrunk and told; more of them say no more. */
const TOLD_MAX = 3;

t.test("the store of the simulated world, without faults, is a store like others", async (t) => {
  counterStoreConforms(t, async () => reached());
});

t.test("lives that once went wrong go right", async (t) => {
  const ground = await layGround();
  for (const seed of OLD_SEEDS) await goesRight(t, ground, seed);
});

t.test("lives nobody has seen before go right", async (t) => {
  const ground = await layGround();
  const name = process.env["GUARD_SIMULATE_SEED"] ?? String(Date.now());
  t.comment(`fresh seeds begin with ${name}`);
  const end = performance.now() + SECONDS * 1_000;
  const sum = { lives: 0, requests: 0, slowest: 0, failed: 0 };
  while (performance.now() < end && sum.failed < TOLD_MAX) {
    const life = await goesRight(t, ground, `${name}-${sum.lives}`);
    sum.lives += 1;
    sum.requests += life.history.length;
    sum.slowest = Math.max(sum.slowest, slowestOf(life));
    if (auditLife(life).length > 0) sum.failed += 1;
  }
  t.comment(`${sum.lives} lives with ${sum.requests} requests in ${SECONDS} s`);
  if (sum.failed > 0) return;
  faultRow({
    fault: "everything at once, seeded",
    made: "a simulated world: several guards, their disks, network, store, Kafka and clocks in virtual time; delay, loss, duplication, reordering, crash, power loss, clock steps",
    runs: sum.lives,
    requests: sum.requests,
    lost: 0,
    countedTwice: 0,
    slowestMs: sum.slowest,
    deadlineMs: DEADLINE,
  });
});

async function goesRight(t: Test, ground: Ground, seed: string): Promise<Life> {
  const plan = planLife(seed);
  const life = await live(ground, plan);
  const [first, ...more] = auditLife(life);
  if (first === undefined) {
    t.pass(seed);
    return life;
  }
  const smaller = commandOf(seed, await shrink(ground, plan, first));
  t.fail(`${seed}: ${first}`, { more, again: commandOf(seed), smaller });
  return life;
}

function slowestOf({ history }: Life): number {
  const checks = history.filter(({ step }) => step === "check");
  const took = checks.map(({ at, answer }) => (answer === undefined ? 0 : answer.at - at));
  return Math.round(Math.max(0, ...took) * 10) / 10;
}

/** A packed store at this end of the simulated network, and a clock that goes on while somebody waits for it. */
function reached(): StoreUnderTest {
  const scheduler = new Scheduler(START);
  let now = START;
  const store = new SimulatedStore(scheduler, () => now);
  const link = new StoreLink(scheduler, store, new Random("conformance"), () => true, []);
  const packed = createPackedStore(link.home(), createKeyNames("g1"), () => now);
  return {
    store: new Proxy(packed, {
      get: (of, name) => {
        const method: unknown = Reflect.get(of, name);
        if (typeof method !== "function") return method;
        return async (...given: unknown[]) => {
          const work: Promise<unknown> = Reflect.apply(method, of, given);
          let over = false;
          const done = work.finally(() => {
            over = true;
          });
          done.catch(() => undefined);
          while (!over) await scheduler.runUntil(scheduler.now() + 1);
          return done;
        };
      },
    }),
    setNow: (at) => {
      now = at;
    },
  };
}
