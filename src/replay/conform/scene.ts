import type { z } from "zod";
import { TEST_PHARMACY } from "../../checkout/test-pharmacy.ts";
import { DecisionAnswer, SwipeState } from "../../swipe/answer.ts";
import { canonicalJson } from "../../swipe/canonical-json.ts";
import type { Clock } from "../../units.ts";
import { type Message, saleAnswer, saleMessage, type Told } from "./nhsa-messages.ts";
import { expect } from "./point.ts";
import { chinaTime, rfc3339 } from "./times.ts";
import type { Heard, Wire } from "./wire.ts";

export type Body = Readonly<Record<string, unknown>>;

/** Who buys, where and how: nobody comes twice unless a point wants it. */
export interface Buyer {
  readonly person: string;
  readonly card: string;
  readonly terminal: string;
  readonly operator: string;
}

/** Runs a second and still apart: msgids have four digits after the time. */
const SEQUENCES = 10_000;

export interface SceneParts {
  readonly wire: Wire;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** What a till under test has at hand: ids nobody used before, a body that no rule minds, and ways to send them. */
export class Scene {
  readonly wire: Wire;
  readonly clock: Clock;
  private readonly run: string;
  private readonly startedAt: number;
  private count: number;
  private readonly sold = new Set<string>();

  constructor({ wire, clock, random }: SceneParts) {
    this.wire = wire;
    this.clock = clock;
    this.startedAt = clock.now();
    this.run = String(Math.floor(random() * 1e10)).padStart(10, "0");
    this.count = Math.floor(random() * SEQUENCES);
  }

  private next(): string {
    this.count += 1;
    return String(this.count % SEQUENCES).padStart(4, "0");
  }

  /** 30 characters, as NHSA's msgid: pharmacy 12, time 14, sequence 4. */
  newId(): string {
    const time = chinaTime(this.startedAt).replace(/\D/g, "");
    return `${TEST_PHARMACY}${time}${this.next()}`;
  }

  /** Something no other run has used: a number of a settlement, a reversal, a prescription. */
  newNumber(prefix: string): string {
    return `${prefix}${this.run}${this.next()}`;
  }

  newBuyer(): Buyer {
    const number = `${this.run}${this.next()}`;
    return {
      person: `990000${number}`,
      card: `CONFORM-${number}`,
      terminal: `C${number}`,
      operator: `O${number}`,
    };
  }

  /** A product prefix that no reference data know, then a number of this run. */
  newCode(): string {
    return `89999${this.run}0${this.next()}`;
  }

  /** A check of one box at 11.80 yuan, its own trace code on it; `changes` over the top-level fields. */
  swipe(changes: Body = {}, buyer: Buyer = this.newBuyer()): Body & { readonly swipeId: string } {
    const swipeId = typeof changes["swipeId"] === "string" ? changes["swipeId"] : this.newId();
    return {
      occurredAt: rfc3339(this.clock.now()),
      pharmacy: {
        ...{ code: TEST_PHARMACY, area: "210102", operatorType: "1", pharmacist: "L0031" },
        ...{ terminal: buyer.terminal, operator: buyer.operator },
      },
      person: {
        ...{ number: buyer.person, insuredArea: "210100", insurance: "310", status: "1" },
        ...{ sex: "1", birthDate: "1980-07-01" },
      },
      credential: { type: "03", number: buyer.card, cardSn: `SN-${buyer.card}` },
      verification: { method: "face", outcome: "pass" },
      channel: "counter",
      medicalType: "41",
      funds: { pooled: 0, account: 11.8, familyAccount: 0, cash: 0 },
      total: 11.8,
      lines: [this.line()],
      ...changes,
      swipeId,
    };
  }

  line(changes: Body = {}): Body {
    return {
      ...{ line: "0001", drug: "XM01AEB103A001010100301", quantity: 1, unitPrice: 11.8 },
      ...{ amount: 11.8, daysSupply: 5, traceCodes: [this.newCode()] },
      ...changes,
    };
  }

  get(path: string): Promise<Heard> {
    return this.wire.ask({ method: "GET", path });
  }

  post(path: string, body: unknown): Promise<Heard> {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return this.wire.ask({ method: "POST", path, body: text, type: "application/json" });
  }

  /** Undecided yet: the caller says what the answer must be. */
  async check(body: Body): Promise<Heard> {
    const heard = await this.post("/v1/swipes", body);
    const { decision, swipeId } = (heard.json ?? {}) as Partial<DecisionAnswer>;
    if (heard.status === 200 && swipeId !== undefined && isAccepted(decision))
      this.sold.add(swipeId);
    return heard;
  }

  /** A good answer to a check, whatever it decides. */
  async decided(body: Body): Promise<DecisionAnswer> {
    const answer = goodAnswer(await this.check(body), 200, DecisionAnswer);
    expect(answer.swipeId === body["swipeId"], "the answer names another swipeId");
    return answer;
  }

  /** A sale that may go on; a policy that minds the body is no fault of the guard's. */
  async accepted(body: Body): Promise<DecisionAnswer> {
    const answer = await this.decided(body);
    const rules = answer.hits.map(({ rule }) => rule).join(", ");
    expect(
      isAccepted(answer.decision),
      `an ordinary sale was answered ${answer.decision} (${rules}), so this could not be played`,
    );
    return answer;
  }

  step(swipeId: string, what: string, body: Body): Promise<Heard> {
    if (what === "settlement") this.sold.add(swipeId);
    return this.post(`/v1/swipes/${swipeId}/${what}`, body);
  }

  async stepped(swipeId: string, what: string, body: Body): Promise<SwipeState> {
    return goodAnswer(await this.step(swipeId, what, body), 200, SwipeState);
  }

  async found(swipeId: string): Promise<SwipeState> {
    return goodAnswer(await this.get(`/v1/swipes/${swipeId}`), 200, SwipeState);
  }

  settlement(changes: Body = {}): Body {
    return { settlementId: this.newNumber("S"), visitId: this.newNumber("V"), ...changes };
  }

  /** An NHSA sale of one box; nobody minds it. */
  nhsaSale(infno: "2101" | "2102"): Message {
    const msgid = this.newId();
    const told = { msgid, at: this.clock.now(), buyer: this.newBuyer() };
    if (infno === "2102") this.sold.add(msgid);
    return saleMessage(infno, told, { code: this.newCode(), invoice: this.newNumber("I") });
  }

  /** NHSA's answer to it, under a number of its own. */
  nhsaAnswer(sale: Message, infcode: 0 | -1) {
    return saleAnswer(sale, infcode, this.newNumber("S"), this.clock.now());
  }

  /** A later message of the same till about the same person. */
  toldAgain(sale: Message): Told {
    const { druginfo } = sale.input as { readonly druginfo: Readonly<Record<string, string>> };
    const buyer: Buyer = {
      person: druginfo["psn_no"] ?? "",
      card: druginfo["mdtrt_cert_no"] ?? "",
      terminal: String(sale["dev_no"]),
      operator: String(sale["opter"]),
    };
    return { msgid: this.newId(), at: this.clock.now(), buyer };
  }

  /** What was sold is given back, so that the next run meets a shop as quiet as this one did. */
  async leave(): Promise<void> {
    for (const swipeId of this.sold) {
      const reversal = { reversalId: this.newNumber("R"), reason: "void" };
      try {
        await this.post(`/v1/swipes/${swipeId}/reversal`, reversal);
      } catch {
        return;
      }
    }
  }
}

export function isAccepted(decision: unknown): boolean {
  return decision === "allow" || decision === "warn";
}

/** @throws OtherwiseError for another status, or an answer of another shape */
export function goodAnswer<S extends z.ZodType>(
  heard: Heard,
  status: number,
  schema: S,
): z.output<S> {
  expect(heard.status === status, `answered ${described(heard)}`);
  const parsed = schema.safeParse(heard.json);
  const first = parsed.error?.issues[0];
  expect(parsed.success, `the answer's ${first?.path.join(".") || "body"} has another form`);
  return parsed.data;
}

/** Status and code; nothing else of an answer is repeated. */
export function described({ status, json }: Heard): string {
  const { code } = (json ?? {}) as { readonly code?: unknown };
  return typeof code === "string" && /^[a-z_]{1,40}$/.test(code)
    ? `${status} ${code}`
    : `${status}`;
}

/** Equal but for how long it took. */
export function sameAnswer(one: DecisionAnswer, other: DecisionAnswer): boolean {
  const kept = ({ elapsedMs: _, ...answer }: DecisionAnswer) => canonicalJson(answer);
  return kept(one) === kept(other);
}
