import type { Memory, Observation } from "../counters/contract.ts";
import { rememberedPharmacy } from "../counters/pharmacy-bytes.ts";
import type { DrugClass, DrugEntry, ReferenceBundle } from "../reference/bundle.ts";
import { molecule } from "../reference/drug-key.ts";
import type { PseudonymisedLine, PseudonymisedSwipe } from "../swipe/pseudonymised-swipe.ts";
import type { Bytes, EpochMs, ShanghaiDay, TenThousandths } from "../units.ts";
import { shanghaiDay } from "../units.ts";
import type { LedgerView } from "./ledger-view.ts";
import { ledgerView } from "./ledger-view.ts";
import { LogView } from "./log-view.ts";
import { daysSupply, packDays, packQuantity, referencePackDays } from "./quantities.ts";
import type { LineTrace } from "./trace-codes.ts";
import { codesOf, readTraceCodes, tellsBoxesApart } from "./trace-codes.ts";

/** What is worked out of a line once, whatever features ask for it. */
export interface LineFacts {
  /** Its place among the lines. */
  readonly index: number;
  readonly line: PseudonymisedLine;
  readonly drug: DrugEntry | undefined;
  readonly drugClass: DrugClass;
  /** Its row of the watchlist. */
  readonly watched: ReturnType<ReferenceBundle["watched"]>;
  /** Packs are counted by this. */
  readonly form: string;
  /** Undefined when tablets were counted and the pack's size is unknown. */
  readonly packs: TenThousandths | undefined;
  readonly days: number | undefined;
  readonly packDays: number | undefined;
  readonly referencePackDays: number | undefined;
  /** Each once; goods barcodes are none. */
  readonly codes: readonly string[];
  /** As the person's ledger knows the drug. */
  readonly key: Bytes;
  readonly molecule: Bytes;
}

/** What features of the whole swipe are read with. */
export const NO_LINE: LineFacts = Object.freeze({
  index: 0,
  line: Object.freeze({
    line: "",
    drug: "",
    quantity: 0,
    unit: "pack",
    unitPriceMicro: 0,
    amount: 0,
    traceCodes: Object.freeze([]),
    splitPack: false,
  }),
  drug: undefined,
  drugClass: "unknown",
  watched: undefined,
  form: "",
  packs: undefined,
  days: undefined,
  packDays: undefined,
  referencePackDays: undefined,
  codes: Object.freeze([]),
  key: "",
  molecule: "",
});

/** Everything a feature may look at, for one swipe. */
export class ReadContext {
  readonly swipe: PseudonymisedSwipe;
  readonly observation: Observation;
  /** Undefined when the store was not heard. */
  readonly memory: Memory | undefined;
  readonly reference: ReferenceBundle;
  readonly at: EpochMs;
  readonly day: ShanghaiDay;
  /** The pharmacy's code as the memory gives it back: only so may it be compared with what is remembered. */
  readonly here: string;
  #lines: readonly LineFacts[] | undefined;
  #traces: readonly LineTrace[] | undefined;
  #ledger: LedgerView | undefined;
  #repeated: ReadonlySet<string> | undefined;
  readonly #logs: (LogView | undefined)[] = [];
  /** A dozen at most: to look through them is faster than a Map of them, and made faster. */
  readonly #makers: unknown[] = [];
  readonly #made: unknown[] = [];

  constructor(
    swipe: PseudonymisedSwipe,
    observation: Observation,
    memory: Memory | undefined,
    reference: ReferenceBundle,
  ) {
    this.swipe = swipe;
    this.observation = observation;
    this.memory = memory;
    this.reference = reference;
    this.at = swipe.at;
    this.day = shanghaiDay(swipe.at);
    this.here = rememberedPharmacy(swipe.pharmacy.code);
  }

  line(index: number): LineFacts {
    const facts = this.lines()[index];
    if (facts === undefined)
      throw new RangeError("GUARD_FEATURES_LINE: a feature was asked of a line that is not there");
    return facts;
  }

  lines(): readonly LineFacts[] {
    this.#lines ??= linesFacts(this);
    return this.#lines;
  }

  /** What several features share of one swipe, worked out once; known again by the function that makes it. */
  shared<T>(make: (context: ReadContext) => T): T {
    for (let i = 0; i < this.#makers.length; i += 1)
      if (this.#makers[i] === make) return this.#made[i] as T;
    const made = make(this);
    this.#makers.push(make);
    this.#made.push(made);
    return made;
  }

  /** The person's purchases; undefined when the store was not heard. */
  ledger(): LedgerView | undefined {
    this.#ledger ??= ledgerView(this);
    return this.#ledger;
  }

  /** Trace codes given more than once in this request. */
  repeatedCodes(): ReadonlySet<string> {
    this.#repeated ??= repeatedCodes(this.swipe.lines);
    return this.#repeated;
  }

  /** An observed entity's log until an instant; undefined when it was not heard. */
  logView(place: number, until: EpochMs): LogView | undefined {
    const known = this.#logs[place];
    // Only just before midnight does a day end at another instant than the other windows.
    if (known?.until === until) return known;
    const log = this.memory?.logs[place];
    const own = this.observation.logs[place];
    if (log === undefined || own === undefined) return undefined;
    const view = new LogView(log, until, { person: this.observation.person, mark: own.mark });
    this.#logs[place] = view;
    return view;
  }

  /** What the memory says of a line's trace codes; undefined when the store was not heard. */
  trace(index: number): LineTrace | undefined {
    if (this.memory === undefined) return undefined;
    this.#traces ??= readTraceCodes(this, this.memory);
    return this.#traces[index];
  }
}

function linesFacts({ swipe, observation, reference }: ReadContext): readonly LineFacts[] {
  const facts: LineFacts[] = [];
  for (const line of swipe.lines) {
    const key = observation.lines[facts.length]?.drug ?? "";
    facts.push(lineFacts(line, facts.length, key, reference));
  }
  return facts;
}

function lineFacts(
  line: PseudonymisedLine,
  index: number,
  key: Bytes,
  reference: ReferenceBundle,
): LineFacts {
  const drug = reference.drug(line.drug);
  const { drugClass, form } = reference.identify(line.drug);
  return {
    index,
    line,
    drug,
    drugClass,
    watched: reference.watched(line.drug),
    form,
    packs: packQuantity(line.quantity, line, drug),
    days: daysSupply(line, drug, drugClass),
    packDays: packDays(line, drug, drugClass),
    referencePackDays: referencePackDays(drug, drugClass),
    codes: codesOf(line),
    key,
    molecule: molecule(key),
  };
}

function repeatedCodes(lines: readonly PseudonymisedLine[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  for (const line of lines) {
    for (const code of line.traceCodes) {
      if (!tellsBoxesApart(code)) continue;
      if (seen.has(code.id)) repeated.add(code.id);
      else seen.add(code.id);
    }
  }
  return repeated;
}
