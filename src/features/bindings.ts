import type { BindingUse, LedgerLine } from "../counters/contract.ts";
import type { DrugEntry, DrugIdentity } from "../reference/bundle.ts";
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
  /** What is known of each line's drug. */
  readonly goods: readonly LineGoods[];
  readonly ledger: readonly LedgerLine[];
  /** `partnerDigest` of a pharmacy or a drug code: few, and the same all day. */
  digestOf(code: string): Bytes;
}

export interface LineGoods {
  readonly drug: DrugEntry | undefined;
  readonly identity: DrugIdentity;
}

/** What the swipe itself says, each pair once. */
export function bindingUses(
  planned: readonly PlannedBinding[],
  bound: Bound,
): readonly BindingUse[] {
  const pairs = new Pairs();
  for (const binding of planned) {
    pairs.begin(binding);
    ADD_PAIRS[binding.kind](bound, pairs);
  }
  return pairs.uses;
}

class Pairs {
  readonly uses: BindingUse[] = [];
  #letter = "";
  #kept: DurationMs = 0;
  /** Where the kind's own pairs begin. */
  #first = 0;

  begin({ kind, kept }: PlannedBinding): void {
    this.#letter = BINDING_LETTERS[kind];
    this.#kept = kept;
    this.#first = this.uses.length;
  }

  add(entity: string, partner: Bytes): void {
    for (let i = this.#first; i < this.uses.length; i += 1) {
      const use = this.uses[i];
      if (use?.partner === partner && use.entity === entity) return;
    }
    this.uses.push({ kind: this.#letter, entity, partner, kept: this.#kept });
  }
}

const ADD_PAIRS: Readonly<Record<BindingKind, (bound: Bound, pairs: Pairs) => void>> = {
  card: ({ swipe }, pairs) => {
    const card = cardOf(swipe);
    if (card !== undefined) pairs.add(card, eightBytes(swipe.person.id));
  },
  personCard: ({ swipe }, pairs) => {
    const card = cardOf(swipe);
    if (card !== undefined) pairs.add(swipe.person.id, eightBytes(card));
  },
  device: ({ swipe: { pharmacy }, digestOf }, pairs) => {
    if (pharmacy.device !== undefined) pairs.add(pharmacy.device, digestOf(pharmacy.code));
  },
  article: ({ swipe, digestOf }, pairs) => {
    for (const line of swipe.lines) {
      const entity = articleAt(swipe, line);
      if (entity !== undefined) pairs.add(entity, digestOf(line.drug));
    }
  },
  price: ({ swipe, goods }, pairs) => {
    swipe.lines.forEach((line, index) => {
      const price = packPriceMicro(line, goods[index]?.drug);
      if (price !== undefined) pairs.add(drugCodeAt(swipe, line), bytes64(price));
    });
  },
  idNumber: ({ swipe: { credential, person } }, pairs) => {
    if (credential.idNumber !== undefined)
      pairs.add(credential.idNumber, partnerDigest(person.id, person.insurance));
  },
  product: ({ swipe, goods, ledger }, pairs) => {
    swipe.lines.forEach((line, index) => {
      const own = goods[index];
      const entry = ledger[index];
      if (own === undefined || entry === undefined) return;
      if (!teachesProducts(line, entry, own.identity)) return;
      for (const product of productsOf(line)) pairs.add(product, drugPartner(entry.drug));
    });
  },
};

const CARD_TYPE = "03";

/** The chip of a card that was read: beside a code or an identity card it is another chip's, or the last one's. */
function cardOf({ credential: { type, card } }: PseudonymisedSwipe): Pseudonym | undefined {
  return type === CARD_TYPE ? card : undefined;
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
  { drugClass }: Pick<DrugIdentity, "drugClass">,
): boolean {
  if (line.traceCodes.length === 0 || line.splitPack) return false;
  if (ledger === undefined || ledger.quantity <= 0 || ledger.quantity % ONE !== 0) return false;
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
