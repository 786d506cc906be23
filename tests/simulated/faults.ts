import type { Trace } from "./history.ts";
import type { SimulatedInstance } from "./instance.ts";
import type { PlannedFault } from "./plan-faults.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SimulatedKafka } from "./simulated-kafka.ts";
import type { SimulatedStore } from "./simulated-store.ts";

export interface Breakable {
  readonly scheduler: Scheduler;
  readonly store: SimulatedStore;
  readonly kafka: SimulatedKafka;
  readonly instances: readonly SimulatedInstance[];
  readonly trace: Trace;
  /** Told when an instance loses its power. */
  powerCut(instance: number): void;
}

/** Makes a fault begin, and end after its time. Those of one kind that overlap end together with the last. */
export class Faults {
  private readonly world: Breakable;
  private readonly moods = { store: 0, kafka: 0 };
  private readonly downs = new Map<number, number>();

  constructor(world: Breakable) {
    this.world = world;
  }

  async happen(fault: PlannedFault): Promise<void> {
    const { scheduler, trace } = this.world;
    await scheduler.sleep(fault.at);
    trace.say(() => `FAULT     ${describe(fault)}`);
    const end = this.begin(fault);
    await scheduler.sleep(fault.lasts);
    trace.say(() => `FAULT     over: ${fault.kind}`);
    await end();
  }

  private begin(fault: PlannedFault): () => void | Promise<void> {
    const { store, kafka, instances } = this.world;
    switch (fault.kind) {
      case "store":
        return this.inMood(
          "store",
          () => store.set(fault.mood),
          () => store.set("well"),
        );
      case "kafka":
        return this.inMood(
          "kafka",
          () => {
            kafka.mood = fault.mood;
          },
          () => {
            kafka.mood = "well";
          },
        );
      case "failover": {
        const lost = store.failOver(fault.lost);
        this.world.trace.say(
          () => `store     a replica took over; writes of ${lost} swipes are gone`,
        );
        return () => undefined;
      }
      case "link": {
        const { slow, loss, twice, mixed } = fault;
        return pushed(instances[fault.instance]?.linkTroubles() ?? [], {
          slow,
          loss,
          twice,
          mixed,
        });
      }
      case "disk": {
        const trouble =
          fault.what === "slow" ? { slow: fault.slow } : { [fault.what]: true as const };
        return pushed(instances[fault.instance]?.disk.trouble ?? [], trouble);
      }
      case "clock": {
        const instance = instances[fault.instance];
        if (instance !== undefined) instance.offset += fault.by;
        return () => {
          if (instance !== undefined) instance.offset -= fault.by;
        };
      }
      case "crash":
        return this.crash(fault);
    }
  }

  private inMood(what: "store" | "kafka", begin: () => void, end: () => void): () => void {
    this.moods[what] += 1;
    begin();
    return () => {
      this.moods[what] -= 1;
      if (this.moods[what] === 0) end();
    };
  }

  private crash(fault: Extract<PlannedFault, { kind: "crash" }>): () => Promise<void> {
    const { instances } = this.world;
    const instance = instances[fault.instance];
    this.downs.set(fault.instance, (this.downs.get(fault.instance) ?? 0) + 1);
    if (fault.power) this.world.powerCut(fault.instance);
    instance?.die(fault.power);
    return async () => {
      const left = (this.downs.get(fault.instance) ?? 1) - 1;
      this.downs.set(fault.instance, left);
      if (left === 0) await instance?.start();
    };
  }
}

function pushed<T>(list: T[], trouble: T): () => void {
  list.push(trouble);
  return () => {
    list.splice(list.indexOf(trouble), 1);
  };
}

export function describe(fault: PlannedFault): string {
  const { at, lasts, kind, ...how } = fault;
  const words = Object.entries(how).map(([name, value]) => `${name} ${shortly(value)}`);
  return `${kind} ${words.join(" ")} at ${shortly(at)} for ${shortly(lasts)} ms`;
}

function shortly(value: unknown): string {
  return typeof value === "number" ? String(Math.round(value * 100) / 100) : String(value);
}
