import type { Level } from "../../src/swipe/vocabulary.ts";
import {
  type Ask,
  chinaText,
  chinaTime,
  type Filled,
  lineId,
  numberOf,
  type Packs,
  packs,
} from "./ask.ts";
import { DRUG, SHOP } from "./chest.ts";
import { nativeBody } from "./native-form.ts";
import { nhsaEnvelope } from "./nhsa-form.ts";

/** How the till speaks to the guard. */
export type Form = "native" | "nhsa";

/** Rules that must be among the hits, each at this level. */
export type Hits = Readonly<Record<string, Level>>;

export interface Expectation {
  readonly levels: readonly Level[];
  readonly hits: Hits;
  readonly problem?: string;
}

export interface Step {
  readonly line: Readonly<Record<string, unknown>>;
  readonly what: string;
  expected?: Expectation;
}

const START = "2026-11-21 09:00:00";
const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A check that was asked: says what the answer must be, and can be settled, returned or tried again. */
export class Checked {
  readonly ask: Filled;
  private readonly step: Step;

  constructor(ask: Filled, step: Step) {
    this.ask = ask;
    this.step = step;
  }

  /** Exactly this level, with these rules among the hits; no other rule may hold or deny. */
  is(level: Level, hits: Hits = {}): this {
    return this.isOneOf([level], hits);
  }

  isOneOf(levels: readonly Level[], hits: Hits = {}): this {
    this.step.expected = { levels, hits };
    return this;
  }

  /** The request itself is refused with this problem. */
  isRefused(problem: string): this {
    this.step.expected = { levels: [], hits: {}, problem };
    return this;
  }

  /** The same wish again under a new id: same person, place and boxes. */
  again(changes: Ask = {}): Ask {
    const { id: _id, at: _at, inquiry: _inquiry, ...ask } = this.ask;
    return { ...ask, ...changes };
  }
}

/** One case as an analyst tells it; it writes itself down as replay lines with expectations. */
export class Story {
  readonly title: string;
  readonly form: Form;
  readonly steps: Step[] = [];
  private now = chinaTime(START);
  private count = 0;
  private codes = 0;

  constructor(title: string, form: Form) {
    this.title = title;
    this.form = form;
  }

  /** China local: `2026-11-21 09:00:00`. */
  at(time: string): this {
    this.now = chinaTime(time);
    return this;
  }

  /** `later("10m")`, `later("1ms")`; several may be given. */
  later(...spans: readonly string[]): this {
    for (const span of spans) this.now += lengthOf(span);
    return this;
  }

  /** A settle-stage check: 2102 in NHSA's form. */
  check(ask: Ask = {}): Checked {
    return this.ask(ask, false);
  }

  /** An inquiry: 2101 in NHSA's form. */
  inquire(ask: Ask = {}): Checked {
    return this.ask(ask, true);
  }

  /** The very same message once more. */
  repeat(check: Checked): Checked {
    return this.tell(check.ask);
  }

  /** What the fund paid: all, or so many packs of the lines in order. NHSA can only say all. */
  settle(check: Checked, packs?: readonly number[], settlementId = settlementOf(check)): this {
    const what = "the sale settles";
    if (this.form === "nhsa") {
      const setlinfo = { setl_id: settlementId, mdtrt_id: "M-1", psn_no: numberOf(check.ask) };
      const body = { infcode: 0, inf_refmsgid: check.ask.id, output: { setlinfo } };
      return this.add("nhsa/2102/answer", body, what);
    }
    const lines = packs && {
      lines: packs.map((quantity, index) => ({ line: lineId(index), quantity })),
    };
    return this.add("settlement", { settlementId, visitId: "M-1", ...lines }, what, check.ask.id);
  }

  /** NHSA refuses the sale. */
  nhsaRefuses(check: Checked): this {
    const body = { infcode: -1, inf_refmsgid: check.ask.id, err_msg: "x", output: null };
    return this.add("nhsa/2102/answer", body, "NHSA refuses the sale");
  }

  /** All comes back: a native reversal, or 2601 for the message. */
  giveBack(check: Checked): this {
    if (this.form === "nhsa") return this.undo(check.ask, check.ask.id, "2102");
    return this.add("reversal", { reason: "refund" }, "all comes back", check.ask.id);
  }

  /** Packs of the first line come back, with these codes or none. Native only. */
  giveBackSome(check: Checked, quantity: number, traceCodes?: readonly string[]): this {
    this.count += 1;
    const lines = [{ line: lineId(0), quantity, ...(traceCodes ? { traceCodes } : {}) }];
    const body = { reversalId: `R-${this.count}`, reason: "refund", lines };
    return this.add("reversal", body, `${quantity} come back`, check.ask.id);
  }

  /** 2103 by the settlement's number. */
  cancel(check: Checked): string {
    const msgid = this.nextId();
    const data = { psn_no: numberOf(check.ask), setl_id: settlementOf(check), mdtrt_id: "M-1" };
    const shop = check.ask.shop ?? SHOP.north;
    this.add(
      "nhsa/2103",
      { infno: "2103", msgid, fixmedins_code: shop, input: { data } },
      "2103 cancels",
    );
    return msgid;
  }

  /** 2601: the message whose answer was lost is taken back. */
  undo(ask: Ask, omsgid: string, oinfno: "2102" | "2103"): this {
    const msgid = this.nextId();
    const data = { psn_no: numberOf(ask), omsgid, oinfno };
    const shop = ask.shop ?? SHOP.north;
    return this.add(
      "nhsa/2601",
      { infno: "2601", msgid, fixmedins_code: shop, input: { data } },
      `2601 of a ${oinfno}`,
    );
  }

  /** Trace codes nobody has seen before. */
  freshCodes(count: number): string[] {
    return Array.from({ length: count }, () => {
      this.codes += 1;
      return `8338652${String(this.codes).padStart(13, "0")}`;
    });
  }

  private ask(ask: Ask, inquiry: boolean): Checked {
    const basket = (ask.basket ?? [packs(DRUG.rehydration, 1)]).map((line) => this.withCodes(line));
    return this.tell({ ...ask, id: ask.id ?? this.nextId(), at: this.now, inquiry, basket });
  }

  private tell(filled: Filled): Checked {
    const { inquiry, ...ask } = filled;
    const who = ask.number ?? ask.person ?? "Li";
    const what = `${who} ${inquiry ? "asks" : "buys"} at ${chinaText(this.now)}`;
    const op = this.form === "native" ? "check" : inquiry ? "nhsa/2101" : "nhsa/2102";
    const body = this.form === "native" ? nativeBody(filled) : nhsaEnvelope(filled);
    this.add(op, body, what);
    const step = this.steps.at(-1);
    if (step === undefined) throw new TypeError("no step was told");
    return new Checked(filled, step);
  }

  private withCodes(line: Packs): Packs {
    if (line.codes !== undefined || !/^[XZ]/.test(line.drug) || line.drug === DRUG.rehydration)
      return line;
    return { ...line, codes: this.freshCodes(Math.ceil(line.split ? 1 : line.quantity)) };
  }

  private nextId(): string {
    this.count += 1;
    return `${SHOP.north}20261121000000${String(this.count).padStart(4, "0")}`;
  }

  private add(op: string, body: unknown, what: string, swipeId?: string): this {
    const line = { at: chinaText(this.now), op, ...(swipeId ? { swipeId } : {}), body };
    this.steps.push({ line, what });
    return this;
  }
}

function settlementOf({ ask }: Checked): string {
  return `S-${ask.id.slice(-26)}`;
}

function lengthOf(span: string): number {
  const [, number, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(span) ?? [];
  if (number === undefined) throw new TypeError(`not a span: ${span}`);
  return Number(number) * UNITS[unit as keyof typeof UNITS];
}

type Telling = (story: Story) => void;
export type Told = readonly Story[];

/** The same case through both doors. */
export function story(title: string, tell: Telling): Told {
  return [...native(title, tell), ...nhsa(title, tell)];
}

export function native(title: string, tell: Telling): Told {
  return [told(new Story(`${title} (native)`, "native"), tell)];
}

export function nhsa(title: string, tell: Telling): Told {
  return [told(new Story(`${title} (NHSA)`, "nhsa"), tell)];
}

function told(story: Story, tell: Telling): Story {
  tell(story);
  return story;
}
