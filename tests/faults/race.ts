import type { Ask } from "../scenarios/ask.ts";
import { packs } from "../scenarios/ask.ts";
import { DRUG } from "../scenarios/chest.ts";
import { type Filled, fill } from "../scenarios/fill.ts";
import { nativeBody } from "../scenarios/native-form.ts";
import { nhsaEnvelope } from "../scenarios/nhsa-form.ts";
import { newId, traceCode } from "./swipes.ts";
import type { Answer, Till } from "./till.ts";

export type Door = "native" | "nhsa";

/** What a check was told, whichever door it came through. */
export interface Told {
  readonly status: number;
  readonly decision: string;
  readonly mode: string;
  readonly rules: readonly string[];
  readonly text: string;
}

/** Shops that never close, each with the area its customers are insured in. */
const SHOPS = [
  ["P21010200123", "210100"],
  ["P21010500334", "210100"],
  ["P31010100122", "310100"],
  ["P44010300612", "440100"],
] as const;

/** In no drugs.csv: no dose is known, so OQ-05 alone counts its packs: 12 a sale, 24 in 30 days. */
export const UNDOSED = "XZ99ZZZ999Z999";
export const QUOTA_PACKS = 12;
export const QUOTA_SALES = 2;
export const ASPIRIN = DRUG.aspirin;

let boxes = 0;
export function freshBoxes(count: number): readonly string[] {
  return Array.from({ length: count }, () => {
    boxes += 1;
    return traceCode(boxes);
  });
}

/** One of many that race: its own person, till, cashier and shop, but for what `ask` says. */
export function racer(name: string, number: number, ask: Ask): Filled {
  const [shop, insuredArea] = SHOPS[number % SHOPS.length] ?? SHOPS[0];
  const own = {
    till: `T${name}${number}`,
    operator: `O${name}${number}`,
    person: `${name}-${number}`,
  };
  const moment = {
    id: newId(name, number),
    at: Date.now(),
    inquiry: false,
    freshCodes: freshBoxes,
  };
  return fill({ shop, insuredArea, ...own, ...ask }, moment);
}

/** Twelve packs for one person at one till: two such sales are a month's quota. */
export function quotaSale(name: string, person: string, number: number): Filled {
  const [shop, insuredArea] = SHOPS[0];
  const basket = [packs(UNDOSED, QUOTA_PACKS, { days: null as never, rx: null })];
  const at = { till: `T-${person}`, operator: `O-${person}` };
  return racer(name, number, { shop, insuredArea, person, ...at, basket });
}

export async function ask(till: Till, door: Door, check: Filled): Promise<Told> {
  return door === "native"
    ? nativeTold(await till.check(nativeBody(check)))
    : nhsaTold(await till.post("/nhsa/2102", nhsaEnvelope(check)));
}

export const isAccepted = ({ decision }: Told) => decision === "allow" || decision === "warn";

function nativeTold({ status, body, text }: Answer): Told {
  const rules = (body.hits ?? []).map(({ rule }) => rule);
  return { status, decision: body.decision ?? "", mode: body.mode ?? "", rules, text };
}

interface Envelope {
  readonly output?: {
    readonly decision?: string;
    readonly mode?: string;
    readonly result?: readonly { readonly rule_id: string }[];
  };
}

function nhsaTold({ status, text }: Answer): Told {
  const { output = {} } = JSON.parse(text) as Envelope;
  const rules = (output.result ?? []).map(({ rule_id }) => rule_id);
  return { status, decision: output.decision ?? "", mode: output.mode ?? "", rules, text };
}
