import { type Ask, chinaText, digitsOf, lineId, type Packs, packs } from "../scenarios/ask.ts";
import { DRUG, SHOP } from "../scenarios/chest.ts";
import { type Filled, fill } from "../scenarios/fill.ts";
import { nativeBody } from "../scenarios/native-form.ts";
import { nhsaEnvelope } from "../scenarios/nhsa-form.ts";

/** One request to the guard, in the words of a replay line; `path` is its address. */
export interface Call {
  readonly op: string;
  readonly path: string;
  readonly swipeId?: string;
  readonly body: Record<string, unknown>;
}

interface Sold {
  readonly ask: Filled;
  readonly form: "native" | "nhsa";
  readonly settlement: string;
}

const DRUGS = Object.values(DRUG);
const HOMES = [SHOP.north, SHOP.south, SHOP.gate, SHOP.heping];
/** Chosen so that most are at peace with the rules and every rule still speaks. */
const PEOPLE = 60;
const TILLS = 25;
const BOXES = 900;
const TOKENS = 400;
const PRESCRIPTIONS = 150;
const YESTERDAY = 86_400_000;

/** Busy counters of a few shops: the same few people, boxes, tokens and prescriptions, in every combination of chance. */
export class BusyCounter {
  private readonly run: string;
  private state: number;
  private count = 0;
  private readonly sold: Sold[] = [];
  private readonly calls: Call[] = [];

  /** The same seed gives the same calls; `run` tells their ids apart from any other run's. */
  constructor(seed: number, run: string) {
    this.state = seed;
    this.run = run;
  }

  /** The next request; `now` is what the till's clock says. */
  next(now: number): Call {
    const call = this.choose(now);
    this.calls.push(call);
    return call;
  }

  private choose(now: number): Call {
    const dice = this.below(100);
    const earlier = this.one(this.sold.slice(-6));
    if (earlier === undefined || dice < 58) return this.sale(this.ask(now));
    if (dice < 63) return this.one(this.calls.slice(-10)) ?? this.sale(this.ask(now));
    if (dice < 66) return this.sale(this.otherwise(earlier));
    if (dice < 72) return this.sale(this.successor(earlier, now));
    if (dice < 86) return this.settlement(earlier);
    if (dice < 95) return this.reversal(earlier);
    return this.native("acknowledgement", earlier, { by: "L0031", choice: "cash" });
  }

  private ask(now: number): Filled {
    const number = this.below(PEOPLE);
    const person = `Person ${number}`;
    const home = HOMES[number % HOMES.length] ?? SHOP.north;
    const shop = this.chance(90) ? home : (this.one(Object.values(SHOP)) ?? home);
    const told: Ask = {
      ...{ person, shop, till: `T${this.below(TILLS)}`, basket: this.basket() },
      ...this.credential(person),
      ...this.extras(),
    };
    return this.filled(told, this.id(), now, this.chance(15));
  }

  private filled(told: Ask, id: string, at: number, inquiry: boolean): Filled {
    return fill(told, { id, at, inquiry, freshCodes: (count) => this.boxes(count) });
  }

  /** The same id with another basket. */
  private otherwise({ ask }: Sold): Filled {
    const told = { ...ask.told, basket: [packs(DRUG.calcium, 2)] };
    return this.filled(told, ask.id, ask.at, ask.inquiry);
  }

  private extras(): Ask {
    return {
      ...(this.chance(10) ? { verified: ["face", "pass"] as const } : {}),
      ...(this.chance(8) ? { agent: { id: `AGENT-${this.below(3)}`, registered: true } } : {}),
      ...(this.chance(10) ? { override: ["EMERGENCY", "L0031"] as const } : {}),
      ...(this.chance(4) ? { status: this.chance(50) ? "1" : "2" } : {}),
      ...(this.chance(3) ? { number: "TEST-PERSON-DECEASED-0001" } : {}),
      ...(this.chance(4) ? { totalOff: 3 } : {}),
      ...(this.chance(20) ? { disease: "M03900" } : {}),
      ...(this.chance(10) ? { codesLater: true } : {}),
    };
  }

  private credential(person: string): Ask {
    const dice = this.below(10);
    if (dice < 3) {
      return {
        token: `TOKEN-${this.below(TOKENS)}`,
        tokenIssued: chinaText(Date.now()).slice(0, 19),
      };
    }
    if (dice < 5) return { idCard: digitsOf(`id of ${person}`, 18) };
    // Now and then another person's card.
    const owner = this.chance(15) ? `Person ${this.below(PEOPLE)}` : person;
    return { card: `CARD ${owner}`, cardSn: `CHIP ${owner}` };
  }

  private basket(): readonly Packs[] {
    return Array.from({ length: 1 + this.below(3) }, () => this.line());
  }

  private line(): Packs {
    const split = this.chance(10);
    const quantity = this.chance(4) ? 12 : (this.one([1, 1, 1, 1, 2, 2, 3]) ?? 1);
    const codes = this.boxes(split ? 1 : quantity);
    const drug = this.one(DRUGS) ?? DRUG.aspirin;
    return packs(drug, quantity, {
      price: this.one([10, 36.5, 7.777]) ?? 10,
      ...(this.chance(85) ? { codes } : {}),
      ...(split ? { split, pieces: true } : {}),
      ...this.treatment(),
    });
  }

  private treatment() {
    const days = this.chance(5) ? 200 : this.one([7, 7, 14, 14, 28, 28]);
    return {
      ...(days !== undefined && this.chance(60) ? { days } : {}),
      ...(this.chance(30) ? { rx: this.prescription() } : {}),
    };
  }

  private prescription() {
    const number = `RX-${this.below(PRESCRIPTIONS)}`;
    return {
      number,
      prescriber: "D210102000101",
      quantity: 1 + this.below(3),
      long: this.chance(30),
    };
  }

  private boxes(count: number): readonly string[] {
    return Array.from({ length: count }, () => this.box());
  }

  private box(): string {
    // Now and then one of a scanner that adds what others do not.
    const code = `8338652${String(this.below(BOXES)).padStart(13, "0")}`;
    return this.chance(90) ? code : ` ${code}`;
  }

  private successor({ ask }: Sold, now: number): Filled {
    const override = this.chance(50) ? { override: ["TRAVEL_ABROAD", "L0031"] as const } : {};
    const supersedes = this.chance(60) ? { supersedes: { ask } } : {};
    return this.filled({ ...ask.told, ...override, ...supersedes }, this.id(), now, false);
  }

  private sale(ask: Filled): Call {
    const known = this.sold.find((sold) => sold.ask.id === ask.id);
    const form = known?.form ?? (this.chance(60) ? "native" : "nhsa");
    if (known === undefined) this.sold.push({ ask, form, settlement: `S-${ask.id}` });
    if (form === "native") {
      const strange = this.chance(4) ? { phone: "none" } : {};
      const body = { ...nativeBody(ask), ...strange };
      return { op: "check", path: "/v1/swipes", swipeId: ask.id, body };
    }
    return this.nhsa(ask.inquiry ? "2101" : "2102", nhsaEnvelope(ask));
  }

  private settlement(sale: Sold): Call {
    const { ask, form, settlement } = sale;
    if (form === "nhsa" && this.chance(40)) return this.upload("3505", sale);
    if (form === "nhsa") {
      const refused = { infcode: -1, inf_refmsgid: ask.id, err_msg: "x", output: null };
      const setlinfo = { setl_id: settlement, mdtrt_id: "M-1", psn_no: ask.number };
      const settled = { infcode: 0, inf_refmsgid: ask.id, output: { setlinfo } };
      return this.nhsa("2102/answer", this.chance(15) ? refused : settled);
    }
    const part = this.chance(25) ? { lines: [{ line: lineId(0), quantity: 1 }] } : {};
    const check = nativeBody({ ...ask, id: this.id(), tillClock: ask.tillClock - YESTERDAY });
    // A sale that was never checked, with all it would have been checked by.
    if (this.chance(10)) {
      const swipeId = String(check["swipeId"]);
      const body = { settlementId: `S-${swipeId}`, visitId: "M-1", swipe: check };
      return { op: "settlement", path: `/v1/swipes/${swipeId}/settlement`, swipeId, body };
    }
    return this.native("settlement", sale, { settlementId: settlement, visitId: "M-1", ...part });
  }

  private reversal(sale: Sold): Call {
    const { ask, form, settlement } = sale;
    const head = { msgid: this.id(), fixmedins_code: ask.shop };
    const psn_no = ask.number;
    if (form === "nhsa" && this.chance(30)) return this.upload("3506", sale);
    if (form === "nhsa" && this.chance(50)) {
      const data = { psn_no, omsgid: ask.id, oinfno: "2102" };
      return this.nhsa("2601", { infno: "2601", ...head, input: { data } });
    }
    if (form === "nhsa") {
      const data = { psn_no, setl_id: settlement, mdtrt_id: "M-1" };
      return this.nhsa("2103", { infno: "2103", ...head, input: { data } });
    }
    if (this.chance(50)) return this.native("reversal", sale, { reason: "refund" });
    const codes = ask.lines[0]?.codes;
    const traceCodes = codes && this.chance(60) ? { traceCodes: codes.slice(0, 1) } : {};
    const lines = [{ line: lineId(0), quantity: 1, ...traceCodes }];
    return this.native("reversal", sale, { reversalId: this.id(), reason: "refund", lines });
  }

  /** A line of the sale, as it was or not quite. */
  private upload(infno: "3505" | "3506", { ask, settlement }: Sold): Call {
    const line = this.one(ask.lines);
    const codes = this.chance(80) ? (line?.codes ?? []) : [this.box()];
    const selinfo = {
      ...{ med_list_codg: line?.drug, psn_no: ask.number, psn_name: "x" },
      ...{ hi_feesetl_type: this.chance(95) ? "1" : "0", sel_retn_cnt: 1 },
      ...{ setl_id: this.chance(70) ? settlement : "", trdn_flag: line?.split ? "1" : "0" },
      drugtracinfo: codes.map((drug_trac_codg) => ({ drug_trac_codg })),
    };
    const head = { infno, msgid: this.id(), fixmedins_code: ask.shop };
    return this.nhsa(infno, { ...head, input: { selinfo } });
  }

  private native(op: string, { ask }: Sold, body: Record<string, unknown>): Call {
    return { op, path: `/v1/swipes/${ask.id}/${op}`, swipeId: ask.id, body };
  }

  private nhsa(route: string, body: Record<string, unknown>): Call {
    return { op: `nhsa/${route}`, path: `/nhsa/${route}`, body };
  }

  private id(): string {
    this.count += 1;
    return `B-${this.run}-${String(this.count).padStart(5, "0")}`;
  }

  private one<T>(of: readonly T[]): T | undefined {
    return of[this.below(of.length)];
  }

  private chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  /** Mulberry32: small, and the same everywhere. */
  private below(limit: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * limit);
  }
}
