import type { MarkedBody, PreparedSale } from "./prepared.ts";
import { slot, slotValue } from "./slots.ts";
import type { TrafficOptions } from "./traffic.ts";

type Plain = Readonly<Record<string, unknown>>;

/** One line of a basket, whichever the form of its message. */
interface Line {
  /** What the form says of it in its list of lines, without its codes. */
  readonly detail: Plain;
  /** NHSA: its row of `guard.lines`. */
  readonly beside: Plain | undefined;
  /** NHSA: its row of `guard.rx`. */
  readonly prescription: Plain | undefined;
  readonly codes: readonly string[];
}

/**
 * The same sales with exactly so many lines or trace codes each, for the cost curves: lines are dealt out
 * anew, each once, so that no box is sold twice; codes are made up as needed, one a pack.
 */
export function reshape(
  sales: readonly PreparedSale[],
  { lines, codes }: Pick<TrafficOptions, "lines" | "codes">,
): readonly PreparedSale[] {
  if (lines === undefined && codes === undefined) return sales;
  const serials = { next: 0 };
  const dealt = ["native", "nhsa"].flatMap((form) => {
    const ofForm = sales.filter(
      (sale) => sale.form === form && !isTrial(sale) && hasCodes(sale, codes),
    );
    return lines === undefined ? ofForm : deal(ofForm, lines);
  });
  const shaped =
    codes === undefined ? dealt : dealt.flatMap((sale) => withCodes(sale, codes, serials));
  // Both forms side by side again.
  const half = shaped.findIndex(({ form }) => form === "nhsa");
  const [native, nhsa] = [shaped.slice(0, half), shaped.slice(half)];
  return Array.from(
    { length: 2 * Math.min(native.length, nhsa.length) },
    (_, index) => (index % 2 === 0 ? native : nhsa)[Math.floor(index / 2)],
  ).filter((sale) => sale !== undefined);
}

/** A trial has the boxes of the sale that follows it; dealt out, two persons would buy them. */
function isTrial({ path, check }: PreparedSale): boolean {
  return path === "/nhsa/2101" || check["stage"] === "inquiry";
}

/** A till that uploads its codes later cannot be given any. */
function hasCodes({ form, check }: PreparedSale, codes: number | undefined): boolean {
  return codes === undefined || form === "native" || guardOf(check)["drugtracinfo"] !== undefined;
}

function deal(sales: readonly PreparedSale[], count: number): readonly PreparedSale[] {
  const pool = sales.flatMap(({ form, check }) => linesOf(check, form).filter(isWholePacks));
  const whole = Math.floor(pool.length / count);
  return sales
    .slice(0, whole)
    .map((sale, index) => withLines(sale, pool.slice(index * count, (index + 1) * count)));
}

/** Not slices in grams nor tablets counted out: their codes are not one a pack. */
function isWholePacks({ detail, beside, codes }: Line): boolean {
  return codes.length > 0 && detail["unit"] !== "piece" && beside?.["min_prcunt_type"] !== "1";
}

function linesOf(check: MarkedBody, form: PreparedSale["form"]): readonly Line[] {
  if (form === "native") {
    return (check["lines"] as readonly Plain[]).map(({ traceCodes, ...detail }) => ({
      detail,
      beside: undefined,
      prescription: undefined,
      codes: (traceCodes as readonly string[] | undefined) ?? [],
    }));
  }
  const guard = guardOf(check);
  const rowOf = (name: string, id: unknown) =>
    (guard[name] as readonly Plain[] | undefined)?.find((row) => row["feedetl_sn"] === id);
  const codes = (guard["drugtracinfo"] as readonly Plain[] | undefined) ?? [];
  return detailsOf(check).map((detail) => {
    const id = detail["feedetl_sn"];
    return {
      detail,
      beside: rowOf("lines", id),
      prescription: rowOf("rx", id),
      codes: codes
        .filter((row) => row["feedetl_sn"] === id)
        .map((row) => String(row["drug_trac_codg"])),
    };
  });
}

function withLines(sale: PreparedSale, lines: readonly Line[]): PreparedSale {
  const check =
    sale.form === "native" ? nativeWith(sale.check, lines) : nhsaWith(sale.check, lines);
  return { ...sale, check, ...settledAs(sale, check) };
}

function nativeWith(check: MarkedBody, lines: readonly Line[]): MarkedBody {
  const total = yuanOf(lines.map(({ detail }) => detail["amount"]));
  return {
    ...check,
    funds: { pooled: 0, account: 0, familyAccount: 0, cash: total },
    total,
    lines: lines.map(({ detail, codes }, index) => ({
      ...detail,
      line: lineId(index),
      ...(codes.length > 0 ? { traceCodes: codes } : {}),
    })),
  };
}

function nhsaWith(check: MarkedBody, lines: readonly Line[]): MarkedBody {
  const guard = guardOf(check);
  const total = yuanOf(lines.map(({ detail }) => detail["det_item_fee_sumamt"]));
  const input = check["input"] as Plain;
  const renamed = (pick: (line: Line) => Plain | undefined) =>
    lines.flatMap((line, index) => {
      const row = pick(line);
      return row === undefined ? [] : [{ ...row, feedetl_sn: lineId(index) }];
    });
  const rx = renamed(({ prescription }) => prescription);
  const { rx: _, ...rest } = guard;
  return {
    ...check,
    input: {
      druginfo: { ...(input["druginfo"] as Plain), medfee_sumamt: total },
      drugdetail: renamed(({ detail }) => detail),
    },
    guard: {
      ...rest,
      funds: { hifp_pay: 0, acct_pay: 0, acct_mulaid_pay: 0, psn_cash_pay: total },
      lines: renamed(({ beside }) => beside),
      ...(rx.length > 0 ? { rx } : {}),
      ...(guard["drugtracinfo"] === undefined ? {} : { drugtracinfo: codeRows(lines) }),
    },
  };
}

function codeRows(lines: readonly Line[]): readonly Plain[] {
  return lines.flatMap(({ codes }, index) =>
    codes.map((code) => ({
      feedetl_sn: lineId(index),
      drug_trac_codg: code,
      trdn_flag: "0",
    })),
  );
}

/** The settlement's sums follow the check's. */
function settledAs({ settlement, form }: PreparedSale, check: MarkedBody) {
  if (settlement === undefined) return {};
  if (form === "native") return { settlement: { ...settlement, funds: check["funds"] } };
  const output = settlement["output"] as Plain;
  const funds = guardOf(check)["funds"] as Plain;
  const total = funds["psn_cash_pay"];
  const setlinfo = { ...(output["setlinfo"] as Plain), ...funds, medfee_sumamt: total };
  return {
    settlement: { ...settlement, output: { setlinfo: { ...setlinfo, fund_pay_sumamt: 0 } } },
  };
}

/** As many packs as codes; where there are fewer codes than lines, the last lines are left out. */
function withCodes(
  sale: PreparedSale,
  count: number,
  serials: { next: number },
): readonly PreparedSale[] {
  const lines = linesOf(sale.check, sale.form).filter(isWholePacks);
  const taken = lines.slice(0, Math.max(1, count));
  const shaped = taken.map((line, index) => {
    const packs = Math.floor((count + taken.length - 1 - index) / taken.length);
    return withPacks(line, packs, sale.form, serials);
  });
  return shaped.length === 0 ? [] : [withLines(sale, shaped)];
}

function withPacks(
  { detail, codes, ...rest }: Line,
  packs: number,
  form: PreparedSale["form"],
  serials: { next: number },
): Line {
  const [first = ""] = codes;
  const fresh = Array.from({ length: packs }, () => {
    serials.next += 1;
    return slot("traceCode", codeOf(slotValue(first), serials.next));
  });
  const names = form === "native" ? NATIVE_NAMES : NHSA_NAMES;
  const amount = yuanOf([Number(detail[names.price]) * packs]);
  return {
    ...rest,
    detail: { ...detail, [names.quantity]: packs, [names.amount]: amount },
    codes: fresh,
  };
}

const NATIVE_NAMES = { quantity: "quantity", price: "unitPrice", amount: "amount" };
const NHSA_NAMES = { quantity: "cnt", price: "pric", amount: "det_item_fee_sumamt" };

/** Seven digits of the product, ten that count up, and the three that each pass moves. */
function codeOf(code: string, serial: number): string {
  return `${code.slice(0, 7)}${String(serial).padStart(10, "0")}000`;
}

function lineId(index: number): string {
  return String(index + 1).padStart(4, "0");
}

function yuanOf(amounts: readonly unknown[]): number {
  return Math.round(amounts.reduce((sum: number, amount) => sum + Number(amount), 0) * 100) / 100;
}

function guardOf(check: MarkedBody): Plain {
  return check["guard"] as Plain;
}

function detailsOf(check: MarkedBody): readonly Plain[] {
  return (check["input"] as { drugdetail: readonly Plain[] }).drugdetail;
}
