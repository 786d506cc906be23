import { KnownNames } from "../swipe/known-names.ts";
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
import type { Outcome } from "../swipe/problem.ts";
import type { CheckDesk } from "./check.ts";
import type { MakeStep, StepDesk } from "./entry/step-desk.ts";
import { messageStep, uploadStep } from "./nhsa/messages.ts";
import type { Became } from "./taking.ts";
import type { DeskTools } from "./tools.ts";

/** The exchange as it is once the answer is ready. */
type Answering = () => Exchange;

/** The NHSA messages: the same checks and steps as the native ones, in the envelope the till already speaks. */
export class NhsaDesk {
  private readonly tools: DeskTools;
  private readonly checks: CheckDesk;
  private readonly steps: StepDesk;
  private readonly names = new KnownNames();

  constructor(tools: DeskTools, checks: CheckDesk, steps: StepDesk) {
    this.tools = tools;
    this.checks = checks;
    this.steps = steps;
  }

  async take(route: NhsaRoute, envelope: unknown, scope: string): Promise<NhsaReply> {
    const readAt = this.tools.clock.now();
    const msgid = route === "2102/answer" ? answeredMessageId(envelope) : messageId(envelope);
    const exchange = (): Exchange => ({ msgid, readAt, answeredAt: this.tools.clock.now() });
    switch (route) {
      case "2101":
      case "2102":
        return await this.sale(route, envelope, scope, exchange);
      case "3505":
      case "3506":
        return await this.upload(route, envelope, scope, exchange);
      default: {
        const { keyring } = this.tools;
        const made = messageStep(route, envelope, scope, keyring);
        if ("problem" in made) return nhsaProblem(made.problem, exchange());
        return replyTo(await this.steps.tell(made.value), exchange);
      }
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
    const canonical = `${swipe.stage} ${comparable(envelope, this.names)}`;
    const outcome = await this.checks.check({ swipe, canonical, scope });
    if ("problem" in outcome) return nhsaProblem(outcome.problem, exchange());
    return nhsaDecision(outcome.value, swipe.lines, exchange());
  }

  /** The rows in their order; what goes wrong with one names it, and those before it stand: told again they are repeats. */
  private async upload(
    route: "3505" | "3506",
    envelope: unknown,
    scope: string,
    exchange: Answering,
  ): Promise<NhsaReply> {
    const parsed = parseNhsaUpload(route, envelope);
    if ("problem" in parsed) return nhsaProblem(parsed.problem, exchange());
    const upload = parsed.value;
    const taken: Became[] = [];
    for (const [index, { path }] of upload.rows.entries()) {
      const make: MakeStep = () => uploadStep(route, upload, index, scope, this.tools.keyring);
      const done = await this.steps.tell(make);
      if ("problem" in done) {
        const { problem } = done;
        if (problem.code !== "state_conflict") return nhsaProblem(problem, exchange());
        const paths = [{ path, reason: problem.detail ?? "stands in the way" }];
        return nhsaProblem({ ...problem, paths }, exchange());
      }
      taken.push(done.value);
    }
    return uploadReply(taken, exchange);
  }
}

/** What became of a message about an earlier sale. */
function replyTo(outcome: Outcome<Became>, exchange: Answering): NhsaReply {
  if ("problem" in outcome) return nhsaProblem(outcome.problem, exchange());
  const { matched, swipe } = outcome.value;
  if (swipe === undefined) return nhsaMatched(matched, exchange());
  const { state } = swipe;
  return nhsaMatched(state === "waiting" ? undefined : matched, exchange(), { state });
}

function uploadReply(taken: readonly Became[], exchange: Answering): NhsaReply {
  const isWaiting = taken.some(({ swipe }) => swipe?.state === "waiting");
  if (isWaiting) return nhsaMatched(undefined, exchange(), { state: "waiting" });
  const matched = taken.reduce((sum, row) => sum + row.matched, 0);
  const [only, ...more] = taken;
  // Rows of a list may be about several sales: then there is no one state to tell.
  if (only?.swipe === undefined || more.length > 0) return nhsaMatched(matched, exchange());
  const { state, codesKept } = only.swipe;
  return nhsaMatched(matched, exchange(), { state, ...(codesKept ? { codesKept } : {}) });
}
