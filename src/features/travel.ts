import type { Attempt, Memory } from "../counters/contract.ts";
import { ATTEMPTS_KEPT } from "../counters/limits.ts";
import type { PharmacyEntry } from "../reference/bundle.ts";
import { prefecture, province } from "../swipe/area.ts";
import type { DurationMs } from "../units.ts";
import { DAY, HOUR } from "../units.ts";
import type { FeatureDefinition, Seen } from "./definition.ts";
import { MISSING, NOTHING } from "./definition.ts";
import { ATTEMPTS } from "./grounds.ts";
import { inWindow } from "./live.ts";
import type { Parameters } from "./parameters.ts";
import type { ReadContext } from "./read-context.ts";

/** Mean radius of the earth (IUGG), good to half a per cent: geocodes of pharmacies are worse. */
const EARTH_KM = 6_371;
const RADIANS = Math.PI / 180;

/** What no honest person does between two pharmacies. */
interface TravelLimits {
  readonly window: DurationMs;
  readonly minKm: number;
  readonly speed: number;
  readonly farKm: number;
  readonly farSpeed: number;
  readonly prefectureGap: DurationMs;
  readonly provinceGap: DurationMs;
}

interface Place {
  readonly pharmacy: string;
  readonly area: string;
}

/** Somebody was at two pharmacies too far apart for the time between (rule IM-01). */
export function impossibleTravel(parameters: Parameters): FeatureDefinition {
  return travelFeature(parameters, () => true);
}

/** And both times the identity card or the social security card itself was used, which nobody can show from afar. */
export function travelCredentialsPhysical(parameters: Parameters): FeatureDefinition {
  return travelFeature(
    parameters,
    ({ credential }, { observation }) =>
      isPhysical(credential) && isPhysical(observation.credential),
  );
}

function isPhysical(credential: number): boolean {
  return credential === 2 || credential === 3;
}

function travelFeature(
  parameters: Parameters,
  counts: (attempt: Attempt, context: ReadContext) => boolean,
): FeatureDefinition {
  const limits = readLimits(parameters);
  return {
    type: "boolean",
    scope: "swipe",
    kind: "store",
    bound: "exact",
    needs: NOTHING,
    rests: { on: ATTEMPTS, without: false },
    read(context): Seen {
      const { memory } = context;
      if (memory === undefined) return MISSING;
      return travelled(memory, context, limits).some((attempt) => counts(attempt, context));
    },
  };
}

function readLimits(parameters: Parameters): TravelLimits {
  parameters.source();
  const distance = { min: 0, max: 20_000 };
  const speed = { min: 1, max: 10_000 };
  return {
    window: parameters.duration("window", ATTEMPTS_KEPT),
    minKm: parameters.number("minKm", distance),
    speed: parameters.number("speed", speed),
    farKm: parameters.number("farKm", distance),
    farSpeed: parameters.number("farSpeed", speed),
    prefectureGap: parameters.duration("prefectureGap", DAY),
    provinceGap: parameters.duration("provinceGap", DAY),
  };
}

function travelled(memory: Memory, context: ReadContext, limits: TravelLimits): readonly Attempt[] {
  const { code, area } = context.swipe.pharmacy;
  return memory.attempts.filter(
    (attempt) =>
      attempt.pharmacy !== context.here &&
      inWindow(attempt.at, context.at, limits.window) &&
      isImpossible(
        attempt,
        { pharmacy: code, area },
        Math.abs(context.at - attempt.at),
        context,
        limits,
      ),
  );
}

function isImpossible(
  from: Place,
  to: Place,
  gap: DurationMs,
  { reference }: ReadContext,
  limits: TravelLimits,
): boolean {
  const km = distanceKm(reference.pharmacy(from.pharmacy), reference.pharmacy(to.pharmacy));
  if (km !== undefined && !isMisplaced(km, from, to, limits)) {
    const allowed = km > limits.farKm ? limits.farSpeed : limits.speed;
    return km > limits.minKm && km * HOUR > allowed * gap;
  }
  if (province(from.area) !== province(to.area)) return gap < limits.provinceGap;
  return prefecture(from.area) !== prefecture(to.area) && gap < limits.prefectureGap;
}

/**
 * Farther apart than prefectures are wide, and still in one: one of the two has a wrong geocode (domain, IM-01), and the
 * areas decide. A few prefectures in the west are wider; there somebody fast is missed rather than everybody accused.
 */
function isMisplaced(km: number, from: Place, to: Place, { farKm }: TravelLimits): boolean {
  return km > farKm && prefecture(from.area) === prefecture(to.area);
}

/** Great-circle distance (haversine); undefined where a place is not known. */
export function distanceKm(
  a: PharmacyEntry | undefined,
  b: PharmacyEntry | undefined,
): number | undefined {
  if (a?.latitude === undefined || a.longitude === undefined) return undefined;
  if (b?.latitude === undefined || b.longitude === undefined) return undefined;
  const north = Math.sin(((b.latitude - a.latitude) * RADIANS) / 2);
  const east = Math.sin(((b.longitude - a.longitude) * RADIANS) / 2);
  const half =
    north * north + Math.cos(a.latitude * RADIANS) * Math.cos(b.latitude * RADIANS) * east * east;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(half)));
}
