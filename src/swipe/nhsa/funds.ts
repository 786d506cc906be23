import type { ClearFunds } from "../clear-swipe.ts";
import { toFen, YUAN } from "../decimal.ts";
import { present } from "../present.ts";
import { numberOf, optionalNumber, type Written } from "./nhsa-fields.ts";

/** What was paid, as NHSA's own messages name it (domain 1.4). */
export const PAYMENTS = {
  fund_pay_sumamt: optionalNumber(YUAN).describe("paid by all funds together, yuan, 2 decimals"),
  hifp_pay: optionalNumber(YUAN).describe(
    "paid by the pooled fund, yuan, 2 decimals; read where fund_pay_sumamt is absent",
  ),
  acct_pay: optionalNumber(YUAN).describe("paid by the personal account, yuan, 2 decimals"),
  acct_mulaid_pay: optionalNumber(YUAN).describe("paid by a relative's account, yuan, 2 decimals"),
  psn_cash_pay: optionalNumber(YUAN).describe("paid in cash, yuan, 2 decimals"),
} as const;

/** Fund fields under either naming; see domain 1.4. */
export interface WrittenFunds {
  readonly pooled?: Written;
  readonly account?: Written;
  readonly familyAccount?: Written;
  readonly cash?: Written;
  readonly fund_pay_sumamt?: Written;
  readonly hifp_pay?: Written;
  readonly acct_pay?: Written;
  readonly acct_mulaid_pay?: Written;
  readonly psn_cash_pay?: Written;
}

/**
 * `pooled` is what all funds pay together (fund_pay_sumamt), where only that of the pooled fund
 * (hifp_pay) is given, that: what is at risk is fund money, whichever fund it is.
 */
export function fundsOf(funds: WrittenFunds): ClearFunds | undefined {
  const pooled = fenOf(funds.pooled) ?? fenOf(funds.fund_pay_sumamt) ?? fenOf(funds.hifp_pay);
  const account = fenOf(funds.account) ?? fenOf(funds.acct_pay);
  const familyAccount = fenOf(funds.familyAccount) ?? fenOf(funds.acct_mulaid_pay);
  const cash = fenOf(funds.cash) ?? fenOf(funds.psn_cash_pay);
  if ((pooled ?? account ?? familyAccount ?? cash) === undefined) return undefined;
  return present({ pooled, account, familyAccount, cash });
}

function fenOf(written: Written): number | undefined {
  const yuan = numberOf(written);
  return yuan === undefined ? undefined : toFen(yuan);
}
