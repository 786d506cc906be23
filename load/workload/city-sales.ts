import { createCity } from "../../src/simulation/city.ts";
import { CITY_DEFAULTS, type CityOptions } from "../../src/simulation/options.ts";
import { Marker } from "./marking.ts";
import { PHARMACY_LETTERS, type PreparedSale } from "./prepared.ts";
import { Thinning } from "./thinning.ts";
import { Visits } from "./visits.ts";

/** A replay line, as far as it is read here. */
interface Line {
  readonly at: string;
  readonly op: string;
  readonly swipeId?: string;
  readonly follows?: unknown;
  readonly body?: Body;
}

type Body = Readonly<Record<string, unknown>>;
type Editable<T> = { -readonly [K in keyof T]: T[K] };

/** Large enough that 50,000 sales hardly repeat a person, small enough to be made in 15 s. */
export function cityOptions(seed: number, day: string): CityOptions {
  return {
    ...CITY_DEFAULTS,
    seed,
    pharmacies: 3_000,
    persons: 120_000,
    days: 2,
    start: day,
    quietDays: 0,
    demand: 2.8,
  };
}

export interface CitySales {
  readonly sales: readonly PreparedSale[];
  readonly reference: (watchlist: string) => ReadonlyMap<string, string>;
}

/**
 * What the city's tills send for their sales, frauds among them: checks (trials too) and, where the till says
 * so at once, the settlement. Left out are the second tries of what was refused, sales taken back, what is
 * told again, and the uploads and acknowledgements that follow in the till's own time.
 */
export function citySales(options: CityOptions): CitySales {
  const city = createCity(options);
  const collector = new Collector();
  for (const line of city.lines()) collector.take(JSON.parse(line));
  return { sales: collector.sales, reference: (watchlist) => city.reference(watchlist) };
}

class Collector {
  readonly sales: Editable<PreparedSale>[] = [];
  readonly #byId = new Map<string, { sale: Editable<PreparedSale>; marker: Marker } | undefined>();
  readonly #visits = new Visits(PHARMACY_LETTERS.length);
  readonly #thinning = new Thinning();

  take(line: Line): void {
    const { op, body } = line;
    if (body === undefined) return;
    if (op === "check") this.#check(line, body, "native");
    else if (op === "nhsa/2102" || op === "nhsa/2101") this.#check(line, body, "nhsa");
    else if (op === "settlement") this.#settle(line.swipeId, body);
    else if (op === "nhsa/2102/answer" && body["infcode"] === 0)
      this.#settle(String(body["inf_refmsgid"]), body);
  }

  #check({ at, op, follows }: Line, body: Body, form: PreparedSale["form"]): void {
    const id = String(body[form === "native" ? "swipeId" : "msgid"]);
    if (follows !== undefined || this.#byId.has(id)) return;
    // Also what is thinned out is known, so that its repeat is not taken for a first.
    this.#byId.set(id, undefined);
    if (!this.#thinning.keeps(sizeOf(body, form))) return;
    const { person, pharmacy } = whoAndWhere(body, form);
    const { variant, clone } = this.#visits.at(person, pharmacy);
    const marker = new Marker({ at: Date.parse(at), variant });
    const check = form === "native" ? marker.native(body) : marker.nhsa(body);
    const path = form === "native" ? "/v1/swipes" : `/${op}`;
    const sale: Editable<PreparedSale> = { form, path, pharmacy, clone, check };
    this.sales.push(sale);
    this.#byId.set(id, { sale, marker });
  }

  #settle(id: string | undefined, body: Body): void {
    const known = this.#byId.get(id ?? "");
    if (known === undefined || known.sale.settlement !== undefined) return;
    const { sale, marker } = known;
    sale.settlement =
      sale.form === "native" ? marker.nativeSettlement(body) : marker.nhsaAnswer(body);
  }
}

interface NativeBody {
  readonly person: { readonly number: string };
  readonly pharmacy: { readonly code: string };
  readonly lines: readonly { readonly traceCodes?: readonly unknown[] }[];
}

interface NhsaBody {
  readonly fixmedins_code: string;
  readonly input: {
    readonly druginfo: { readonly psn_no: string };
    readonly drugdetail: readonly unknown[];
  };
  readonly guard?: { readonly drugtracinfo?: readonly unknown[] };
}

/** Lines and trace codes of a check's body. */
export function sizeOf(body: Body, form: PreparedSale["form"]): { lines: number; codes: number } {
  if (form === "nhsa") {
    const { input, guard } = body as unknown as NhsaBody;
    return { lines: input.drugdetail.length, codes: guard?.drugtracinfo?.length ?? 0 };
  }
  const { lines } = body as unknown as NativeBody;
  return {
    lines: lines.length,
    codes: lines.reduce((sum, { traceCodes }) => sum + (traceCodes?.length ?? 0), 0),
  };
}

function whoAndWhere(body: Body, form: PreparedSale["form"]) {
  if (form === "nhsa") {
    const { fixmedins_code, input } = body as unknown as NhsaBody;
    return { person: input.druginfo.psn_no, pharmacy: fixmedins_code };
  }
  const { person, pharmacy } = body as unknown as NativeBody;
  return { person: person.number, pharmacy: pharmacy.code };
}
