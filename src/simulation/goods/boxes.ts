import type { Random } from "../random.ts";
import type { Product } from "./drug.ts";

/** A box that left a shop: its code, whose product it is, when and where. */
export interface SoldBox {
  readonly code: string;
  readonly product: Product;
  readonly at: number;
  readonly store: string;
  /** Number of the person who bought it. */
  readonly buyer: string;
}

const SERIALS = 1_000_000_000;
/** Prime to 10^9, so that serials follow each other without an order and never meet. */
const STRIDE = 618_033_989;
const LOOSE_PACK = 10;

/**
 * Where boxes come from. Each code is new, but for boxes that came back sealed and go over the counter again,
 * and bottles from which tablets are sold.
 */
export class Boxes {
  private readonly serials = new Map<string, number>();
  private readonly shelf = new Map<string, string[]>();
  private readonly open = new Map<string, { code: string; left: number }>();
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
  }

  /** A box fresh from the wholesaler; empty where the product has no codes. */
  fresh(product: Product): string {
    if (product.trace === "") return "";
    const count = (this.serials.get(product.trace) ?? this.random.below(1_000)) + 1;
    this.serials.set(product.trace, count);
    const serial = (count * STRIDE) % SERIALS;
    const check = String(this.random.below(10_000)).padStart(4, "0");
    return product.trace + String(serial).padStart(9, "0") + check;
  }

  /** The next box of this shop: one that came back first. */
  take(store: string, product: Product): string {
    const returned = this.shelf.get(`${store} ${product.code}`)?.shift();
    return returned ?? this.fresh(product);
  }

  putBack(store: string, product: Product, codes: readonly string[]): void {
    const key = `${store} ${product.code}`;
    this.shelf.set(key, [...(this.shelf.get(key) ?? []), ...codes]);
  }

  /** The bottle from which ten tablets are counted out; a new one when it is empty. */
  loose(store: string, product: Product): string {
    const key = `${store} ${product.code}`;
    const bottle = this.open.get(key);
    if (bottle !== undefined && bottle.left >= LOOSE_PACK) {
      bottle.left -= LOOSE_PACK;
      return bottle.code;
    }
    const code = this.fresh(product);
    this.open.set(key, { code, left: (product.drug.packUnits ?? LOOSE_PACK) - LOOSE_PACK });
    return code;
  }
}
