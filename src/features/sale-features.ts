import { lineFact, packsOfForm } from "./line-features.ts";
import { ONE } from "./quantities.ts";
import { swipeFact } from "./swipe-features.ts";

/** A relative's account pays (家庭共济): then somebody else is at the till by right. False where nobody says who pays. */
export const familyPays = () =>
  swipeFact("boolean", "swipe", ({ swipe: { funds } }) => (funds?.familyAccount ?? 0) > 0);

/** One pack of this form and no more: packs are not split, so nobody can buy less (rule RS-01). X and Z lines only. */
export const onePack = () =>
  lineFact("boolean", "reference", (context, facts) => {
    const packs = packsOfForm(facts, context);
    return packs !== undefined && packs <= ONE;
  });
