import type { Clock, DurationMs, EpochMs } from "../units.ts";
import type { DoorLimits } from "./limits.ts";

/**
 * What a request is to the shop. `check`: somebody stands at the counter, and the till can sell without an answer.
 * `step`: tells what has happened (a settlement, a reversal); turned away later than any check, because until it
 * comes the memory holds boxes and quotas of people who have moved on. `later`: a till's upload of what is over; first to go.
 */
export type Urgency = "check" | "step" | "later";

/** `share`: this caller has its part of what can be worked on. `instance`: there is no part left for anybody. */
export type Refusal = "share" | "instance";

/** What the process says of itself since the last sample. */
export interface Sample {
  /** Mean lag of the event loop. */
  readonly lag: DurationMs;
  /** Share of the time it was busy. */
  readonly utilization: number;
  /** New connections a turn of the event loop; near 1 while more wait in the kernel. */
  readonly arrivals: number;
  readonly took: DurationMs;
}

/** A call that is worked on; it gives its place back by `leave`. */
export interface Place {
  readonly caller: string;
  readonly since: EpochMs;
}

/** A place that is given back, but not yet free. */
interface Resting {
  readonly caller: string;
  readonly until: EpochMs;
}

/** One bad sample may be a garbage collection, or a machine that gave the process no turn. */
const PRESSED_SAMPLES = 2;

/** What was answered lately can be answered again, at least half of it; the memory of it halves in some four seconds. */
const CAPACITY_SURE = 0.5;
const CAPACITY_FADES = 0.99;

/**
 * How many calls may be worked on, and whose.
 *
 * There is room for everybody while the event loop keeps up: a burst is no harm. When the loop is full in two samples
 * running, and lags, or has more waiting all the time than are answered in a place's time, or new connections waiting
 * in the kernel, the places fall to what is answered in that time (Little's law), and by a fifth a sample as long as
 * that is too many; they grow again by a tenth a sample. Meanwhile a place is kept for its whole time, however soon the call is done, so that places bound a
 * rate and not only a crowd: much of the queue waits in the kernel, where no process can count it.
 * Only this process's own lateness counts: a slow store makes stand-ins, and turning people away would not mend it.
 *
 * While there are fewer nobody may hold more places than are still free (Choudhury and Hahne's dynamic threshold): one
 * caller that floods gets half at most, two a third each, and whoever comes with its first call finds room. Where
 * everybody comes at once the same rule lets each in until nothing is free.
 */
export class Admission {
  private readonly limits: DoorLimits;
  private readonly steady: Clock;
  private readonly lagMax: DurationMs;
  private readonly harmless: DurationMs;
  private readonly byCaller = new Map<string, number>();
  private readonly resting: Resting[] = [];
  private taken = 0;
  private inFlight = 0;
  /** Fewest in flight since the last sample: a queue that never empties stands. */
  private fewest = 0;
  private finished = 0;
  /** Samples running in which the loop was behind, and how long they took together. */
  private samples = 0;
  private pressed: DurationMs = 0;
  /** Places' worth of answers it has lately given at its best. */
  private capacity = 0;
  private places: number;

  constructor(limits: DoorLimits, deadline: DurationMs, steady: Clock) {
    this.limits = limits;
    this.steady = steady;
    this.lagMax = deadline * limits.lagShare;
    this.harmless = deadline / 2;
    this.places = limits.placesMax;
  }

  /** How many places there are now; `placesMax` while the loop keeps up. */
  get limit(): number {
    return this.places;
  }

  get isLowered(): boolean {
    return this.places < this.limits.placesMax;
  }

  /** Undefined: it may come in. */
  refuse(caller: string, urgency: Urgency): Refusal | undefined {
    this.freeRested();
    if (urgency === "later" && this.isLowered) return "instance";
    const free = this.roomFor(urgency) - this.taken;
    if (free <= 0) return "instance";
    if (!this.isLowered) return undefined;
    return (this.byCaller.get(caller) ?? 0) >= free ? "share" : undefined;
  }

  enter(caller: string): Place {
    this.taken += 1;
    this.inFlight += 1;
    this.byCaller.set(caller, (this.byCaller.get(caller) ?? 0) + 1);
    return { caller, since: this.steady.now() };
  }

  leave({ caller, since }: Place): void {
    this.inFlight -= 1;
    this.fewest = Math.min(this.fewest, this.inFlight);
    this.finished += 1;
    const until = since + this.limits.placeTime;
    if (this.isLowered && until > this.steady.now()) this.resting.push({ caller, until });
    else this.free(caller);
  }

  /** Takes in what the process measured, and sets the places for the next stretch. */
  sample({ lag, utilization, arrivals, took }: Sample): void {
    const { placesMin, placesMax, placeTime, utilizationMax } = this.limits;
    const answerable = (this.finished / took) * placeTime;
    const queued =
      this.fewest > Math.max(placesMin, answerable) || arrivals > this.limits.arrivalsMax;
    // A loop that has time left is not behind: somebody else held the machine up.
    const late = utilization > utilizationMax && (lag > this.lagMax || queued);
    this.samples = late ? this.samples + 1 : 0;
    this.pressed = late ? this.pressed + took : 0;
    this.capacity = Math.max(answerable, this.capacity * CAPACITY_FADES);
    // Nobody has waited longer than the queue has stood: half a deadline of it does no harm.
    if (this.samples >= PRESSED_SAMPLES && this.pressed >= this.harmless) {
      const fewer = Math.min(this.places * 0.8, answerable * 2);
      const least = Math.max(placesMin, this.capacity * CAPACITY_SURE);
      this.places = Math.floor(Math.min(this.places, Math.max(fewer, least)));
    } else {
      this.places = Math.min(placesMax, Math.ceil(this.places * 1.1));
    }
    this.finished = 0;
    this.fewest = this.inFlight;
  }

  private roomFor(urgency: Urgency): number {
    const { placesMax, stepRoom } = this.limits;
    return urgency === "step" ? Math.min(placesMax, this.places * stepRoom) : this.places;
  }

  /** In the order they were given back: one may rest as long as the one before it, and no longer than a place's time. */
  private freeRested(): void {
    const now = this.steady.now();
    let count = 0;
    for (const { caller, until } of this.resting) {
      if (until > now) break;
      this.free(caller);
      count += 1;
    }
    if (count > 0) this.resting.splice(0, count);
  }

  private free(caller: string): void {
    this.taken -= 1;
    const left = (this.byCaller.get(caller) ?? 1) - 1;
    if (left > 0) this.byCaller.set(caller, left);
    else this.byCaller.delete(caller);
  }
}
