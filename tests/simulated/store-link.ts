import { StoreUnavailableError } from "../../src/counters/contract.ts";
import type { MemoryHome } from "../../src/counters/operations.ts";
import type { Random } from "../../src/simulation/random.ts";
import type { Bytes, DurationMs, EpochMs } from "../../src/units.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SimulatedStore } from "./simulated-store.ts";

/** What is wrong with the way between an instance and the store just now. */
export interface LinkTrouble {
  /** Up to so much longer, each way. */
  readonly slow?: DurationMs;
  /** Requests and replies that never arrive. */
  readonly loss?: number;
  /** Commands that arrive once more, later. */
  readonly twice?: number;
  /** Messages overtake each other. */
  readonly mixed?: boolean;
}

/** A way without trouble takes this long, one way. */
const USUAL: readonly [DurationMs, DurationMs] = [0.05, 0.8];
/** As the guard's own connection does it: nothing is sent while a reply is owed for so long, and it is given up at last. */
const STALLED_AFTER: DurationMs = 150;
const ABANDONED_AFTER: DurationMs = 5_000;
/** A copy of a command comes at most this much later. */
const ECHO_MAX: DurationMs = 400;

interface Pending {
  readonly sentAt: EpochMs;
  readonly fail: (error: Error) => void;
}

/** Reads run also where a store takes no more bytes. */
const READS = new Set(["read", "readTraces"]);

/** One instance's connection to the store, with a circuit in front. */
export class StoreLink {
  readonly trouble: readonly LinkTrouble[];
  private readonly scheduler: Scheduler;
  private readonly store: SimulatedStore;
  private readonly random: Random;
  private readonly isAlive: () => boolean;
  private readonly pending = new Set<Pending>();
  private connection = 0;
  private lastThere: EpochMs = 0;
  private lastBack: EpochMs = 0;

  constructor(
    scheduler: Scheduler,
    store: SimulatedStore,
    random: Random,
    isAlive: () => boolean,
    trouble: readonly LinkTrouble[],
  ) {
    this.trouble = trouble;
    this.scheduler = scheduler;
    this.store = store;
    this.random = random;
    this.isAlive = isAlive;
    store.connect(() => this.cut());
  }

  /** The store's home as this instance reaches it. */
  home(): MemoryHome {
    return new Proxy(this.store.home, {
      get: (home, name) => {
        const method: unknown = Reflect.get(home, name);
        if (typeof method !== "function") return method;
        if (name === "close") return async () => undefined;
        return (...given: unknown[]) =>
          this.carry(String(name), swipeOf(given[0]), () =>
            Promise.resolve(Reflect.apply(method, home, given)),
          );
      },
    });
  }

  answers(): boolean {
    const [oldest] = this.pending;
    const waited = oldest === undefined ? 0 : this.scheduler.now() - oldest.sentAt;
    return this.store.mood !== "gone" && waited <= STALLED_AFTER;
  }

  /** All that is under way fails; what had arrived runs all the same. */
  private cut(): void {
    if (!this.isAlive()) return;
    this.connection += 1;
    const failed = [...this.pending];
    this.pending.clear();
    for (const { fail } of failed) fail(new StoreUnavailableError("The connection broke."));
  }

  private carry<T>(name: string, swipe: Bytes, work: () => Promise<T>): Promise<T> {
    if (!this.answers()) {
      return Promise.reject(new StoreUnavailableError("The store is not reachable."));
    }
    const { connection } = this;
    return new Promise((resolve, reject) => {
      const pending: Pending = { sentAt: this.scheduler.now(), fail: reject };
      this.pending.add(pending);
      const done = (tell: () => void) => {
        if (!this.isAlive() || connection !== this.connection) return;
        if (!this.pending.delete(pending)) return;
        tell();
      };
      this.scheduler.after(ABANDONED_AFTER, () => {
        if (this.isAlive() && connection === this.connection && this.pending.has(pending))
          this.cut();
      });
      if (this.happens("loss")) return;
      const run = (tell: boolean) => {
        if (this.store.mood === "full" && !READS.has(name)) {
          if (tell)
            this.back(() => done(() => reject(new StoreUnavailableError("Out of memory."))));
          return;
        }
        const result = this.store.execute(swipe, work);
        if (!tell) {
          result.catch(() => undefined);
          return;
        }
        result.then(
          (value) => this.back(() => done(() => resolve(value))),
          (error) => this.back(() => done(() => reject(error))),
        );
      };
      this.there(() => this.store.arrive(() => run(true)));
      if (this.happens("twice")) {
        this.scheduler.after(this.random.within(0, ECHO_MAX), () => {
          this.there(() => this.store.arrive(() => run(false)));
        });
      }
    });
  }

  private happens(what: "loss" | "twice"): boolean {
    return this.trouble.some((each) => this.random.chance(each[what] ?? 0));
  }

  private there(run: () => void): void {
    this.lastThere = this.onTheWay(this.lastThere, run);
  }

  private back(run: () => void): void {
    if (this.happens("loss")) return;
    this.lastBack = this.onTheWay(this.lastBack, run);
  }

  private onTheWay(last: EpochMs, run: () => void): EpochMs {
    const slow = this.trouble.reduce((most, { slow = 0 }) => Math.max(most, slow), 0);
    const mixed = this.trouble.some((each) => each.mixed === true);
    const now = this.scheduler.now();
    const comes = now + this.random.within(...USUAL) + this.random.within(0, slow);
    const at = mixed ? comes : Math.max(comes, last);
    this.scheduler.after(at - now, run);
    return at;
  }
}

function swipeOf(plan: unknown): Bytes {
  const swipe = (plan as { readonly swipe?: unknown } | undefined)?.swipe;
  return typeof swipe === "string" ? swipe : "";
}
