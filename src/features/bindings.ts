import type { BindingUse, LedgerLine } from "../counters/contract.ts";
import type { ReferenceBundle } from "../reference/bundle.ts";
import type {
  Pseudonym,
  PseudonymisedLine,
  PseudonymisedSwipe,
} from "../swipe/pseudonymised-swipe.ts";
import type { Bytes, DurationMs } from "../units.ts";
import { bytes64, partnerDigest, pseudonymBytes } from "./digests.ts";
import { ONE, packPriceMicro } from "./quantities.ts";

/** What partners are remembered of. */
export type BindingKind =
  /** A card: its persons. */
  | "card"
  /** A person: their cards. */
  | "personCard"
  /** A till's hardware: the pharmacies it was seen in. */
  | "device"
  /** A store's article: the drug codes it was sold as. */
  | "article"
  /** A drug code at a pharmacy: its prices. */
  | "price"
  /** An ID number: persons, with their insurances. */
  | "idNumber"
  /** The product digits of trace codes: the drugs they came with. */
  | "product";

/** First letter of its keys in the store; no log has one of these. */
export const BINDING_LETTERS: Readonly<Record<BindingKind, string>> = {
  card: "b",
  personCard: "p",
  device: "v",
  article: "u",
  price: "c",
  idNumber: "i",
  product: "z",
};

export interface PlannedBinding {
  readonly kind: BindingKind;
  readonly kept: DurationMs;
}

/** A swipe as its bindings see it; `ledger` in the order of its lines. */
export interface Bound {
  readonly swipe: PseudonymisedSwipe;
  readonly reference: ReferenceBundle;
  readonly ledger: readonly LedgerLine[];
}

type Pair = readonly [entity: string, partner: Bytes];

/** What the swipe itself says, each pair once. */
export function bindingUses(
  planned: readonly PlannedBinding[],
  bound: Bound,
): readonly BindingUse[] {
  const uses: BindingUse[] = [];
  for (const { kind, kept } of planned) {
    const letter = BINDING_LETTERS[kind];
    const first = uses.length;
    for (const [entity, partner] of PAIRS[kind](bound)) {
      if (!hasPair(uses, first, entity, partner))
        uses.push({ kind: letter, entity, partner, kept });
    }
  }
  return uses;
}

function hasPair(
  uses: readonly BindingUse[],
  first: number,
  entity: string,
  partner: Bytes,
): boolean {
  for (let i = first; i < uses.length; i += 1) {
    const use = uses[i];
    if (use?.entity === entity && use.partner === partner) return true;
  }
  return false;
}

const PAIRS: Readonly<Record<BindingKind, (bound: Bound) => readonly Pair[]>> = {
  card: ({ swipe }) => {
    const card = cardOf(swipe);
    return card === undefined ? NONE : [[card, eightBytes(swipe.person.id)]];
  },
  personCard: ({ swipe }) => {
    const card = cardOf(swipe);
    return card === undefined ? NONE : [[swipe.person.id, eightBytes(card)]];
  },
  device: ({ swipe: { pharmacy } }) =>
    pharmacy.device === undefined ? NONE : [[pharmacy.device, partnerDigest(pharmacy.code)]],
  article: ({ swipe }) =>
    eachLine(swipe, (line) => {
      const entity = articleAt(swipe, line);
      return entity === undefined ? NONE : [[entity, partnerDigest(line.drug)]];
    }),
  price: ({ swipe, reference }) =>
    eachLine(swipe, (line) => {
      const price = packPriceMicro(line, reference.drug(line.drug));
      return price === undefined ? NONE : [[drugCodeAt(swipe, line), bytes64(price)]];
    }),
  idNumber: ({ swipe: { credential, person } }) =>
    credential.idNumber === undefined
      ? NONE
      : [[credential.idNumber, partnerDigest(person.id, person.insurance)]],
  product: ({ swipe, reference, ledger }) =>
    eachLine(swipe, (line, index) => {
      const drug = ledger[index]?.drug;
      if (drug === undefined || !teachesProducts(line, ledger[index], reference)) return NONE;
      return productsOf(line).map((product): Pair => [product, drugPartner(drug)]);
    }),
};

const NONE: readonly Pair[] = Object.freeze([]);

const CARD_TYPE = "03";

/** The chip of a card that was read: beside a code or an identity card it is another chip's, or the last one's. */
function cardOf({ credential: { type, card } }: PseudonymisedSwipe): Pseudonym | undefined {
  return type === CARD_TYPE ? card : undefined;
}

function eachLine(
  { lines }: PseudonymisedSwipe,
  pairs: (line: PseudonymisedLine, index: number) => readonly Pair[],
): readonly Pair[] {
  return lines.flatMap(pairs);
}

function eightBytes(pseudonym: string): Bytes {
  return pseudonymBytes(pseudonym).slice(0, 8);
}

/** A store's own article; undefined where the till does not name it. */
export function articleAt(
  { pharmacy }: PseudonymisedSwipe,
  { sku }: PseudonymisedLine,
): string | undefined {
  return sku === undefined ? undefined : `${pharmacy.code}:${sku}`;
}

export function drugCodeAt({ pharmacy }: PseudonymisedSwipe, { drug }: PseudonymisedLine): string {
  return `${pharmacy.code}:${drug}`;
}

/** A drug key has six bytes: a product stands for a molecule and form, whatever the pack and its maker. */
export function drugPartner(drug: Bytes): Bytes {
  return `${drug}\0\0`;
}

/** Whole packs of X and Z drugs: a tablet's code says nothing new, and other goods have no form to compare. */
export function teachesProducts(
  line: PseudonymisedLine,
  ledger: LedgerLine | undefined,
  reference: ReferenceBundle,
): boolean {
  if (line.traceCodes.length === 0 || line.splitPack) return false;
  if (ledger === undefined || ledger.quantity <= 0 || ledger.quantity % ONE !== 0) return false;
  const { drugClass } = reference.identify(line.drug);
  return drugClass === "western" || drugClass === "patent";
}

/** The product digits of a line's national codes, each once; what makers begin their own with may count their boxes. */
export function productsOf({ traceCodes }: PseudonymisedLine): readonly string[] {
  const products: string[] = [];
  for (const { product, shape } of traceCodes) {
    if (product === undefined || shape !== "national") continue;
    if (!products.includes(product)) products.push(product);
  }
  return products;
}
