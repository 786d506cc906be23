import type { Desk } from "../../src/checkout/desk.ts";
import type { DecisionAnswer, SwipeState } from "../../src/swipe/answer.ts";
import { canonicalJson } from "../../src/swipe/canonical-json.ts";
import type { NhsaReply } from "../../src/swipe/nhsa/route.ts";
import type { Outcome } from "../../src/swipe/problem.ts";
import { cancel, nhsaAnswer, saleMessage, undo } from "../checkout/nhsa-messages.ts";
import { AT, box, ELSEWHERE, HERE, sale as nativeSale, type Sale } from "../checkout/shop.ts";
import type { Answer, Step } from "./history.ts";
import type { LifePlan, PlannedSale } from "./plan.ts";

export const PHARMACIES = [HERE, ELSEWHERE] as const;
const LINE = "0001";

/** A till's messages about one sale, always the same to the letter. */
export class TillMessages {
  readonly swipeId: string;
  private readonly planned: PlannedSale;
  private readonly of: Sale;
  private readonly terminal: string;

  constructor(plan: LifePlan, planned: PlannedSale) {
    const till = plan.tills[planned.till];
    if (till === undefined) throw new Error("a sale at no till");
    const pharmacy = PHARMACIES[till.pharmacy] ?? HERE;
    this.planned = planned;
    this.terminal = till.name;
    this.swipeId = swipeIdOf(plan, planned);
    const { person, boxes, days, rx, token } = planned;
    this.of = {
      ...{ id: this.swipeId, at: Math.floor(AT + planned.at), person, pharmacy, boxes, days },
      ...(rx === undefined ? {} : { rx }),
      ...(token === undefined ? {} : { token }),
    };
  }

  async send(desk: Desk, step: Step): Promise<Omit<Answer, "at">> {
    return this.planned.via === "nhsa" ? this.sendNhsa(desk, step) : this.sendNative(desk, step);
  }

  private async sendNative(desk: Desk, step: Step): Promise<Omit<Answer, "at">> {
    const { swipeId } = this;
    const settlement = { settlementId: `S-${swipeId}`, visitId: `V-${swipeId}` };
    switch (step) {
      case "check":
        return decided(await desk.check(this.check(), {}));
      case "settle":
        return stepped(await desk.settle(swipeId, settlement, {}));
      case "upload":
        return stepped(await desk.settle(swipeId, { ...settlement, swipe: this.check() }, {}));
      case "void":
      case "refund":
        return stepped(await desk.reverse(swipeId, { reversalId: "R-all", reason: step }, {}));
      case "part": {
        const lines = [{ line: LINE, quantity: 1, traceCodes: [box(this.planned.boxes[0] ?? 0)] }];
        const body = { reversalId: "R-part", reason: "refund", lines };
        return stepped(await desk.reverse(swipeId, body, {}));
      }
    }
  }

  private async sendNhsa(desk: Desk, step: Step): Promise<Omit<Answer, "at">> {
    const { swipeId } = this;
    const { person } = this.planned;
    const head = { dev_no: this.terminal, fixmedins_code: this.of.pharmacy };
    switch (step) {
      case "check":
        return enveloped(await desk.nhsa("2102", this.sold(), {}));
      case "settle":
      case "upload":
        return enveloped(await desk.nhsa("2102/answer", nhsaAnswer(swipeId, `S-${swipeId}`), {}));
      case "void": {
        const message = { ...undo(`${swipeId}-V`, "2102", swipeId, person), ...head };
        return enveloped(await desk.nhsa("2601", message, {}));
      }
      default: {
        const message = { ...cancel(`${swipeId}-R`, `S-${swipeId}`, person), ...head };
        return enveloped(await desk.nhsa("2103", message, {}));
      }
    }
  }

  private check(): Record<string, unknown> {
    const body = nativeSale(this.of);
    return { ...body, pharmacy: { ...body.pharmacy, terminal: this.terminal } };
  }

  private sold(): Record<string, unknown> {
    return { ...saleMessage("2102", this.of), dev_no: this.terminal };
  }
}

export function swipeIdOf(plan: LifePlan, planned: PlannedSale): string {
  const till = plan.tills[planned.till];
  return `${PHARMACIES[till?.pharmacy ?? 0]}-${planned.via}-${planned.number}`;
}

function decided(outcome: Outcome<DecisionAnswer>): Omit<Answer, "at"> {
  if ("problem" in outcome) return { problem: outcome.problem.code };
  const { decision, mode, missing, hits, policy, decidedAt } = outcome.value;
  const text = canonicalJson({ decision, mode, missing, hits, policy, decidedAt });
  return { decision, ...(mode ? { mode } : {}), decidedAt, text };
}

function stepped(outcome: Outcome<SwipeState>): Omit<Answer, "at"> {
  if ("problem" in outcome) return { problem: outcome.problem.code };
  const { state, lines, nothingToReverse } = outcome.value;
  const left = lines?.[0]?.quantity;
  return {
    state,
    ...(left === undefined ? {} : { left }),
    ...(nothingToReverse ? { nothing: true as const } : {}),
  };
}

function enveloped({ problem, envelope }: NhsaReply): Omit<Answer, "at"> {
  if (problem !== undefined) return { problem: problem.code };
  const { decision, mode, missing, result, state, matched } = envelope.output;
  if (decision === undefined) {
    return {
      ...(state ? { state } : {}),
      ...(matched === undefined ? {} : { matched }),
      ...(state === "attempted" || state === "superseded" ? { nothing: true as const } : {}),
    };
  }
  const text = canonicalJson({ decision, mode, missing, result });
  return { decision, ...(mode ? { mode } : {}), text };
}
