import { type Ask, chinaText, chinaTime, digitsOf, lineId, type Paid } from "./ask.ts";
import { Checked } from "./checked.ts";
import { type ClueWanted, clueFault } from "./clue-question.ts";
import type { Hits } from "./expectation.ts";
import { type Filled, fill } from "./fill.ts";
import { nativeBody } from "./native-form.ts";
import { answerOf, nhsaEnvelope, productOf, uploadOf } from "./nhsa-form.ts";
import { Scheme } from "./scheme.ts";
import type { Form, Said, Step, Told } from "./step.ts";

/** What a sale upload says; by default what was sold, under the sale's own settlement. */
export interface Uploaded {
  /** By line. */
  readonly codes?: readonly (readonly string[])[];
  readonly settlementId?: string;
}

export interface Settled {
  /** What the fund paid of the lines in order; all. NHSA can only say all. */
  readonly packs?: readonly number[];
  readonly settlementId?: string;
  /** What was paid in the end; as at the check. */
  readonly funds?: Required<Paid>;
}

const START = "2026-11-21 09:00:00";
const SPANS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const PREFIX_DIGITS = 5;

/** One case as an analyst tells it; it writes itself down as replay lines with expectations. */
export class Story {
  readonly title: string;
  readonly form: Form;
  readonly steps: Step[] = [];
  /** What a bureau put on top of the shipped policy, as its `overlays` are written; undefined: nothing. */
  overlay: string | undefined;
  private readonly settled = new Set<string>();
  private now = chinaTime(START);
  private count = 0;
  private codes = 0;

  constructor(title: string, form: Form) {
    this.title = title;
    this.form = form;
  }

  /** Under the shipped policy with this overlay more, in YAML: `- areas: ["2101"]` and so on. */
  under(overlay: string): this {
    this.overlay = overlay;
    return this;
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

  /** So many days one after the other, each from the time of day it is now; then it is the day after. */
  daily(days: number, tell: (day: number) => void): this {
    const first = this.now;
    for (let day = 0; day < days; day++) {
      this.now = first + day * SPANS.d;
      tell(day);
    }
    this.now = first + days * SPANS.d;
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

  /** Checked, passed (allow or warn) and settled. */
  sell(ask: Ask = {}, hits: Hits = {}): Checked {
    const check = this.check(ask).passes(hits);
    this.settle(check);
    return check;
  }

  /** The very same message once more. */
  repeat(check: Checked): Checked {
    return this.tell(check.ask);
  }

  settle(check: Checked, how: Settled = {}): this {
    this.settled.add(check.ask.id);
    const { packs, settlementId = settlementOf(check), funds } = how;
    const what = "the sale settles";
    if (this.form === "nhsa") {
      return this.add(
        "nhsa/2102/answer",
        answerOf({ ...check.ask, ...(funds && { funds }) }, settlementId),
        what,
      );
    }
    const lines = packs && {
      lines: packs.map((quantity, index) => ({ line: lineId(index), quantity })),
    };
    const body = { settlementId, visitId: "M-1", ...lines, ...(funds && { funds }) };
    return this.add("settlement", body, what, check.ask.id);
  }

  /** As `settle`, only where the answer had been allow or warn. */
  settleIfPassed(check: Checked): this {
    this.settle(check);
    const last = this.steps.pop();
    if (last !== undefined && "line" in last) this.steps.push({ ...last, ifPassed: check.said });
    return this;
  }

  /** Several sales that belong to one fraud: each settles where it may, and the guard must see it in time. */
  scheme(): Scheme {
    return new Scheme(this);
  }

  /** NHSA refuses the sale. */
  nhsaRefuses(check: Checked): this {
    const body = { infcode: -1, inf_refmsgid: check.ask.id, err_msg: "x", output: null };
    return this.add("nhsa/2102/answer", body, "NHSA refuses the sale");
  }

  /** All comes back: a native reversal; 2103 of what was settled, 2601 of what was not. */
  giveBack(check: Checked, reason: "refund" | "void" | "timeout" = "refund"): this {
    if (this.form === "native") {
      return this.add("reversal", { reason }, "all comes back", check.ask.id);
    }
    if (!this.settled.has(check.ask.id)) return this.undo(check);
    this.cancel(check);
    return this;
  }

  /** Packs of the first line come back, with these codes or none. Native only. */
  giveBackSome(check: Checked, quantity: number, traceCodes?: readonly string[]): this {
    this.count += 1;
    const lines = [{ line: lineId(0), quantity, ...(traceCodes ? { traceCodes } : {}) }];
    const body = { reversalId: `R-${this.count}`, reason: "refund", lines };
    return this.add("reversal", body, `${quantity} come back`, check.ask.id);
  }

  /** What the pharmacist did about the answer. Native only. */
  acknowledge(check: Checked, choice: "continue" | "withdraw" | "cash", code?: string): this {
    const body = { by: "L0012", choice, ...(code === undefined ? {} : { code }) };
    return this.add("acknowledgement", body, `the pharmacist: ${choice}`, check.ask.id);
  }

  /** 3505: a message for each line of the sale, with the codes it had, or these. NHSA only. */
  upload(check: Checked, of: Uploaded = {}): this {
    for (const product of this.products(check, of)) this.uploads(check, "3505", [product]);
    return this;
  }

  /** 3505A: the lines of several sales in one message. NHSA only. */
  uploadTogether(...checks: readonly Checked[]): this {
    const [first] = checks;
    if (first === undefined) throw new TypeError("nothing was bought");
    return this.uploads(
      first,
      "3505",
      checks.flatMap((check) => this.products(check, {})),
    );
  }

  /** 3506: so many packs of the first line come back, with these codes or none. NHSA only. */
  uploadReturn(check: Checked, packs: number, codes: readonly string[] = []): this {
    const [line] = check.ask.lines;
    if (line === undefined) throw new TypeError("nothing was bought");
    const product = productOf(check.ask, line, { settlement: settlementOf(check), codes, packs });
    return this.uploads(check, "3506", [product]);
  }

  /** The message before, once more. */
  twice(): this {
    const last = this.steps.at(-1);
    if (last !== undefined && "line" in last) {
      this.steps.push({ line: last.line, what: `${last.what} again` });
    }
    return this;
  }

  /** 2103 by the settlement's number; gives its msgid. NHSA only. */
  cancel(check: Checked): string {
    const data = { psn_no: check.ask.number, setl_id: settlementOf(check), mdtrt_id: "M-1" };
    return this.message("2103", check, data, "2103 cancels");
  }

  /** 2601: a 2102 whose answer was lost is taken back, or the cancellation of that msgid. NHSA only. */
  undo(check: { readonly ask: Filled }, cancellation?: string): this {
    const oinfno = cancellation === undefined ? "2102" : "2103";
    const data = { psn_no: check.ask.number, omsgid: cancellation ?? check.ask.id, oinfno };
    this.message("2601", check, data, `2601 of a ${oinfno}`);
    return this;
  }

  /** Inspectors were told of this by now. */
  raises(wanted: ClueWanted): this {
    return this.question(`a clue: ${wanted.kind}`, (told) => clueFault(wanted, told));
  }

  /** Inspectors were told nothing so far, or nothing of this kind. */
  raisesNothing(kind?: ClueWanted["kind"]): this {
    return this.question("no clue", ({ clues }) => {
      const raised = clues.filter((clue) => kind === undefined || clue.kind === kind);
      return raised.length === 0 ? undefined : `a clue of ${raised[0]?.kind} was raised`;
    });
  }

  /** An indicator of this store was raised by now. */
  indicates(id: string, shop: string): this {
    return this.question(`indicator ${id}`, ({ indicators }) => {
      const names = indicators.map((one) => `${one.indicatorId} of ${one.entity}`);
      return names.some((name) => name.startsWith(id) && name.endsWith(shop))
        ? undefined
        : `no ${id} of ${shop} among ${names.join(", ") || "none"}`;
    });
  }

  question(what: string, judge: (told: Told) => string | undefined): this {
    this.steps.push({ what, judge });
    return this;
  }

  /** Trace codes nobody has seen before; the first seven digits are the product's. */
  freshCodes(count: number, drug = ""): string[] {
    const prefix = `83${digitsOf(`product ${drug}`, PREFIX_DIGITS)}`;
    return Array.from({ length: count }, () => {
      this.codes += 1;
      return `${prefix}${String(this.codes).padStart(13, "0")}`;
    });
  }

  private ask(ask: Ask, inquiry: boolean): Checked {
    const id = ask.id ?? this.nextId();
    const freshCodes = (count: number, drug: string) => this.freshCodes(count, drug);
    return this.tell(fill(ask, { id, at: this.now, inquiry, freshCodes }));
  }

  private tell(filled: Filled): Checked {
    const { inquiry, told } = filled;
    const who = told.number ?? told.person ?? "Li";
    const what = `${who} ${inquiry ? "asks" : "buys"} at ${chinaText(this.now)}`;
    const op = this.form === "native" ? "check" : inquiry ? "nhsa/2101" : "nhsa/2102";
    const body = this.form === "native" ? nativeBody(filled) : nhsaEnvelope(filled);
    return new Checked(filled, this.say(op, body, what));
  }

  private products(check: Checked, of: Uploaded): Record<string, unknown>[] {
    const settlement = of.settlementId ?? settlementOf(check);
    return check.ask.lines.map((line, index) => {
      const codes = of.codes?.[index] ?? line.codes ?? [];
      return productOf(check.ask, line, { settlement, codes, packs: line.quantity });
    });
  }

  private uploads(
    { ask }: Checked,
    infno: "3505" | "3506",
    products: readonly Record<string, unknown>[],
  ): this {
    return this.add(`nhsa/${infno}`, uploadOf(ask.shop, infno, this.nextId(), products), infno);
  }

  private message(
    infno: string,
    { ask }: { readonly ask: Filled },
    data: unknown,
    what: string,
  ): string {
    const msgid = this.nextId();
    this.add(`nhsa/${infno}`, { infno, msgid, fixmedins_code: ask.shop, input: { data } }, what);
    return msgid;
  }

  private nextId(): string {
    this.count += 1;
    return `P2101020012320261121000000${String(this.count).padStart(4, "0")}`;
  }

  private add(op: string, body: unknown, what: string, swipeId?: string): this {
    this.say(op, body, what, swipeId);
    return this;
  }

  private say(op: string, body: unknown, what: string, swipeId?: string): Said {
    const line = { at: chinaText(this.now), op, ...(swipeId ? { swipeId } : {}), body };
    const said: Said = { line, what };
    this.steps.push(said);
    return said;
  }
}

function settlementOf({ ask }: Checked): string {
  return `S-${ask.id.slice(-26)}`;
}

function lengthOf(span: string): number {
  const [, number, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(span) ?? [];
  if (number === undefined) throw new TypeError(`not a span: ${span}`);
  return Number(number) * SPANS[unit as keyof typeof SPANS];
}

type Telling = (story: Story) => void;
/** Not yet told: a story is written down when it is played. */
export interface Tellable {
  readonly title: string;
  tell(): Story;
}
export type Stories = readonly Tellable[];

/** The same case through both doors. */
export function story(title: string, tell: Telling): Stories {
  return [...native(title, tell), ...nhsa(title, tell)];
}

export function native(title: string, tell: Telling): Stories {
  return [tellable(`${title} (native)`, "native", tell)];
}

export function nhsa(title: string, tell: Telling): Stories {
  return [tellable(`${title} (NHSA)`, "nhsa", tell)];
}

function tellable(title: string, form: Form, tell: Telling): Tellable {
  return {
    title,
    tell: () => {
      const story = new Story(title, form);
      tell(story);
      return story;
    },
  };
}
