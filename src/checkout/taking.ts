import type { WaitingStep } from "../audit/event.ts";
import type { SwipeState } from "../swipe/answer.ts";
import type { Outcome, Problem } from "../swipe/problem.ts";
import type { CheckDesk } from "./check.ts";
import type { Findings } from "./findings.ts";
import { Cancellations } from "./nhsa/cancellations.ts";
import { Confirmations } from "./nhsa/confirmations.ts";
import { Uploads } from "./nhsa/uploads.ts";
import { SaleDesk } from "./sale-desk.ts";
import { guarded, SaleSteps } from "./sale-steps.ts";
import type { DeskTools } from "./tools.ts";

/** What became of a step. */
export interface Became {
  /** 0: a message about no sale the guard knows, which is no error. */
  readonly matched: 0 | 1;
  /** Absent where nothing is known. */
  readonly swipe?: SwipeState;
}

type CarryingStep = Extract<WaitingStep, { readonly kind: "settle" }>;
type Carried = NonNullable<CarryingStep["carried"]>;

/** Whatever a till may tell after a check, native or NHSA, now or late: one way for each, applied and recorded. */
export class Taking {
  readonly sales: SaleDesk;
  private readonly checks: CheckDesk;
  private readonly isLate: boolean;
  private readonly confirmations: Confirmations;
  private readonly cancellations: Cancellations;
  private readonly uploads: Uploads;

  constructor(tools: DeskTools, checks: CheckDesk, findings: Findings) {
    const steps = new SaleSteps(tools);
    this.isLate = tools.waited !== undefined;
    this.checks = checks;
    this.sales = new SaleDesk(tools, steps, findings);
    this.confirmations = new Confirmations(tools, this.sales);
    this.cancellations = new Cancellations(tools, this.sales);
    this.uploads = new Uploads(tools, this.sales, steps, findings);
  }

  /** `swipe_unknown` where it is about no sale the store knows; see `unmatched`. */
  async take(step: WaitingStep): Promise<Outcome<Became>> {
    if (step.kind === "upload") return this.upload(step);
    const done = await guarded(() => this.swipeStep(step));
    if ("problem" in done) return done;
    const isNothing = isNhsa(step) && done.value.nothingToReverse === true;
    return { value: { matched: isNothing ? 0 : 1, swipe: done.value } };
  }

  /** What is done with a step about no sale the guard knows: NHSA's messages are recorded all the same. */
  async unmatched(step: WaitingStep): Promise<Outcome<Became>> {
    const problem = await this.recordUnmatched(step);
    return problem ? { problem } : { value: { matched: 0 } };
  }

  private swipeStep(
    step: Exclude<WaitingStep, { readonly kind: "upload" }>,
  ): Promise<Outcome<SwipeState>> {
    switch (step.kind) {
      case "settle":
        return step.route === "2102/answer" ? this.confirmations.take(step) : this.settle(step);
      case "release":
        return this.confirmations.take(step);
      case "reverse":
        return this.sales.reverse(step.swipeId, step.scope ?? "", step);
      case "acknowledge":
        return this.sales.acknowledge(step.swipeId, step.scope ?? "", step);
      default:
        return this.cancellations.take(step);
    }
  }

  private async settle(step: CarryingStep): Promise<Outcome<SwipeState>> {
    const { swipeId, scope = "", carried } = step;
    // What is taken late may have been begun before: then its check is found done, and recorded with it all the same.
    if (this.isLate && carried !== undefined) return this.settleLate(step, carried);
    const settled = await this.sales.settle(swipeId, scope, step);
    if (!isUnknown(settled) || carried === undefined) return settled;
    const checked = await this.enter(step, carried);
    if ("problem" in checked) return checked;
    const entered = await this.sales.settle(swipeId, scope, { ...step, unchecked: true });
    // Its check was just taken: where the store reads and does not write it waits there, and this waits behind it.
    const waits = checked.value.mode === "standIn" && isUnknown(entered);
    return waits ? { problem: { code: "store_unavailable" } } : entered;
  }

  private async settleLate(step: CarryingStep, carried: Carried): Promise<Outcome<SwipeState>> {
    const checked = await this.enter(step, carried);
    const settled = await this.sales.settle(step.swipeId, step.scope ?? "", step);
    return "problem" in checked && isUnknown(settled) ? checked : settled;
  }

  /** A sale the guard never checked: judged as it would have been, entered as sold without asking. */
  private enter({ scope = "" }: CarryingStep, { swipe, content: text }: Carried) {
    const content = Buffer.from(text, "base64url").toString("latin1");
    return this.checks.checkRecorded({ swipe, content, scope, entering: true });
  }

  private async upload(
    step: Extract<WaitingStep, { readonly kind: "upload" }>,
  ): Promise<Outcome<Became>> {
    const taken = await this.uploads.take(step);
    if ("problem" in taken) return taken;
    const { matched, state, codesKept } = taken.value;
    if (state === undefined) return { value: { matched } };
    const swipe = { swipeId: step.msgid, state, ...(codesKept ? { codesKept } : {}) };
    return { value: { matched, swipe } };
  }

  private async recordUnmatched(step: WaitingStep): Promise<Problem | undefined> {
    if (step.kind === "cancel" || step.kind === "undo") return this.cancellations.nothing(step);
    const isAnswer = step.kind === "release" || (step.kind === "settle" && isNhsa(step));
    return isAnswer ? this.confirmations.nothing(step) : { code: "swipe_unknown" };
  }
}

function isUnknown(outcome: Outcome<SwipeState>): boolean {
  return "problem" in outcome && outcome.problem.code === "swipe_unknown";
}

/** In an NHSA message what matches nothing is no error (contract section 3). */
export function isNhsa(step: WaitingStep): boolean {
  if (step.kind === "settle") return step.route !== undefined;
  return step.kind !== "reverse" && step.kind !== "acknowledge";
}
