import { answeredMessageId, comparable, messageId } from "../swipe/nhsa/envelope.ts";
import {
  type Exchange,
  nhsaDecision,
  nhsaMatched,
  nhsaProblem,
} from "../swipe/nhsa/from-answer.ts";
import type { NhsaReply, NhsaRoute } from "../swipe/nhsa/route.ts";
import { parseNhsaSale } from "../swipe/nhsa/to-swipe.ts";
import { parseNhsaUpload } from "../swipe/nhsa/uploads.ts";
import type { CheckDesk } from "./check.ts";
import type { Findings } from "./findings.ts";
import { Cancellations } from "./nhsa/cancellations.ts";
import { Confirmations } from "./nhsa/confirmations.ts";
import type { Answering } from "./nhsa/replies.ts";
import { type UploadRoute, Uploads } from "./nhsa/uploads.ts";
import type { SaleDesk } from "./sale-desk.ts";
import type { SaleSteps } from "./sale-steps.ts";
import type { DeskTools } from "./tools.ts";

/** What the NHSA messages end in. */
export interface NhsaWays {
  readonly checks: CheckDesk;
  readonly sales: SaleDesk;
  readonly steps: SaleSteps;
  readonly findings: Findings;
}

/** The NHSA messages: the same checks and steps as the native ones, in the envelope the till already speaks. */
export class NhsaDesk {
  private readonly tools: DeskTools;
  private readonly checks: CheckDesk;
  private readonly confirmations: Confirmations;
  private readonly cancellations: Cancellations;
  private readonly uploads: Uploads;

  constructor(tools: DeskTools, { checks, sales, steps, findings }: NhsaWays) {
    this.tools = tools;
    this.checks = checks;
    this.confirmations = new Confirmations(tools, sales);
    this.cancellations = new Cancellations(tools, sales);
    this.uploads = new Uploads(tools, sales, steps, findings);
  }

  async take(route: NhsaRoute, envelope: unknown, scope: string): Promise<NhsaReply> {
    const readAt = this.tools.clock.now();
    const msgid = route === "2102/answer" ? answeredMessageId(envelope) : messageId(envelope);
    const exchange = (): Exchange => ({ msgid, readAt, answeredAt: this.tools.clock.now() });
    switch (route) {
      case "2101":
      case "2102":
        return this.sale(route, envelope, scope, exchange);
      case "2102/answer":
        return this.confirmations.take(envelope, scope, exchange);
      case "2103":
        return this.cancellations.cancel(envelope, exchange);
      case "2601":
        return this.cancellations.undo(envelope, scope, exchange);
      case "3505":
      case "3506":
        return this.upload(route, envelope, scope, exchange);
    }
  }

  private async sale(
    route: "2101" | "2102",
    envelope: unknown,
    scope: string,
    exchange: Answering,
  ): Promise<NhsaReply> {
    const parsed = parseNhsaSale(route, envelope);
    if ("problem" in parsed) return nhsaProblem(parsed.problem, exchange());
    const swipe = parsed.value;
    // The stage belongs to the content: a 2102 under its inquiry's msgid must not get the inquiry's answer.
    const canonical = `${swipe.stage} ${comparable(envelope)}`;
    const outcome = await this.checks.check({ swipe, canonical, scope });
    if ("problem" in outcome) return nhsaProblem(outcome.problem, exchange());
    return nhsaDecision(outcome.value, swipe.lines, exchange());
  }

  private async upload(
    route: UploadRoute,
    envelope: unknown,
    scope: string,
    exchange: Answering,
  ): Promise<NhsaReply> {
    const parsed = parseNhsaUpload(route, envelope);
    if ("problem" in parsed) return nhsaProblem(parsed.problem, exchange());
    const taken = await this.uploads.take(route, parsed.value, scope);
    if ("problem" in taken) return nhsaProblem(taken.problem, exchange());
    const matched = taken.value.reduce((sum, row) => sum + row.matched, 0);
    const [only, ...more] = taken.value;
    // Rows of a list may be about several sales: then there is no one state to tell.
    if (only === undefined || more.length > 0) return nhsaMatched(matched, exchange());
    const { matched: _, ...became } = only;
    return nhsaMatched(matched, exchange(), became);
  }
}
