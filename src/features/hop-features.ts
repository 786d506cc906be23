import type { Attempt, CredentialCode } from "../counters/contract.ts";
import { ATTEMPTS_KEPT } from "../counters/limits.ts";
import { prefecture } from "../swipe/area.ts";
import type { DurationMs } from "../units.ts";
import type { FeatureDefinition } from "./definition.ts";
import { MISSING, NOTHING } from "./definition.ts";
import { ATTEMPTS } from "./grounds.ts";
import { inWindow } from "./live.ts";
import type { Parameters } from "./parameters.ts";
import type { ReadContext } from "./read-context.ts";
import { distanceKm } from "./travel.ts";

const ELECTRONIC: CredentialCode = 1;
const CARD: CredentialCode = 3;

/**
 * The same person was at another pharmacy a short while ago. Earlier steps of this sale were here, so they say nothing.
 * Times are those of the checks: a till's clock plays no part unless it was offline and its swipes came in a batch.
 */
function hop(
  window: DurationMs,
  isHop: (from: Attempt, context: ReadContext) => boolean,
): FeatureDefinition {
  return {
    type: "boolean",
    scope: "swipe",
    kind: "store",
    bound: "exact",
    needs: NOTHING,
    rests: { on: ATTEMPTS, without: false },
    read(context) {
      if (context.memory === undefined) return MISSING;
      const { at, here } = context;
      return context.memory.attempts.some(
        (attempt) =>
          attempt.pharmacy !== here && inWindow(attempt.at, at, window) && isHop(attempt, context),
      );
    },
  };
}

/** With the electronic credential here and the card there, or the reverse (rule IM-08). */
export function credentialHop(parameters: Parameters): FeatureDefinition {
  const hopped = hop(
    parameters.duration("window", ATTEMPTS_KEPT),
    ({ credential }, { observation }) => credential === counterpart(observation.credential),
  );
  return {
    ...hopped,
    read: (context, facts) =>
      counterpart(context.observation.credential) === undefined
        ? false
        : hopped.read(context, facts),
  };
}

function counterpart(credential: CredentialCode): CredentialCode | undefined {
  if (credential === ELECTRONIC) return CARD;
  return credential === CARD ? ELECTRONIC : undefined;
}

/**
 * In the same city, farther than `minKm` away, and sooner than anybody gets there (rule IM-01b). Distances need both
 * pharmacies' coordinates; without them nothing is known, and nothing is said.
 */
export function nearbyHop(parameters: Parameters): FeatureDefinition {
  parameters.source();
  const minKm = parameters.number("minKm", { min: 0, max: 100 });
  return hop(parameters.duration("window", ATTEMPTS_KEPT), (from, { swipe, reference }) => {
    if (prefecture(from.area) !== prefecture(swipe.pharmacy.area)) return false;
    const km = distanceKm(
      reference.pharmacy(from.pharmacy),
      reference.pharmacy(swipe.pharmacy.code),
    );
    return km !== undefined && km > minKm;
  });
}
