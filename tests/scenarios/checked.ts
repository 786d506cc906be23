import type { Level } from "../../src/swipe/vocabulary.ts";
import { type Ask, chinaText, type Packs } from "./ask.ts";
import type { Expectation, Hits } from "./expectation.ts";
import type { Filled, FilledLine } from "./fill.ts";
import type { Said } from "./step.ts";

/** A check that was asked: says what the answer must be, and can be settled, returned or tried again. */
export class Checked {
  readonly ask: Filled;
  readonly said: Said;

  constructor(ask: Filled, said: Said) {
    this.ask = ask;
    this.said = said;
  }

  /** Exactly this level, with these rules among the hits; no other rule may hold or deny. */
  is(level: Level, hits: Hits = {}): this {
    return this.isOneOf([level], hits);
  }

  isOneOf(levels: readonly Level[], hits: Hits = {}): this {
    return this.expect({ levels, hits });
  }

  /** Allow or warn: the customer goes home with the medicine. */
  passes(hits: Hits = {}): this {
    return this.isOneOf(["allow", "warn"], hits);
  }

  /** These rules say nothing, not even in shadow. After `is` or `passes`, which it adds to. */
  without(...rules: readonly string[]): this {
    return this.expect({ without: rules });
  }

  /** The request itself is refused with this problem. */
  isRefused(problem: string): this {
    return this.expect({ levels: [], problem });
  }

  /** The same wish again under a new id: same person, place, boxes and prescriptions. */
  again(changes: Ask = {}): Ask {
    const { id: _id, ...told } = this.ask.told;
    const isOther = changes.person !== undefined || changes.number !== undefined;
    const basket = this.ask.lines.map((line, index) =>
      sameLine(line, told.basket?.[index], isOther),
    );
    return { ...told, basket, ...changes };
  }

  private expect(more: Partial<Expectation>): this {
    const before = this.said.expected ?? { levels: [], hits: {}, without: [] };
    this.said.expected = { ...before, ...more };
    return this;
  }
}

/** Another person has the same boxes, and a prescription of his own unless the story says otherwise. */
function sameLine(line: FilledLine, told: Packs | undefined, isOther: boolean): Packs {
  const { drug, quantity, codes, rx } = line;
  const same = { drug, quantity, ...told, ...(codes === null ? {} : { codes }) };
  if (rx === null || isOther) return same;
  const issued = rx.issued === null ? null : chinaText(rx.issued).slice(0, 23).replace("T", " ");
  return { ...same, rx: { ...rx, issued } };
}
