import { monitorEventLoopDelay } from "node:perf_hooks";
import { delay } from "../services/service-process.ts";
import type { Burst } from "./store-load.ts";
import { nativeSwipe, newId, SHENYANG_PHARMACIES, traceCode } from "./swipes.ts";
import { type Answer, serverLag, type Till } from "./till.ts";

export interface Told {
  readonly id: string;
  /** When it was sent, by `performance.now()`. */
  readonly at: number;
  readonly swipe: Record<string, unknown>;
  readonly answer: Answer;
}

export interface Steady extends Burst {
  /** Accepted and answered 200, in the order they were sent. */
  readonly told: readonly Told[];
}

/** Codes of one test file's loads, so that each sells boxes of its own. */
export class Boxes {
  private taken: number;

  /** `after`: how many are sold otherwise. */
  constructor(after = 0) {
    this.taken = after;
  }

  next(): string {
    this.taken += 1;
    return traceCode(this.taken);
  }
}

/** Checks of one box each by persons at tills of their own, at a steady pace until told to stop. */
export class SteadyLoad {
  private readonly till: Till;
  private readonly name: string;
  private readonly boxes: Boxes;
  private readonly calls: Promise<Told>[] = [];
  private readonly own = monitorEventLoopDelay({ resolution: 5 });
  private readonly ended: Promise<void>;
  private going = true;

  constructor(till: Till, name: string, boxes: Boxes, everyMs: number) {
    this.till = till;
    this.name = name;
    this.boxes = boxes;
    this.ended = this.run(everyMs);
  }

  async stop(): Promise<Steady> {
    this.going = false;
    await this.ended;
    const all = await Promise.all(this.calls);
    this.own.disable();
    const lagMs = this.own.max / 1e6 + (await serverLag(this.till));
    const accepted = all.filter(({ answer }) => !isTurnedAway(answer));
    return {
      told: accepted.filter(({ answer }) => answer.status === 200),
      answers: accepted.map(({ answer }) => answer),
      swipes: accepted.map(({ swipe }) => swipe),
      turnedAway: all.length - accepted.length,
      lagMs,
    };
  }

  private async run(everyMs: number): Promise<void> {
    await serverLag(this.till);
    this.own.enable();
    const started = performance.now();
    for (let number = 0; this.going; number += 1) {
      const wait = started + number * everyMs - performance.now();
      if (wait > 0) await delay(wait);
      this.calls.push(this.send(number));
    }
  }

  private async send(number: number): Promise<Told> {
    const id = newId(this.name, number);
    const swipe = nativeSwipe({
      ...{ id, person: `${this.name}-${number}`, terminal: `${this.name}${number}` },
      ...{ code: this.boxes.next(), pharmacy: number % SHENYANG_PHARMACIES.length },
    });
    const at = performance.now();
    return { id, at, swipe, answer: await this.till.check(swipe) };
  }
}

/** A machine that is held up turns some away early; a till sends those again. */
function isTurnedAway({ status, body }: Answer): boolean {
  return status === 429 || (status === 503 && body.code === "overloaded");
}
