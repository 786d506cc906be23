import { openJournal } from "../../src/audit/journal.ts";
import { Relay, type Sink } from "../../src/audit/relay.ts";
import { openWaitingRecords } from "../../src/audit/waiting-records.ts";
import type { Bundle } from "../../src/checkout/bundle.ts";
import { createShop } from "../../src/checkout/create-desk.ts";
import type { Desk } from "../../src/checkout/desk.ts";
import type { EntryLoop } from "../../src/checkout/entry/entry.ts";
import { createJournalRecorder } from "../../src/checkout/journal-recorder.ts";
import { fixedKeyring } from "../../src/checkout/keyring.ts";
import type { DeskTools } from "../../src/checkout/tools.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import type { MemoryHome } from "../../src/counters/operations.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import type { Pseudonymiser } from "../../src/privacy/pseudonymiser.ts";
import type { Random } from "../../src/simulation/random.ts";
import { type Clock, type DurationMs, type EpochMs, type Notice, SILENT } from "../../src/units.ts";
import type { SimulatedFolders } from "./install-files.ts";
import { mortalTimers, type Scheduler } from "./scheduler.ts";
import { SimulatedDisk } from "./simulated-disk.ts";
import type { SimulatedKafka } from "./simulated-kafka.ts";
import type { SimulatedStore } from "./simulated-store.ts";
import { type LinkTrouble, StoreLink } from "./store-link.ts";

/** The contract's default. */
export const DEADLINE: DurationMs = 50;
export const GENERATION = "g1";
const START_AGAIN: DurationMs = 1_000;
/** A millionth of a second or two. */
const STEP_OF_WORK: DurationMs = 0.002;

/** What a world gives each of its instances; `home` and `journal` let a test put something faulty in between. */
export interface Surroundings {
  readonly scheduler: Scheduler;
  readonly folders: SimulatedFolders;
  readonly store: SimulatedStore;
  readonly kafka: SimulatedKafka;
  readonly bundle: Bundle;
  readonly pseudonymiser: Pseudonymiser;
  readonly broken: Breakage;
  notice(instance: number, notice: Notice): void;
}

/** A guard with a fault of its own, at one of its ports; none of it is there in an honest world. */
export interface Breakage {
  readonly home?: (home: MemoryHome) => MemoryHome;
  readonly sink?: (sink: Sink) => Sink;
  /** Writes reach the system at the flush only. */
  readonly buffered?: true;
  readonly deadlineTimes?: number;
}

interface Process {
  readonly desk: Desk;
  readonly entry: EntryLoop;
}

/** One guard: its process comes and goes, its disk stays. */
export class SimulatedInstance {
  readonly disk: SimulatedDisk;
  boot = 0;
  offset: DurationMs;
  private readonly number: number;
  private readonly around: Surroundings;
  private readonly random: Random;
  private process: Process | undefined;
  /** Ends whoever waits for a start that was killed: a dead process's disk never answers. */
  private killed: () => void = () => undefined;
  private readonly troubles: LinkTrouble[] = [];

  constructor(number: number, offset: DurationMs, around: Surroundings, random: Random) {
    this.number = number;
    this.offset = offset;
    this.around = around;
    this.random = random;
    this.disk = new SimulatedDisk(around.scheduler, random.fork("disk"), around.broken.buffered);
  }

  get desk(): Desk | undefined {
    return this.process?.desk;
  }

  isRunning(boot: number): boolean {
    return this.process !== undefined && this.boot === boot;
  }

  /** A start that fails at a sick disk ends the process, and whoever watches over it starts it again. */
  async start(): Promise<void> {
    for (;;) {
      try {
        const killed = new Promise<void>((resolve) => {
          this.killed = resolve;
        });
        return await Promise.race([this.tryToStart(), killed]);
      } catch {
        this.die(false);
        await this.around.scheduler.sleep(START_AGAIN);
      }
    }
  }

  private async tryToStart(): Promise<void> {
    this.boot += 1;
    const { boot, around, number } = this;
    const { scheduler, store, kafka } = around;
    const isAlive = () => this.boot === boot;
    const disk = this.disk.mount();
    const folder = `${around.folders.mount(disk)}/journal`;
    const clock = busyClock(() => scheduler.now() + this.offset, this.random.fork(`clock ${boot}`));
    const timers = mortalTimers(scheduler, isAlive);
    const observer = { notice: (notice: Notice) => around.notice(number, notice) };
    const name = `guard-${number}`;
    const journal = await openJournal({
      ...{ folder, clock, timers, observer, instance: name, relayed: true },
      limits: { maxBytes: 1e9, maxDays: 30 },
    });
    const random = this.random.fork(`link ${boot}`);
    const link = new StoreLink(scheduler, store, random, isAlive, this.troubles);
    const home = around.broken.home?.(link.home()) ?? link.home();
    const now = () => Math.floor(clock.now());
    const tools: DeskTools = {
      ...{ clock, timers, observer, steady: { now: () => scheduler.now() } },
      store: createPackedStore(home, createKeyNames(GENERATION), now, SILENT),
      keyring: fixedKeyring(around.pseudonymiser),
      recorder: createJournalRecorder(journal, name, clock),
      bundle: () => around.bundle,
      enforce: "all",
      deadline: DEADLINE * (around.broken.deadlineTimes ?? 1),
      patient: false,
    };
    const records = await openWaitingRecords(journal, folder);
    const { desk, entry } = createShop(tools, { records });
    const honest = kafka.sink(name, isAlive);
    const sink = around.broken.sink?.(honest) ?? honest;
    new Relay({ journal, folder, sink, timers, observer }).start();
    if (!isAlive()) return;
    this.process = { desk, entry };
    await entry.start();
  }

  /** kill -9, or the power goes. */
  die(power: boolean): void {
    this.boot += 1;
    this.process = undefined;
    this.killed();
    this.disk.unmount(power);
    if (power) this.disk.losePower();
  }

  linkTroubles(): LinkTrouble[] {
    return this.troubles;
  }

  /** Nothing that began behind an answer is under way any more. */
  async idle(): Promise<void> {
    await this.process?.desk.idle();
    await this.process?.entry.idle();
  }

  /** How much the process still owes the store. */
  waiting(): number {
    return this.process?.entry.state().waiting ?? 0;
  }
}

/** Work takes time: no two readings of a clock are alike, and no two decisions take equally long. */
function busyClock(now: () => EpochMs, random: Random): Clock {
  let spent = 0;
  return {
    now: () => {
      spent += random.within(0, STEP_OF_WORK);
      return now() + spent;
    },
  };
}
