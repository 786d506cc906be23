import { join } from "node:path";
import type { Bundle } from "../../src/checkout/bundle.ts";
import { packageRoot } from "../../src/config/package-root.ts";
import { loadBundle } from "../../src/control/load-bundle.ts";
import { swipeKey } from "../../src/features/digests.ts";
import { Pseudonymiser } from "../../src/privacy/pseudonymiser.ts";
import { Random } from "../../src/simulation/random.ts";
import { type EpochMs, MINUTE, SECOND } from "../../src/units.ts";
import { AT } from "../checkout/shop.ts";
import { Faults } from "./faults.ts";
import { type Asked, type Losses, Trace } from "./history.ts";
import { SimulatedFolders } from "./install-files.ts";
import { type Breakage, SimulatedInstance, type Surroundings } from "./instance.ts";
import { swipeIdOf, TillMessages } from "./messages.ts";
import type { LifePlan, PlannedSale } from "./plan.ts";
import { Scheduler } from "./scheduler.ts";
import { SimulatedKafka } from "./simulated-kafka.ts";
import { SimulatedStore } from "./simulated-store.ts";
import { type Survey, survey } from "./survey.ts";
import { askedOf, Till } from "./tills.ts";

/** No life is longer: a till gives up reporting sooner. */
const LIFE_MAX = 30 * MINUTE;
/** After the last fault: long enough for the longest wait of any retry, twice. */
const CALM = 90 * SECOND;
/** How long a step may wait for a sale that nobody has entered, for each of three in a row. */
const PATIENCE = 50 * MINUTE;
/** What was recorded last is in Kafka by then. */
const RELAYED = 10 * SECOND;
/** How long before a power cut something may still have been on its way to the disk (promise 5: 100 ms). */
const FLUSH_WINDOW = 100;

/** What every life of a process shares: loaded once, never changed. */
export interface Ground {
  readonly bundle: Bundle;
  readonly pseudonymiser: Pseudonymiser;
  readonly folders: SimulatedFolders;
}

export async function layGround(): Promise<Ground> {
  const root = packageRoot();
  const pseudonymiser = new Pseudonymiser("1", Buffer.alloc(32, 7));
  const policyFile = join(root, "tests/simulated/policy.yaml");
  const referenceDir = join(root, "deploy/reference");
  const bundle = await loadBundle({ policyFile, referenceDir }, pseudonymiser, AT);
  return { bundle, pseudonymiser, folders: new SimulatedFolders() };
}

/** A life as it was, for those who judge it. */
export interface Life {
  readonly plan: LifePlan;
  readonly history: readonly Asked[];
  /** Every check that was ever answered, asked once more when all was calm. */
  readonly repeats: readonly Asked[];
  /** Which process of each instance lives at the end. */
  readonly boots: readonly number[];
  readonly losses: Losses;
  readonly survey: Survey;
  readonly trace: readonly string[];
  readonly events: number;
  /** Why it did not come to its end. */
  readonly stuck?: string;
}

export interface LifeOptions {
  readonly trace?: boolean;
  readonly broken?: Breakage;
}

/** Lives one life from its plan to its end, and looks at what is left. */
export async function live(
  ground: Ground,
  plan: LifePlan,
  options: LifeOptions = {},
): Promise<Life> {
  ground.folders.install();
  try {
    return await new World(ground, plan, options).live();
  } finally {
    ground.folders.uninstall();
    ground.folders.clear();
  }
}

class World {
  private readonly ground: Ground;
  private readonly plan: LifePlan;
  private readonly scheduler = new Scheduler(AT);
  private readonly store: SimulatedStore;
  private readonly kafka: SimulatedKafka;
  private readonly random: Random;
  private readonly trace: Trace;
  private readonly instances: SimulatedInstance[];
  private readonly history: Asked[] = [];
  private readonly powerCuts: Losses["powerCuts"][number][] = [];
  private readonly troubles: string[] = [];
  /** Tills and faults that have not come to their end. */
  private open = 0;
  private events = 0;

  constructor(ground: Ground, plan: LifePlan, { trace = false, broken = {} }: LifeOptions) {
    this.ground = ground;
    this.plan = plan;
    const { scheduler } = this;
    this.random = new Random(`${plan.seed}/chance`);
    this.trace = new Trace(trace, () => scheduler.now());
    this.store = new SimulatedStore(scheduler);
    this.kafka = new SimulatedKafka(scheduler, this.random.fork("kafka"));
    const around: Surroundings = {
      ...{ scheduler, store: this.store, kafka: this.kafka, ...ground, broken },
      notice: (instance, { kind, labels }) =>
        this.trace.say(() => `guard-${instance}   . ${kind} ${JSON.stringify(labels ?? {})}`),
    };
    this.instances = plan.offsets.map(
      (offset, number) =>
        new SimulatedInstance(number, offset, around, this.random.fork(`guard ${number}`)),
    );
  }

  async live(): Promise<Life> {
    await this.happens();
    await this.calmsDown();
    this.trace.say(() => "CALM");
    const repeats = await this.askedAgain();
    const { plan, scheduler, store, kafka, instances, ground } = this;
    return {
      ...{ plan, history: this.history, repeats },
      boots: instances.map(({ boot }) => boot),
      losses: this.losses(),
      survey: await survey({ ground, plan, scheduler, store, kafka, instances }),
      trace: this.trace.all(),
      events: this.events,
      ...(this.troubles.length > 0 ? { stuck: this.troubles.join("; ") } : {}),
    };
  }

  /** Everything that was planned, until the last till has gone home. */
  private async happens(): Promise<void> {
    const { scheduler, plan, store, kafka, instances, trace } = this;
    for (const instance of instances) this.under(instance.start());
    await this.until(AT, () => this.open === 0);
    const powerCut = (instance: number) => this.powerCut(instance);
    const faults = new Faults({ scheduler, store, kafka, instances, trace, powerCut });
    for (const fault of plan.faults) this.under(faults.happen(fault));
    for (const sale of plan.sales) this.under(this.customer(sale));
    await this.until(AT + LIFE_MAX, () => this.open === 0);
    if (this.open > 0) this.troubles.push(`${this.open} tills or faults did not come to their end`);
  }

  /** No more faults: whatever is owed is done, and what was recorded is in Kafka. */
  private async calmsDown(): Promise<void> {
    const { scheduler, instances } = this;
    await this.until(scheduler.now() + CALM);
    const isOwed = () => instances.some((instance) => instance.waiting() > 0);
    if (isOwed()) await this.until(scheduler.now() + PATIENCE, () => !isOwed());
    await this.until(scheduler.now() + RELAYED);
    for (const instance of instances) this.under(instance.idle());
    await this.until(scheduler.now() + SECOND);
    if (this.open > 0) this.troubles.push("what began behind the answers does not end");
  }

  /** Every check that was ever answered, once more, at an instance that may be another. */
  private async askedAgain(): Promise<readonly Asked[]> {
    const { plan, scheduler, random, instances, trace } = this;
    const repeats: Asked[] = [];
    const shop = { plan, scheduler, random, instances, trace, history: repeats };
    for (const sale of this.answered()) {
      const instance = instances[sale.number % instances.length];
      if (instance === undefined) continue;
      const asked = askedOf(shop, sale, new TillMessages(plan, sale), "check", instance);
      if (asked !== undefined) this.under(asked.answered.then(() => undefined));
    }
    await this.until(scheduler.now() + CALM);
    return repeats;
  }

  private async until(end: EpochMs, over?: () => boolean): Promise<void> {
    this.events += await this.scheduler.runUntil(end, over);
  }

  private under(work: Promise<void>): void {
    this.open += 1;
    work
      .catch((error: unknown) => this.troubles.push(String(error)))
      .finally(() => {
        this.open -= 1;
      });
  }

  private async customer(sale: PlannedSale): Promise<void> {
    await this.scheduler.sleep(sale.at);
    const { plan, scheduler, random, instances, history, trace } = this;
    await new Till({ plan, scheduler, random, instances, history, trace }, sale).serve();
  }

  private answered(): readonly PlannedSale[] {
    const checks = this.history.filter(({ step, answer }) => step === "check" && answer?.decision);
    return [...new Set(checks.map(({ sale }) => sale))];
  }

  private powerCut(instance: number): void {
    const now = this.scheduler.now();
    // A disk that is slow or fails keeps more from being flushed, and what a flush has failed for is not tried again.
    const disk = this.instances[instance]?.disk;
    const isSick = disk !== undefined && (disk.trouble.length > 0 || disk.hasFailed);
    this.powerCuts.push({ instance, from: isSick ? 0 : now - FLUSH_WINDOW, to: now });
  }

  private losses(): Losses {
    const ids = this.plan.sales.map((sale) => swipeIdOf(this.plan, sale));
    const forgotten = ids.filter((id) => this.store.forgotten.has(swipeKey("", id)));
    return { forgotten: new Set(forgotten), powerCuts: this.powerCuts };
  }
}
