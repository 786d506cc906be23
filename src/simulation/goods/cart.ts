import type { Random } from "../random.ts";
import type { Boxes } from "./boxes.ts";
import { type Drug, isSlice, type Product, packDays } from "./drug.ts";

export interface Prescription {
  readonly number: string;
  readonly prescriber: string;
  readonly issuedAt: number;
  readonly external: boolean;
  /** hospital, internet, clinic */
  readonly source: string;
  readonly long: boolean;
}

/** What goes over the counter as one line. */
export interface CartLine {
  readonly product: Product;
  /** Packs; slices: grams; pieces where `pieces` is set. */
  readonly quantity: number;
  readonly pieces?: boolean;
  /** Yuan a unit, where it is not the product's own price. */
  readonly price?: number;
  /** Days the till states; absent: none. */
  readonly days?: number;
  readonly prescription?: Prescription;
  /** Packs on the prescription, where they are not what is sold. */
  readonly prescribed?: number;
  /** 1 compound, 2 single herb. */
  readonly tcmUse?: string;
  readonly chargeLevel?: string;
  /** The store's own number, where it is not the usual one. */
  readonly sku?: string;
  /** Codes that are scanned, where they are not those of the boxes sold. */
  readonly codes?: readonly string[];
  /** Stock from before codes were due. */
  readonly codeless?: boolean;
}

export type Cart = readonly CartLine[];

/** A line of whole packs. */
export function packsOf(
  product: Product,
  quantity: number,
  more: Partial<CartLine> = {},
): CartLine {
  const days = packDays(product.drug);
  return {
    product,
    quantity,
    ...(days === undefined ? {} : { days: Math.max(1, Math.round(days * quantity)) }),
    ...more,
  };
}

/** A compound prescription of slices: so many herbs for so many days. */
export function mixture(herbs: readonly Product[], days: number, random: Random): Cart {
  return herbs.map((product) => {
    const daily = (product.drug.dailyUnits ?? 10) * random.within(0.8, 1.3);
    return { product, quantity: Math.round(daily) * days, days, tcmUse: "1" };
  });
}

/** Fen. */
export function lineAmount(line: CartLine): number {
  return Math.round(lineUnitPrice(line) * line.quantity * 100);
}

/** Yuan, at most six decimals. */
export function lineUnitPrice(line: CartLine): number {
  const { product, price } = line;
  if (price !== undefined) return price;
  if (!line.pieces) return product.price;
  return Math.round((product.price / (product.drug.packUnits ?? 1)) * 10_000) / 10_000;
}

/** Fen. */
export function cartAmount(cart: Cart): number {
  return cart.reduce((sum, line) => sum + lineAmount(line), 0);
}

/** The codes under the scanner when this line is sold in this store. */
export function scannedCodes(line: CartLine, store: string, boxes: Boxes): readonly string[] {
  if (line.codes !== undefined) return line.codes;
  if (line.codeless || needsNoCode(line.product.drug)) return [];
  if (line.pieces) return [boxes.loose(store, line.product)];
  const count = Math.ceil(line.quantity);
  return Array.from({ length: count }, () => boxes.take(store, line.product));
}

export function needsNoCode(drug: Drug): boolean {
  return drug.traceExempt === true || isSlice(drug) || drug.prefix.startsWith("C");
}
