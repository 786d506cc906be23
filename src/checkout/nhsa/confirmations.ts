import type { WaitingStep } from "../../audit/event.ts";
import { pseudonymBytes, swipeKey } from "../../features/digests.ts";
import type { SwipeState } from "../../swipe/answer.ts";
import type { Outcome, Problem } from "../../swipe/problem.ts";
import type { SaleDesk } from "../sale-desk.ts";
import type { DeskTools } from "../tools.ts";
import { UnmatchedRecords } from "./unmatched.ts";

/** A msgid begins with the pharmacy's code (domain 1.2): NHSA's answer names no pharmacy but there. */
const PHARMACY = /^[A-Z]\d{11}/;

/** Whose id it is, as far as the id itself says. */
export function pharmacyOf(scope: string | undefined, id: string): string {
  return scope || (PHARMACY.exec(id)?.[0] ?? "unknown");
}

export type ConfirmStep = Extract<WaitingStep, { readonly kind: "settle" | "release" }>;

/** 2102/answer: what NHSA said of a sale, passed on by the till. */
export class Confirmations {
  private readonly sales: SaleDesk;
  private readonly unmatched: UnmatchedRecords;

  constructor(tools: DeskTools, sales: SaleDesk) {
    this.sales = sales;
    this.unmatched = new UnmatchedRecords(tools);
  }

  take(step: ConfirmStep): Promise<Outcome<SwipeState>> {
    const { swipeId, scope = "" } = step;
    const key = swipeKey(scope, swipeId);
    // NHSA refused: what was reserved is let go.
    if (step.kind === "release") {
      return this.sales.reverseByKey(key, swipeId, "refused", { kind: "release" });
    }
    const { settlementId, visitId, funds, person } = step;
    return this.sales.settle(swipeId, scope, {
      settlementId,
      person: person === undefined ? undefined : pseudonymBytes(person),
      visitId,
      funds,
    });
  }

  /** About no sale the guard knows. */
  nothing(step: ConfirmStep): Promise<Problem | undefined> {
    this.unmatched.count("2102/answer");
    const { swipeId: msgid, scope } = step;
    const about = { msgid, ...(scope ? { scope } : {}), pharmacy: pharmacyOf(scope, msgid) };
    if (step.kind === "release") return this.unmatched.reversed(about, { reason: "refused" });
    const { person, settlementId, visitId, funds } = step;
    return this.unmatched.settled(
      { ...about, ...(person === undefined ? {} : { person }) },
      {
        settlementId,
        ...(visitId === undefined ? {} : { visitId }),
        ...(funds === undefined ? {} : { funds }),
      },
    );
  }
}
