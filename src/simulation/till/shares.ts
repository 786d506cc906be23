import { cartAmount } from "../goods/cart.ts";
import { type Person, paysFromAccount } from "../people/person.ts";
import type { Sale } from "../sale.ts";
import type { Shares } from "./till-form.ts";

/** What the pooled fund bears of each kind of sale. */
const CHRONIC_SHARE = 0.6;
const DUAL_CHANNEL_SHARE = 0.7;
const RESIDENT_SHARE = 0.5;
export const CHRONIC_TYPES: readonly string[] = ["140104", "9929"];

/** Who pays: the pooled fund for what is filed, then the account, a relative's, and cash. */
export function sharesOf(sale: Sale): Shares {
  const total = cartAmount(sale.cart);
  const pooled = Math.round(total * pooledShare(sale));
  const rest = total - pooled;
  if (sale.familyPays) return { pooled, account: 0, familyAccount: rest, cash: 0 };
  const account = paysFromAccount(sale.person) ? Math.min(rest, sale.person.balance) : 0;
  return { pooled, account, familyAccount: 0, cash: rest - account };
}

function pooledShare({ cart, medicalType, person }: Sale): number {
  if (cart.some(({ product }) => product.drug.dualChannel)) return DUAL_CHANNEL_SHARE;
  if (CHRONIC_TYPES.includes(medicalType)) return CHRONIC_SHARE;
  return person.insurance === "390" ? RESIDENT_SHARE : 0;
}

export function payFrom(person: Person, { account }: Shares): void {
  person.balance -= account;
}
