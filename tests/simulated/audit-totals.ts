import { toldOf } from "./audit-sales.ts";
import type { Life } from "./world.ts";

/** Every count equals what there was to count: nothing lost, nothing twice, in whatever entity. */
export function auditTotals(life: Life): readonly string[] {
  return [...ledgers(life), ...tills(life), ...pharmacies(life), ...boxes(life)];
}

function ledgers({ survey }: Life): readonly string[] {
  return [...survey.ledgers].flatMap(([person, swipes]) =>
    repeated(swipes).map(
      (swipe) => `counted once: ${swipe} stands twice in the ledger of ${person}`,
    ),
  );
}

function tills(life: Life): readonly string[] {
  const told = toldOf(life);
  return life.survey.tills.flatMap((log, till) => {
    const here = told.filter(({ sale }) => sale.till === till);
    const asked = new Set(here.map(({ swipeId }) => swipeId));
    const missing = here
      .filter(
        ({ checked, excused, swipeId }) => checked === "done" && !excused && !log.includes(swipeId),
      )
      .map(({ swipeId }) => `counted: ${swipeId} is not among the checks of till ${till}`);
    const twice = repeated(log).map((id) => `counted once: ${id} stands twice at till ${till}`);
    const foreign = log
      .filter((id) => !asked.has(id))
      .map((id) => `counted once: ${id} is counted at till ${till} and was never there`);
    return [...missing, ...twice, ...foreign];
  });
}

/** Totals agree with the sales they are made of, whatever those are. */
function pharmacies({ survey, plan, losses }: Life): readonly string[] {
  if (losses.forgotten.size > 0) return [];
  return survey.pharmacies.flatMap((totals, pharmacy) => {
    const here = plan.sales.filter(({ till }) => plan.tills[till]?.pharmacy === pharmacy);
    const sales = here.flatMap(({ number }) => survey.byNumber.get(number) ?? []);
    const made = sales.filter(({ state, left }) => isMade(state, left));
    const packs = made.reduce((sum, { left }) => sum + left, 0);
    return [
      ...differs(`sales of pharmacy ${pharmacy}`, totals.settled, made.length),
      ...differs(`packs of pharmacy ${pharmacy}`, totals.packs, packs),
    ];
  });
}

function isMade(state: string, left: number): boolean {
  return state === "settled" || state === "presumed" || (state === "returned" && left > 0);
}

function differs(what: string, counted: number, sum: number): readonly string[] {
  return Math.abs(counted - sum) < 1e-6
    ? []
    : [`totals: ${what} are ${counted}, and sum up to ${sum}`];
}

/** A box has one owner, and it is one that sold it and did not get it back. */
function boxes(life: Life): readonly string[] {
  const all = toldOf(life);
  const excused = new Set(all.flatMap((each) => (each.excused ? each.sale.boxes : [])));
  const told = all;
  return [...life.survey.boxes].flatMap(([box, claims]) => {
    if (excused.has(box)) return [];
    const sold = claims.filter(({ state }) => state === "sold");
    if (sold.length > 1) return [`sold once: box ${box} is sold ${sold.length} times over`];
    // Where it was sold against the guard's word, whoever came last had it.
    const sellers = told.filter(
      ({ sale, settled }) => sale.boxes.includes(box) && settled !== "not",
    );
    const keeps = sellers.every(
      ({ sale, settled, returned, partly }) =>
        settled === "done" && returned === "not" && (partly === "not" || sale.boxes[0] !== box),
    );
    if (sellers.length === 0 || !keeps || sold.length === 1) return [];
    return [`sold: box ${box} of ${sellers.map(({ swipeId }) => swipeId).join(", ")} is nobody's`];
  });
}

function repeated(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}
