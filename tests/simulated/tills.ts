import type { Random } from "../../src/simulation/random.ts";
import type { DurationMs } from "../../src/units.ts";
import { type Answer, type Asked, answerText, PASSING, type Step, type Trace } from "./history.ts";
import type { SimulatedInstance } from "./instance.ts";
import { TillMessages } from "./messages.ts";
import type { LifePlan, PlannedSale } from "./plan.ts";
import type { Scheduler } from "./scheduler.ts";

/** A till that hears nothing for this long sends its message once more. */
const TILL_PATIENCE: DurationMs = 1_500;
const ON_THE_WAY: readonly [DurationMs, DurationMs] = [0.2, 4];
/** Between the tries of what must be reported in the end: the first wait doubles up to the last. */
const FIRST_WAIT: DurationMs = 700;
const LAST_WAIT: DurationMs = 10_000;
const TRIES_MAX = 60;

export interface Shop {
  readonly plan: LifePlan;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly instances: readonly SimulatedInstance[];
  readonly history: Asked[];
  readonly trace: Trace;
}

/** Serves one customer as the contract expects of a till: time-outs, one repeat with the same id, then sell and report. */
export class Till {
  private readonly shop: Shop;
  private readonly sale: PlannedSale;
  private readonly messages: TillMessages;
  private readonly random: Random;

  constructor(shop: Shop, sale: PlannedSale) {
    this.shop = shop;
    this.sale = sale;
    this.messages = new TillMessages(shop.plan, sale);
    this.random = shop.random.fork(`sale ${sale.number}`);
  }

  async serve(): Promise<void> {
    const { course, thinking, against } = this.sale;
    const { scheduler } = this.shop;
    const answer = (await this.ask("check")) ?? (await this.ask("check"));
    const told = answer !== undefined && answer.problem === undefined ? answer : undefined;
    const refused = told !== undefined && told.decision !== "allow" && told.decision !== "warn";
    if (refused && !against) return;
    await scheduler.sleep(thinking);
    if (course === "leave") return;
    if (course === "void") {
      await this.report("void");
      return;
    }
    // Without an answer the till sells all the same and reports it later.
    if (!(await this.settle())) return;
    if (course === "settle") return;
    await scheduler.sleep(this.random.within(5, Math.min(thinking, 6_000)));
    await this.report(course === "part" && this.sale.via === "native" ? "part" : "refund");
  }

  private async settle(): Promise<boolean> {
    let answer = await this.report("settle");
    if (answer.problem === "swipe_unknown") answer = await this.report("upload");
    return answer.problem === undefined && answer.matched !== 0;
  }

  /** Until the guard has taken it or refused it for good. */
  private async report(step: Step): Promise<Answer> {
    let wait = FIRST_WAIT;
    for (let tried = 0; tried < TRIES_MAX; tried++) {
      const answer = await this.ask(step);
      if (answer !== undefined && !PASSING.has(answer.problem ?? "")) return answer;
      await this.shop.scheduler.sleep(wait * this.random.within(0.8, 1.2));
      wait = Math.min(LAST_WAIT, wait * 2);
    }
    throw new Error(`the till of ${this.messages.swipeId} was never answered (${step})`);
  }

  /** Undefined where nothing was heard in time. */
  private async ask(step: Step): Promise<Answer | undefined> {
    const { instances } = this.shop;
    const first = this.random.pick(instances);
    if (!this.sale.doubled) return this.askOne(step, first);
    const both = [this.askOne(step, first), this.askOne(step, this.random.pick(instances))];
    const answers = await Promise.all(both);
    return answers[0] ?? answers[1];
  }

  private askOne(step: Step, instance: SimulatedInstance): Promise<Answer | undefined> {
    const { scheduler } = this.shop;
    return new Promise((resolve) => {
      const stop = scheduler.after(TILL_PATIENCE, () => resolve(undefined));
      const refuse = () => {
        stop();
        resolve(undefined);
      };
      this.passes(() => {
        const asked = this.take(step, instance);
        if (asked === undefined) return refuse();
        asked.then((answer) => {
          this.passes(() => {
            stop();
            resolve(answer);
          });
        });
      });
    });
  }

  private passes(arrive: () => void): void {
    const isLost = this.random.chance(this.shop.plan.tillLoss);
    const wait = this.random.within(...ON_THE_WAY);
    if (!isLost) this.shop.scheduler.after(wait, arrive);
  }

  private take(step: Step, instance: SimulatedInstance): Promise<Answer> | undefined {
    return askedOf(this.shop, this.sale, this.messages, step, instance)?.answered;
  }
}

/** The request has reached the instance; undefined where nobody is at home. */
export function askedOf(
  shop: Shop,
  sale: PlannedSale,
  messages: TillMessages,
  step: Step,
  instance: SimulatedInstance,
): { readonly asked: Asked; readonly answered: Promise<Answer> } | undefined {
  const { desk, boot } = instance;
  if (desk === undefined) return undefined;
  const { history, scheduler, trace } = shop;
  const { swipeId } = messages;
  const number = shop.instances.indexOf(instance);
  const asked: Asked = {
    ...{ sale, step, swipeId, instance: number, boot, at: scheduler.now() },
  };
  history.push(asked);
  trace.say(() => `till      ${swipeId} ${step} -> guard-${number}`);
  const answered = messages
    .send(desk, step)
    .catch((error: unknown) => ({ problem: "threw", text: String(error) }))
    .then((said) => {
      if (!instance.isRunning(boot)) return new Promise<never>(() => undefined);
      const answer: Answer = { ...said, at: scheduler.now() };
      asked.answer = answer;
      trace.say(() => `guard-${number}   ${swipeId} ${step}: ${answerText(answer)}`);
      return answer;
    });
  return { asked, answered };
}
