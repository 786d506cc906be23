import { molecule } from "../reference/drug-key.ts";
import type { FeatureDefinition } from "./definition.ts";
import { lineFact } from "./line-features.ts";
import type { Parameters } from "./parameters.ts";
import type { ReadContext } from "./read-context.ts";
import { FEN_A_YUAN, swipeFact } from "./swipe-features.ts";

/** Drugs that are bought to be sold on: the watchlist (附件1) and what a region adds. */

const NOT_WATCHED = "none";

export const isWatched = () =>
  lineFact(
    "boolean",
    "reference",
    ({ line }, { reference }) => reference.watched(line.drug) !== undefined,
  );

/** The part of the watchlist that a line's drug is on, for instance western, tcm_patent or consumable; else `none`. */
export const watchList = () =>
  lineFact(
    "string",
    "reference",
    ({ line }, { reference }) => reference.watched(line.drug)?.list ?? NOT_WATCHED,
  );

/** Different watched medicines in this sale, whatever their forms and packs (rule RS-02); consumables are none. */
export const watchedDrugs = () =>
  swipeFact("number", "reference", (context) => {
    const molecules = new Set<string>();
    context.swipe.lines.forEach((line, index) => {
      const drug = context.observation.lines[index]?.drug;
      if (drug !== undefined && isWatchedMedicine(line.drug, index, context))
        molecules.add(molecule(drug));
    });
    return molecules.size;
  });

/** What the watched medicines of this sale cost together, so that two lines are not two small sales (rule IM-07). */
export const watchedYuan = () =>
  swipeFact("number", "reference", (context) => {
    let fen = 0;
    context.swipe.lines.forEach(({ drug, amount }, index) => {
      if (isWatchedMedicine(drug, index, context)) fen += amount;
    });
    return fen / FEN_A_YUAN;
  });

function isWatchedMedicine(code: string, index: number, context: ReadContext): boolean {
  return (
    context.reference.watched(code) !== undefined && context.line(index).drugClass !== "consumable"
  );
}

/** What a line's limits of quantity are multiplied by: 1 for drugs not watched, milder where a chronic disease is filed (rule RS-01). */
export function watchFactor(parameters: Parameters): FeatureDefinition {
  parameters.source();
  const share = { min: 0.01, max: 1 };
  const factor = parameters.number("factor", share);
  const chronic = parameters.number("chronic", share);
  return lineFact("number", "reference", ({ line }, { reference, swipe }) => {
    if (reference.watched(line.drug) === undefined) return 1;
    return swipe.disease === undefined ? factor : chronic;
  });
}
