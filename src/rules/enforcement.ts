import type { Level } from "../swipe/vocabulary.ts";
import { levelRank } from "../swipe/vocabulary.ts";
import type { Hit } from "./hit.ts";
import type { MapReader } from "./map-reader.ts";

/** How much of a judgement is answered, most first: everything, hard rules alone, or nothing (observe-only). */
export const ENFORCEMENTS = ["all", "hard", "none"] as const;
export type Enforcement = (typeof ENFORCEMENTS)[number];

/** What a policy says of enforcement by place. */
export interface EnforcementTable {
  readonly standard: Enforcement;
  readonly pharmacies: ReadonlyMap<string, Enforcement>;
  /** Longest prefix first. */
  readonly areas: readonly { readonly prefix: string; readonly enforcement: Enforcement }[];
}

const AREA = /^\d{2,6}$/;

export function readEnforcement(policy: MapReader): EnforcementTable {
  const map = policy.map("enforcement");
  const standard = map?.word("default", ENFORCEMENTS, "all") ?? "all";
  const areas = readPlaces(map?.map("areas"), AREA, "an area code of 2 to 6 digits");
  const pharmacies = readPlaces(map?.map("pharmacies"), /^\S{1,12}$/, "a pharmacy's code");
  map?.finish();
  return {
    standard,
    pharmacies,
    areas: [...areas]
      .map(([prefix, enforcement]) => ({ prefix, enforcement }))
      .sort((a, b) => b.prefix.length - a.prefix.length),
  };
}

function readPlaces(
  map: MapReader | undefined,
  form: RegExp,
  described: string,
): ReadonlyMap<string, Enforcement> {
  const places = new Map<string, Enforcement>();
  for (const [place, { line }] of map?.keys() ?? []) {
    if (!form.test(place)) map?.fault(line, `${place} is not ${described}`);
    places.set(place, map?.word(place, ENFORCEMENTS, "all") ?? "all");
  }
  return places;
}

/** The milder of what the setting and the policy say of a pharmacy; its own entry before its area's. */
export function enforcementAt(
  table: EnforcementTable,
  pharmacy: { readonly code: string; readonly area: string },
  setting: Enforcement,
): Enforcement {
  const said =
    table.pharmacies.get(pharmacy.code) ??
    table.areas.find(({ prefix }) => pharmacy.area.startsWith(prefix))?.enforcement ??
    table.standard;
  return ENFORCEMENTS.indexOf(said) > ENFORCEMENTS.indexOf(setting) ? said : setting;
}

/** Hits as they are answered: never shadow ones, under `hard` those of hard rules alone, under `none` nothing. */
export function answeredHits(
  judgement: { readonly hits: readonly Hit[]; readonly sys01?: Hit },
  enforcement: Enforcement,
): readonly Hit[] {
  if (enforcement === "none") return [];
  const { hits, sys01 } = judgement;
  const answered = hits.filter((hit) => !hit.shadow && (enforcement === "all" || hit.hard));
  return sys01 === undefined || enforcement === "hard" ? answered : [...answered, sys01];
}

/** The level answered under an enforcement; the level judged stays in the record. */
export function answerLevel(
  judgement: { readonly hits: readonly Hit[]; readonly sys01?: Hit },
  enforcement: Enforcement,
): Level {
  return highest(answeredHits(judgement, enforcement));
}

/** The highest level among the hits that are not cleared (contract section 2): a cleared one asks nothing more. */
export function highest(hits: readonly Hit[]): Level {
  let level: Level = "allow";
  for (const { level: raised, clearedBy } of hits) {
    if (clearedBy === undefined && levelRank(raised) > levelRank(level)) level = raised;
  }
  return level;
}
