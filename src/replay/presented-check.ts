import { z } from "zod";
import type { ParsedLine } from "./replay-line.ts";

/** What the labelled report needs to know of a check; the desk alone judges its form. */
export interface PresentedCheck {
  readonly swipeId: string;
  readonly person: string;
  readonly pharmacy: string;
  readonly isSettle: boolean;
  /** Fen. */
  readonly total: number;
  readonly supersedes: string | undefined;
  /** NHSA: taken as sold when nothing is heard of it. */
  readonly isPresumable: boolean;
}

const Native = z.object({
  swipeId: z.string(),
  stage: z.string().nullish(),
  person: z.object({ number: z.string() }),
  pharmacy: z.object({ code: z.string() }),
  total: z.coerce.number(),
  supersedes: z.string().nullish(),
});

const Nhsa = z.object({
  msgid: z.string(),
  fixmedins_code: z.string(),
  input: z.object({ druginfo: z.object({ psn_no: z.string(), medfee_sumamt: z.coerce.number() }) }),
  guard: z.object({ supersedes: z.string().nullish() }).nullish(),
});

/** Undefined for what is no check, or not readable as one. */
export function presentedCheck({ op, body }: ParsedLine): PresentedCheck | undefined {
  if (op === "check") {
    const { data } = Native.safeParse(body);
    return (
      data && {
        swipeId: data.swipeId,
        person: data.person.number.trim(),
        pharmacy: data.pharmacy.code,
        isSettle: (data.stage ?? "settle") === "settle",
        total: Math.round(data.total * 100),
        supersedes: data.supersedes ?? undefined,
        isPresumable: false,
      }
    );
  }
  if (op !== "nhsa/2101" && op !== "nhsa/2102") return undefined;
  const { data } = Nhsa.safeParse(body);
  return (
    data && {
      swipeId: data.msgid,
      person: data.input.druginfo.psn_no.trim(),
      pharmacy: data.fixmedins_code,
      isSettle: op === "nhsa/2102",
      total: Math.round(data.input.druginfo.medfee_sumamt * 100),
      supersedes: data.guard?.supersedes ?? undefined,
      isPresumable: op === "nhsa/2102",
    }
  );
}
