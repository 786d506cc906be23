import { molecule } from "../reference/drug-key.ts";
import type { FeatureDefinition } from "./definition.ts";
import { lineFact } from "./line-features.ts";
import type { Parameters } from "./parameters.ts";
import type { LineFacts } from "./read-context.ts";
import { FEN_A_YUAN, swipeFact } from "./swipe-features.ts";

/** Drugs that are bought to be sold on: the watchlist (附件1) and what a region adds. */

const NOT_WATCHED = "none";

export const isWatched = () =>
  lineFact("boolean", "reference", (_, { watched }) => watched !== undefined);

/** The part of the watchlist that a line's drug is on, for instance western, tcm_patent or consumable; else `none`. */
export const watchList = () =>
  lineFact("string", "reference", (_, { watched }) => watched?.list ?? NOT_WATCHED);

/** Different watched medicines in this sale, whatever their forms and packs (rule RS-02); consumables are none. */
export const watchedDrugs = () =>
  swipeFact("number", "reference", (context) => {
    const molecules = new Set<string>();
    context.swipe.lines.forEach((_, index) => {
      const drug = context.observation.lines[index]?.drug;
      if (drug !== undefined && isWatchedMedicine(context.line(index)))
        molecules.add(molecule(drug));
    });
    return molecules.size;
  });

/** What the watched medicines of this sale cost together, so that two lines are not two small sales (rule IM-07). */
export const watchedYuan = () =>
  swipeFact("number", "reference", (context) => {
    let fen = 0;
    context.swipe.lines.forEach(({ amount }, index) => {
      if (isWatchedMedicine(context.line(index))) fen += amount;
    });
    return fen / FEN_A_YUAN;
  });

function isWatchedMedicine({ watched, drugClass }: LineFacts): boolean {
  return watched !== undefined && drugClass !== "consumable";
}

/** What a line's limits of quantity are multiplied by: 1 for drugs not watched, milder where a chronic disease is filed (rule RS-01). */
export function watchFactor(parameters: Parameters): FeatureDefinition {
  parameters.source();
  const share = { min: 0.01, max: 1 };
  const factor = parameters.number("factor", share);
  const chronic = parameters.number("chronic", share);
  return lineFact("number", "reference", ({ swipe }, { watched }) => {
    if (watched === undefined) return 1;
    return swipe.disease === undefined ? factor : chronic;
  });
}
