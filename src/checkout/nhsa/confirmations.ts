import { swipeKey } from "../../features/digests.ts";
import type { SwipeState } from "../../swipe/answer.ts";
import { type NhsaSettled, parseNhsaSettled } from "../../swipe/nhsa/after.ts";
import { nhsaProblem } from "../../swipe/nhsa/from-answer.ts";
import type { NhsaReply } from "../../swipe/nhsa/route.ts";
import type { Outcome, Problem } from "../../swipe/problem.ts";
import type { SaleDesk } from "../sale-desk.ts";
import type { DeskTools } from "../tools.ts";
import { PersonsSales } from "./persons-sales.ts";
import { type Answering, matchedReply } from "./replies.ts";
import { UnmatchedRecords } from "./unmatched.ts";

/** A msgid begins with the pharmacy's code (domain 1.2): NHSA's answer names no pharmacy but there. */
const PHARMACY = /^[A-Z]\d{11}/;

/** 2102/answer: what NHSA said of a sale, passed on by the till. */
export class Confirmations {
  private readonly sales: SaleDesk;
  private readonly persons: PersonsSales;
  private readonly unmatched: UnmatchedRecords;

  constructor(tools: DeskTools, sales: SaleDesk) {
    this.sales = sales;
    this.persons = new PersonsSales(tools);
    this.unmatched = new UnmatchedRecords(tools);
  }

  async take(envelope: unknown, scope: string, exchange: Answering): Promise<NhsaReply> {
    const parsed = parseNhsaSettled(envelope);
    if ("problem" in parsed) return nhsaProblem(parsed.problem, exchange());
    const answer = parsed.value;
    return matchedReply(await this.became(answer, scope), exchange, () =>
      this.about(answer, scope),
    );
  }

  private async became(answer: NhsaSettled, scope: string): Promise<Outcome<SwipeState>> {
    const { swipeId } = answer;
    const key = swipeKey(scope, swipeId);
    // NHSA refused: what was reserved is let go.
    if (!answer.settled) {
      return this.sales.reverseByKey(key, swipeId, "refused", { kind: "release" });
    }
    const { settlementId, visitId, funds, person } = answer;
    const named = person === undefined ? undefined : this.persons.keyOf(person);
    if (!(await this.sales.isOf(key, named))) return { problem: { code: "swipe_unknown" } };
    return this.sales.settle(swipeId, scope, {
      settlementId,
      ...(visitId === undefined ? {} : { visitId }),
      ...(funds === undefined ? {} : { funds }),
    });
  }

  private about(answer: NhsaSettled, scope: string): Promise<Problem | undefined> {
    this.unmatched.count("2102/answer");
    const { swipeId: msgid } = answer;
    const pharmacy = scope || (PHARMACY.exec(msgid)?.[0] ?? "unknown");
    if (!answer.settled) return this.unmatched.reversed({ msgid, pharmacy }, { reason: "refused" });
    const { person, settlementId, visitId, funds } = answer;
    return this.unmatched.settled(
      { msgid, pharmacy, ...(person === undefined ? {} : { person }) },
      {
        settlementId,
        ...(visitId === undefined ? {} : { visitId }),
        ...(funds === undefined ? {} : { funds }),
      },
    );
  }
}
