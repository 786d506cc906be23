import { delay } from "../services/service-process.ts";
import type { Call, SentLine } from "./auditor.ts";
import { nativeSwipe, newId, traceCode } from "./swipes.ts";
import type { Till } from "./till.ts";

interface Wish {
  readonly path: string;
  readonly call: Call;
  sends: number;
  turnedAway?: boolean;
}

/** Before what was turned away is sent again. */
const TURNED_AWAY_MS = 50;
/** Sales of the same customer that a till has under way. */
const EVERY_SETTLED = 2;
const EVERY_RETURNED = 6;
const EVERY_SECOND_STEP = 5;

/** One person at a counter: one thing at a time, and what went unanswered again first, as tills do. */
export class Customer {
  /** What was answered, in order. */
  readonly done: Call[] = [];
  /** Answers that no repetition would change: there must be none. */
  readonly problems: string[] = [];
  slowestMs = 0;
  /** Requests sent, repeats included. */
  asked = 0;
  private readonly name: string;
  private readonly firstCode: number;
  private readonly pauseMs: number;
  private wishes: Wish[] = [];
  private count = 0;
  private before: string | undefined;

  constructor(name: string, firstCode: number, pauseMs: number) {
    this.name = name;
    this.pauseMs = pauseMs;
    this.firstCode = firstCode;
  }

  /** Everything wanted so far, answered or not. */
  calls(): Call[] {
    return [...this.done, ...this.wishes.map(({ call, sends }) => ({ ...call, sends }))];
  }

  /** Shops until the guard is gone or `isOver`; a problem is asked again like silence. */
  async shop(till: Till, isOver: () => boolean): Promise<void> {
    try {
      while (!isOver()) await this.next(till);
    } catch {
      // The guard is gone; what is open is asked again at the next one.
    }
  }

  /** Asks what is open until it is answered. */
  async finish(till: Till): Promise<void> {
    while (this.wishes.length > 0) await this.ask(till);
  }

  private async next(till: Till): Promise<void> {
    if (this.wishes.length === 0) this.wishes = this.sale();
    await this.ask(till);
  }

  private async ask(till: Till): Promise<void> {
    const [wish] = this.wishes;
    if (wish === undefined) return;
    this.asked += 1;
    wish.sends += 1;
    const { status, body, text, ms } = await till.post(wish.path, wish.call.sent);
    this.slowestMs = Math.max(this.slowestMs, ms);
    if (this.pauseMs > 0) await delay(this.pauseMs);
    if (status === 429 || status >= 500) {
      wish.turnedAway = true;
      return delay(TURNED_AWAY_MS);
    }
    this.wishes = this.wishes.slice(1);
    if (status === 200)
      this.done.push({
        ...wish.call,
        sends: wish.sends,
        turnedAway: wish.turnedAway === true,
        answer: body,
        answeredAt: performance.now(),
      });
    else this.problems.push(`${wish.path}: ${status} ${text}`);
  }

  private sale(): Wish[] {
    this.count += 1;
    const swipeId = newId(this.name, this.count);
    // Now and then a second step of the sale before.
    const again = this.count % EVERY_SECOND_STEP === 0 && this.before !== undefined;
    const quantity = 1 + (this.count % 3);
    const lines = [{ line: "0001", quantity }];
    const sent = nativeSwipe({
      ...{ id: swipeId, person: this.name, terminal: this.name, quantity },
      code: traceCode(this.firstCode + this.count),
      more: again ? { supersedes: this.before } : {},
    });
    const check: Call = { kind: "check", swipeId, sent, lines, sends: 0 };
    const wishes: Wish[] = [{ path: "/v1/swipes", call: check, sends: 0 }];
    const isSettled = this.count % EVERY_SETTLED === 0;
    if (isSettled) wishes.push(this.settlement(swipeId));
    if (this.count % EVERY_RETURNED === 0) wishes.push(this.reversal(swipeId, quantity));
    this.before = isSettled ? undefined : swipeId;
    return wishes;
  }

  private settlement(swipeId: string): Wish {
    const sent = { settlementId: `SET-${this.count}`, visitId: `VISIT-${this.count}` };
    return {
      path: `/v1/swipes/${swipeId}/settlement`,
      call: { kind: "settlement", swipeId, sent, sends: 0 },
      sends: 0,
    };
  }

  /** In whole, or where there is more than one box, one of them. */
  private reversal(swipeId: string, quantity: number): Wish {
    const reversalId = `REV-${this.count}`;
    const lines: SentLine[] | undefined =
      quantity > 1 ? [{ line: "0001", quantity: 1 }] : undefined;
    const part = lines === undefined ? {} : { lines };
    const sent = { reason: "refund", reversalId, ...part };
    return {
      path: `/v1/swipes/${swipeId}/reversal`,
      call: { kind: "reversal", swipeId, reversalId, sent, sends: 0, ...part },
      sends: 0,
    };
  }
}

/** `pauseMs`: between two things one of them wants; 0 is as fast as the guard answers. */
export function customers(name: string, count: number, firstCode: number, pauseMs = 0): Customer[] {
  return Array.from(
    { length: count },
    (_, index) => new Customer(`${name}-${index}`, firstCode + index * 10_000, pauseMs),
  );
}
