import { type EpochMs, MINUTE, SECOND } from "../../units.ts";
import { localText, offsetText } from "../days.ts";
import type { Boxes, SoldBox } from "../goods/boxes.ts";
import { cartAmount, scannedCodes } from "../goods/cart.ts";
import type { Random } from "../random.ts";
import type { Course, Sale } from "../sale.ts";
import type { Form, Store, Till } from "../stores/store.ts";
import type { LineQueue } from "./line-queue.ts";
import { NATIVE_FORM, uncheckedSettlement } from "./native-form.ts";
import { nhsaForm, refusedByNhsa } from "./nhsa-form.ts";
import { payFrom, sharesOf } from "./shares.ts";
import { stepsAfter } from "./steps.ts";
import type { Message, Presentation, ScannedLine, TillForm } from "./till-form.ts";

/** Where and when a sale takes place. */
export interface Counter {
  readonly at: EpochMs;
  readonly store: Store;
  readonly till: Till;
  readonly cashier: string;
}

/** Only if the check named was answered so. */
export interface Follows {
  readonly swipeId: string;
  readonly when: readonly string[];
}

export const PASSED = ["allow", "warn"] as const;

export interface RegisterParts {
  readonly queue: LineQueue;
  readonly boxes: Boxes;
  readonly random: Random;
  /** Told of each box that was scanned and is likely gone. */
  readonly sold: (box: SoldBox) => void;
}

const FORMS: Readonly<Record<Form, TillForm>> = {
  native: NATIVE_FORM,
  mode1: nhsaForm("mode1"),
  mode2: nhsaForm("mode2"),
};

/** Plays sales at tills: every message a till would send, now and later, goes into the queue as a replay line. */
export class Register {
  private readonly parts: RegisterParts;
  private readonly sequences = new Map<string, number>();
  private comingBack: { readonly at: EpochMs; readonly presented: Presentation }[] = [];

  constructor(parts: RegisterParts) {
    this.parts = parts;
  }

  play(sale: Sale, counter: Counter): void {
    this.shelve(counter.at);
    const presented = this.present(sale, counter);
    if (sale.episode) sale.episode.money += presented.total;
    else payFrom(sale.person, presented.shares);
    this.courses[sale.course](presented);
    if (sale.course === "refunded" || sale.course === "inquiryOnly") return;
    for (const { line, codes } of presented.lines) {
      if (line.pieces) continue;
      for (const code of codes)
        this.parts.sold({
          code,
          product: line.product,
          at: counter.at,
          store: counter.store.code,
          buyer: sale.person.number,
        });
    }
  }

  /** The id of a check; belongs to the episode, if the sale does. */
  checkId({ store, sale }: Pick<Presentation, "store" | "sale">, at: EpochMs): string {
    const id = this.messageId(store, at);
    sale.episode?.swipeIds.push(id);
    return id;
  }

  /** As NHSA wants it: pharmacy, time, and a number that goes up. */
  private messageId(store: Store, at: EpochMs): string {
    const sequence = (this.sequences.get(store.code) ?? 0) + 1;
    this.sequences.set(store.code, sequence);
    const time = localText(at).replace(/\D/g, "");
    return `${store.code}${time}${String(sequence % 10_000).padStart(4, "0")}`;
  }

  write(at: EpochMs, message: Message | undefined, follows?: Follows): void {
    if (message === undefined) return;
    const { op, swipeId, body, change } = message;
    const line = { at: offsetText(at), op, swipeId, follows, body, change };
    this.parts.queue.add({ at, text: JSON.stringify(line) });
  }

  formOf(store: Store): TillForm {
    return FORMS[store.form];
  }

  private present(sale: Sale, counter: Counter): Presentation {
    const { store, at } = counter;
    const lines = sale.cart.map((line, index) => ({
      id: String(index + 1).padStart(4, "0"),
      line,
      codes: scannedCodes(line, store.code, this.parts.boxes),
    }));
    return {
      id: this.checkId({ store, sale }, at),
      ...counter,
      sale,
      lines,
      total: cartAmount(sale.cart),
      shares: sharesOf(sale),
    };
  }

  /** What came back sealed by now stands on the shelf again. */
  private shelve(now: EpochMs): void {
    const due = this.comingBack.filter(({ at }) => at <= now);
    if (due.length === 0) return;
    this.comingBack = this.comingBack.filter(({ at }) => at > now);
    for (const { presented } of due) {
      for (const { line, codes } of presented.lines) {
        if (!line.pieces) this.parts.boxes.putBack(presented.store.code, line.product, codes);
      }
    }
  }

  private readonly courses: Readonly<Record<Course, (presented: Presentation) => unknown>> = {
    plain: (presented) => this.checkAndSettle(presented),
    inquiryOnly: (presented) => {
      this.write(presented.at, this.formOf(presented.store).check(presented, "inquiry"));
    },
    abandoned: (presented) => this.abandon(presented),
    repeated: (presented) => {
      const again = presented.at + this.parts.random.between(5, 25) * SECOND;
      this.checkAndSettle(presented);
      this.write(again, this.formOf(presented.store).check(presented, "settle"));
    },
    undone: (presented) => this.sellAgain(presented, true),
    secondTry: (presented) => this.sellAgain(presented, false),
    refunded: (presented) => this.comeBack(presented, this.parts.random.between(15, 200) * MINUTE),
    cycled: (presented) => this.comeBack(presented, this.parts.random.between(8, 14) * MINUTE),
    partlyReturned: (presented) => this.comeBackInPart(presented),
    misscanned: (presented) => this.misscan(presented),
    offline: (presented) => {
      const uploaded = presented.at + this.parts.random.between(30, 360) * MINUTE;
      this.write(uploaded, uncheckedSettlement(presented, presented.at));
    },
  };

  /** The ids under which the sale may come to be settled. */
  private checkAndSettle(presented: Presentation): readonly string[] {
    const { at, store, id } = presented;
    const form = this.formOf(store);
    if (store.habits.inquires && presented.sale.course === "plain") {
      const inquiry = { ...presented, id: this.checkId(presented, at), at: at - 20 * SECOND };
      this.write(inquiry.at, form.check(inquiry, "inquiry"));
    }
    this.write(at, form.check(presented, "settle"));
    this.settle(presented, id, at);
    return [id, ...stepsAfter(this, presented, this.parts.random)];
  }

  /** A till settles what was allowed; one that defies the guard settles whatever it said. */
  settle(presented: Presentation, swipeId: string, at: EpochMs): void {
    const { random } = this.parts;
    const form = this.formOf(presented.store);
    const follows = presented.sale.defiant ? undefined : { swipeId, when: PASSED };
    const settled = at + random.between(15, 50) * SECOND;
    this.write(settled, form.settled(presented, swipeId, settled), follows);
    const sent = settled + random.between(1, 40) * MINUTE;
    if (presented.store.form === "mode1") {
      const id = this.messageId(presented.store, sent);
      this.write(sent, form.upload(presented, swipeId, id, sent), follows);
    }
  }

  private abandon(presented: Presentation): void {
    const { store, at, id } = presented;
    this.write(at, this.formOf(store).check(presented, "settle"));
    const given = at + this.parts.random.between(40, 180) * SECOND;
    // A native reservation lapses by itself; an NHSA one would be taken as sold.
    if (store.form === "native") return;
    const follows = { swipeId: id, when: PASSED };
    if (store.habits.passesAnswers) this.write(given, refusedByNhsa(id, given), follows);
    else this.write(given, this.takeBack(presented, id, given), follows);
  }

  private takeBack(presented: Presentation, swipeId: string, at: EpochMs): Message {
    const form = this.formOf(presented.store);
    return form.undone(presented, swipeId, this.messageId(presented.store, at), at);
  }

  private sellAgain(presented: Presentation, takesBack: boolean): void {
    const { store, at, id } = presented;
    this.write(at, this.formOf(store).check(presented, "settle"));
    const later = at + this.parts.random.between(60, 150) * SECOND;
    if (takesBack) this.write(later - 20 * SECOND, this.takeBack(presented, id, later));
    this.checkAndSettle({ ...presented, id: this.checkId(presented, later), at: later });
  }

  private comeBack(presented: Presentation, after: number): void {
    const back = presented.at + after;
    const form = this.formOf(presented.store);
    for (const swipeId of this.checkAndSettle(presented)) {
      const id = this.messageId(presented.store, back);
      const follows = { swipeId, when: PASSED };
      this.write(back, form.returned(presented, swipeId, id, back), follows);
      const shelved = back + MINUTE;
      const upload = form.returnUpload(presented, swipeId, `${id}R`, shelved);
      this.write(shelved, upload, follows);
    }
    if (presented.sale.course === "refunded") this.comingBack.push({ at: back, presented });
  }

  private comeBackInPart(presented: Presentation): void {
    const back = presented.at + this.parts.random.between(10, 240) * MINUTE;
    const form = this.formOf(presented.store);
    for (const swipeId of this.checkAndSettle(presented)) {
      const message = form.partReturned(presented, swipeId, "R1", back);
      this.write(back, message, { swipeId, when: PASSED });
    }
  }

  /** One box too few under the scanner, or one twice; put right when the guard says so. */
  private misscan(presented: Presentation): void {
    const twice = this.parts.random.chance(0.4);
    let isDone = false;
    const lines = presented.lines.map((line) => {
      if (isDone || line.codes.length === 0) return line;
      isDone = true;
      const first = line.codes[0] ?? "";
      return { ...line, codes: twice ? [first, ...line.codes] : line.codes.slice(1) };
    });
    if (!isDone) {
      this.checkAndSettle(presented);
      return;
    }
    const slip = { ...presented, lines };
    this.write(slip.at, this.formOf(slip.store).check(slip, "settle"));
    this.settle(slip, slip.id, slip.at);
    this.rescan(slip, presented.lines);
  }

  private rescan(presented: Presentation, lines: readonly ScannedLine[]): void {
    const at = presented.at + this.parts.random.between(30, 70) * SECOND;
    const again = { id: this.checkId(presented, at), at, supersedes: presented.id, lines };
    this.write(at, this.formOf(presented.store).again(presented, again), {
      swipeId: presented.id,
      when: ["hold", "deny"],
    });
    const right = { ...presented, lines, id: again.id, at };
    this.settle(right, again.id, at);
    stepsAfter(this, right, this.parts.random);
  }
}
