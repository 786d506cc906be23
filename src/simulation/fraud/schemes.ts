import { CARD_SCHEMES } from "./card-schemes.ts";
import { CODE_SCHEMES } from "./code-schemes.ts";
import { DEALER_SCHEMES } from "./dealer-schemes.ts";
import { GOODS_SCHEMES } from "./goods-schemes.ts";
import { KEPT_CARD_SCHEMES } from "./kept-card-schemes.ts";
import { PRESCRIPTION_SCHEMES } from "./prescription-schemes.ts";
import type { Scheme } from "./scheme.ts";
import { STATUS_SCHEMES } from "./status-schemes.ts";
import { TILL_SCHEMES } from "./till-schemes.ts";

/** Everything somebody in the city may be up to. */
export const SCHEMES: readonly Scheme[] = [
  ...CARD_SCHEMES,
  ...CODE_SCHEMES,
  ...KEPT_CARD_SCHEMES,
  ...DEALER_SCHEMES,
  ...GOODS_SCHEMES,
  ...PRESCRIPTION_SCHEMES,
  ...STATUS_SCHEMES,
  ...TILL_SCHEMES,
];
