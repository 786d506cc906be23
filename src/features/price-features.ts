import { ABSENT } from "./definition.ts";
import { lineFact } from "./line-features.ts";
import { packPriceMicro } from "./quantities.ts";
import { FEN_A_YUAN } from "./swipe-features.ts";

const MICRO_A_YUAN = 1_000_000;

/** Yuan a pack (slices: a gram), as the till prices it; absent where tablets are priced and the pack's size is unknown (rules SW-02, SW-03). */
export const priceYuan = () =>
  lineFact("number", "reference", (_, { line, drug }) => {
    const micro = packPriceMicro(line, drug);
    return micro === undefined ? ABSENT : micro / MICRO_A_YUAN;
  });

/** The most a pack may cost (pric_uplmt_amt); absent where drugs.csv has no ceiling (rule SW-03). */
export const ceilingYuan = () =>
  lineFact("number", "reference", (_, { drug }) => yuan(drug?.ceilingPrice));

/** What a sale of this drug costs in the area, by the middle one of many; absent where drugs.csv does not say (rule SW-04). */
export const areaMedianYuan = () =>
  lineFact("number", "reference", (_, { drug }) => yuan(drug?.areaMedian));

function yuan(fen: number | undefined): number | undefined {
  return fen === undefined ? ABSENT : fen / FEN_A_YUAN;
}
