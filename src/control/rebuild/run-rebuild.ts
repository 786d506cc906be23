import type { RecordFacts, RecordSource } from "../../audit/record-source.ts";
import type { Rebuilder } from "../../checkout/rebuild/rebuilder.ts";
import type { CounterStore, PersonKey } from "../../counters/contract.ts";
import { pseudonymBytes } from "../../features/digests.ts";
import type { Clock, DurationMs, EpochMs, Timers } from "../../units.ts";
import { GOOD_FOR } from "../follow-generations.ts";
import type { Generations } from "../generations.ts";
import { type Counts, RecordApplier } from "./apply-record.ts";
import { type Comparison, compareMemories, PersonSample, SAMPLE_MAX } from "./compare-memories.ts";
import type { GenerationChanges } from "./generation-changes.ts";
import {
  RebuildInterruptedError,
  RecordEmptyError,
  RecordIncompleteError,
} from "./rebuild-errors.ts";

/** An instance follows within a second, and goes by nothing older than this; then everybody must have followed. */
const FOLLOWED_AFTER: DurationMs = GOOD_FOR + 1_000;
/** Behind the present by no more than what readers wait for records that come out of order. */
const CAUGHT_UP: DurationMs = 6_000;
const RENEW_EVERY: DurationMs = 3_000;
const TELL_EVERY: DurationMs = 250;
const WAIT_FOR_MORE: DurationMs = 50;
const BATCH = 200;
/** What is written between two looks at the same ledgers differs for an instant. */
const COMPARE_AGAIN = 4;
const COMPARE_AFTER: DurationMs = 1_000;

export type RebuildPhase =
  | "cleaning"
  | "filling"
  | "following"
  | "comparing"
  | "switching"
  | "removing";

export interface RebuildProgress {
  readonly phase: RebuildPhase;
  readonly records: number;
  /** Up to when the record has been applied. */
  readonly at: EpochMs;
}

export interface RebuildOptions {
  /** Fills and compares, and leaves everything as it was. */
  readonly dryRun: boolean;
  /** The generation before stays in the store. */
  readonly keepOld: boolean;
  /** Switches although the record does not tell of everything the memory has. */
  readonly acceptGaps: boolean;
}

export interface RebuildParts {
  readonly changes: GenerationChanges;
  readonly source: RecordSource;
  /** For one generation of the memory. */
  rebuilderOf(generation: string): Rebuilder;
  storeOf(generation: string): CounterStore;
  /** Some of the persons that a generation knows. */
  personsOf(generation: string, max: number): Promise<readonly PersonKey[]>;
  /** Removes a generation that no document names as living. */
  remove(generation: string): Promise<void>;
  /** Others may use the memory meanwhile; the embedded one is nobody else's. */
  readonly live: boolean;
  readonly options: RebuildOptions;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly signal: AbortSignal;
  progress(progress: RebuildProgress): void;
}

export interface RebuildReport {
  readonly switched: boolean;
  readonly living: string;
  readonly before: string;
  readonly records: number;
  readonly outcomes: Counts;
  /** Checks that another policy than the one in force had decided. */
  readonly otherPolicy: number;
  readonly seconds: number;
  /** Of them, until the record had been caught up with: what a longer record takes longer for. */
  readonly filledIn: number;
  readonly compared: Comparison;
  readonly record: RecordFacts;
}

/**
 * Fills another generation of the memory from the record, and lets it take the living one's place.
 *
 * The record alone fills it, in its own order, until it has caught up; only then are live swipes written to both, and
 * once everything recorded before every instance did so has been applied, the two are compared and change places. Both
 * are written until every instance must have followed. Until they change places, whatever happens leaves the living
 * one as it was.
 *
 * @throws RecordEmptyError, RecordIncompleteError, RebuildInterruptedError, RebuildOvertakenError, StoreUnavailableError
 */
export async function runRebuild(parts: RebuildParts): Promise<RebuildReport> {
  const rebuild = new Rebuild(parts);
  await rebuild.cleanUp();
  await rebuild.begin();
  try {
    await rebuild.fill();
    const compared = await rebuild.compare();
    if (parts.options.dryRun) {
      await rebuild.undo();
      return rebuild.report(compared, false);
    }
    await rebuild.changePlaces();
    return rebuild.report(compared, true);
  } catch (error) {
    // Where the store is gone, or another rebuild's, the next run finds what is left.
    await rebuild.undo().catch(() => undefined);
    throw error;
  }
}

class Rebuild {
  private readonly parts: RebuildParts;
  private readonly startedAt: EpochMs;
  private readonly before: string;
  private filling = "";
  private applier: RecordApplier | undefined;
  private rebuilder: Rebuilder | undefined;
  private readonly sample: PersonSample;
  private phase: RebuildPhase = "cleaning";
  private toldAt: EpochMs = 0;
  private renewedAt: EpochMs = 0;
  private hasSwitched = false;
  private filledIn: DurationMs = 0;

  constructor(parts: RebuildParts) {
    this.parts = parts;
    this.startedAt = parts.clock.now();
    this.before = parts.changes.current.living;
    this.sample = new PersonSample(parts.random);
  }

  /** What a rebuild that died left behind: a half-filled generation, or the one before that nobody uses any more. */
  async cleanUp(): Promise<void> {
    const { living, other, kept, phase } = this.parts.changes.current;
    const left = [...kept, ...(other === undefined ? [] : [other])];
    if (left.length === 0) return;
    await this.alone(living, left);
    if (phase === "mirrored" || phase === "leaving") await this.followed();
    if (!this.parts.options.keepOld) await this.removeAll(living, left);
  }

  async begin(): Promise<void> {
    const { changes } = this.parts;
    const { living, kept } = changes.current;
    this.filling = changes.next();
    // What is left under its name, where the store has lost its word of a rebuild before, is none of the record's.
    await this.parts.remove(this.filling);
    await changes.write({ phase: "filling", living, other: this.filling, kept });
    this.rebuilder = this.parts.rebuilderOf(this.filling);
    this.applier = new RecordApplier(this.rebuilder, this.parts.timers);
  }

  /** Everything recorded, until live swipes are written to both and nothing of before is left to apply. */
  async fill(): Promise<void> {
    const { changes, clock, source, live, options } = this.parts;
    this.phase = "filling";
    const from = clock.now();
    await this.workUntil(() => source.readTo() >= Math.max(from, clock.now() - CAUGHT_UP));
    this.filledIn = clock.now() - from;
    if (this.applied === 0) throw new RecordEmptyError(source.facts().name);
    if (!live || options.dryRun) return;
    this.phase = "following";
    await changes.write({ ...changes.current, phase: "mirrored" });
    const mirroredAt = clock.now() + FOLLOWED_AFTER;
    await this.workUntil(() => source.readTo() >= mirroredAt);
  }

  /** @throws RecordIncompleteError where the memory has more than the record tells of */
  async compare(): Promise<Comparison> {
    const { options, source, timers } = this.parts;
    this.phase = "comparing";
    let compared = await this.compareNow();
    for (let again = 1; again < COMPARE_AGAIN && compared.missing > 0; again += 1) {
      await this.workFor(COMPARE_AFTER, timers);
      compared = await this.compareNow();
    }
    const { trimmed, lost } = source.facts();
    const isIncomplete = compared.missing > 0 || trimmed || lost > 0;
    if (isIncomplete && !options.acceptGaps && !options.dryRun)
      throw new RecordIncompleteError(source.facts(), compared);
    return compared;
  }

  /** From here on it is the rebuilt memory that answers, and nothing stops it half way. */
  async changePlaces(): Promise<void> {
    const { changes, clock, live, source, options } = this.parts;
    const { living, kept } = changes.current;
    this.stopIfInterrupted();
    this.phase = "switching";
    const old = [...kept, living];
    if (live) {
      await changes.write({ phase: "leaving", living: this.filling, other: living, kept });
      this.hasSwitched = true;
      const switchedAt = clock.now() + FOLLOWED_AFTER;
      await this.workUntil(() => source.readTo() >= switchedAt);
    }
    await this.rebuilder?.finish();
    await this.alone(this.filling, old);
    this.hasSwitched = true;
    if (live) await this.followed();
    if (!options.keepOld) await this.removeAll(this.filling, old);
    await changes.letGo();
  }

  /** As if nothing had been: nobody has read the half-filled one. */
  async undo(): Promise<void> {
    const { changes } = this.parts;
    if (this.hasSwitched) return;
    const { living, phase, kept } = changes.current;
    await this.alone(living, [...kept, this.filling]);
    if (phase === "mirrored") await this.followed();
    await this.parts.remove(this.filling);
    await changes.write({ phase: "steady", living, kept });
    await changes.letGo();
  }

  report(compared: Comparison, switched: boolean): RebuildReport {
    const { clock, source } = this.parts;
    return {
      switched,
      living: switched ? this.filling : this.before,
      before: this.before,
      records: this.applied,
      outcomes: this.applier?.counts ?? {},
      otherPolicy: this.rebuilder?.otherPolicy ?? 0,
      seconds: (clock.now() - this.startedAt) / 1_000,
      filledIn: this.filledIn / 1_000,
      compared,
      record: source.facts(),
    };
  }

  private get applied(): number {
    return this.applier?.applied ?? 0;
  }

  /** Persons of the record, and persons of the living memory: of some the record may tell nothing at all. */
  private async compareNow(): Promise<Comparison> {
    const { storeOf, personsOf, clock } = this.parts;
    const [living, rebuilt] = [storeOf(this.before), storeOf(this.filling)];
    const known = await personsOf(this.before, SAMPLE_MAX);
    const persons = [...new Set([...this.sample.persons, ...known])];
    return compareMemories(living, rebuilt, persons, clock.now());
  }

  private alone(living: string, kept: readonly string[]): Promise<void> {
    const after: Generations = { phase: "steady", living, kept: [...new Set(kept)] };
    return this.parts.changes.write(after);
  }

  /** Named as kept until they are gone, so that a rebuild that dies here is cleaned up after. */
  private async removeAll(living: string, generations: readonly string[]): Promise<void> {
    this.phase = "removing";
    for (const generation of new Set(generations)) {
      await this.tell();
      await this.parts.remove(generation);
    }
    await this.alone(living, []);
  }

  private async workUntil(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      this.stopIfInterrupted();
      const found = await this.work();
      await this.tell();
      if (!found) await this.pause(WAIT_FOR_MORE);
    }
    await this.applier?.idle();
  }

  private async workFor(time: DurationMs, timers: Timers): Promise<void> {
    let isOver = false;
    const cancel = timers.after(time, () => {
      isOver = true;
    });
    try {
      await this.workUntil(() => isOver);
    } finally {
      cancel();
    }
  }

  /** False where nothing was there yet. */
  private async work(): Promise<boolean> {
    const events = await this.parts.source.next(BATCH);
    for (const event of events) {
      if ("person" in event.data) this.sample.note(pseudonymBytes(event.data.person));
      await this.applier?.add(event);
    }
    if (events.length === 0) await this.applier?.idle();
    return events.length > 0;
  }

  private followed(): Promise<void> {
    return this.parts.live ? this.pause(FOLLOWED_AFTER) : Promise.resolve();
  }

  private async tell(): Promise<void> {
    const { changes, clock, source } = this.parts;
    const now = clock.now();
    if (now - this.renewedAt >= RENEW_EVERY) {
      this.renewedAt = now;
      await changes.renew();
    }
    if (now - this.toldAt < TELL_EVERY) return;
    this.toldAt = now;
    const at = Math.min(now, Math.max(0, source.readTo()));
    this.parts.progress({ phase: this.phase, records: this.applied, at });
  }

  private stopIfInterrupted(): void {
    if (this.parts.signal.aborted && !this.hasSwitched) throw new RebuildInterruptedError();
  }

  private pause(wait: DurationMs): Promise<void> {
    return new Promise((resolve) => {
      this.parts.timers.after(wait, resolve);
    });
  }
}
