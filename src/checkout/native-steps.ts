import type { WaitingStep } from "../audit/event.ts";
import { pseudonymise } from "../privacy/pseudonymise.ts";
import type { Pseudonymiser } from "../privacy/pseudonymiser.ts";
import { canonicalJson } from "../swipe/canonical-json.ts";
import type {
  ClearAcknowledgement,
  ClearReversal,
  ClearSettlement,
  ClearSwipe,
} from "../swipe/clear-swipe.ts";
import { present, unsetKept } from "../swipe/present.ts";
import type { EpochMs } from "../units.ts";
import type { Keyring } from "./keyring.ts";

/** The native bodies as steps: nobody in clear from here on. */
interface Named {
  readonly swipeId: string;
  readonly scope: string;
}

type Carried = NonNullable<Extract<WaitingStep, { readonly kind: "settle" }>["carried"]>;

export function settleStep(
  { swipeId, scope }: Named,
  { settlementId, visitId, lines, funds, swipe }: ClearSettlement,
  carried: unknown,
  at: EpochMs,
  keyring: Keyring,
): WaitingStep {
  const by = keyring.current();
  // What it would be entered as; only a check of this very swipe can be.
  const isOwn = swipe?.swipeId === swipeId && swipe.stage === "settle";
  return unsetKept({
    kind: "settle" as const,
    swipeId,
    scope: scope || undefined,
    settlementId,
    visitId,
    lines,
    funds,
    carried: swipe && isOwn ? carriedOf(swipe, carried, at, by) : undefined,
  });
}

function carriedOf(swipe: ClearSwipe, body: unknown, at: EpochMs, by: Pseudonymiser): Carried {
  const content = by.content(canonicalJson(body));
  return {
    // Undefined keys and all: once it has waited in the journal they are gone.
    swipe: pseudonymise(swipe, at, by) as Carried["swipe"],
    content: Buffer.from(content, "latin1").toString("base64url"),
  };
}

export function reverseStep(
  { swipeId, scope }: Named,
  { lines, ...how }: ClearReversal,
  keyring: Keyring,
): WaitingStep {
  const by = keyring.current();
  return present({
    ...{ kind: "reverse" as const, swipeId, scope: scope || undefined, ...how },
    lines: lines?.map(({ traceCodes, ...line }) =>
      present({
        ...line,
        traceCodes: traceCodes?.map((code) => by.pseudonym("trace", code)),
      }),
    ),
  });
}

export function acknowledgeStep(
  { swipeId, scope }: Named,
  { by, ...how }: ClearAcknowledgement,
  keyring: Keyring,
): WaitingStep {
  return present({
    ...{ kind: "acknowledge" as const, swipeId, scope: scope || undefined, ...how },
    by: keyring.current().pseudonym("staff", by),
  });
}
