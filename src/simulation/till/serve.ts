import type { EpochMs } from "../../units.ts";
import { MINUTE, SECOND } from "../../units.ts";
import { dayOf } from "../days.ts";
import { groupBy } from "../groups.ts";
import type { Random } from "../random.ts";
import type { Sale, Visit } from "../sale.ts";
import type { Store, Till } from "../stores/store.ts";
import type { Counter } from "./register.ts";

export interface Served extends Counter {
  readonly sale: Sale;
}

/** Seconds to find, scan and charge. */
const SERVING = { base: 28, line: 11, more: 34 } as const;
/** Whoever has waited so long goes elsewhere. */
const PATIENCE = 20 * MINUTE;
/** From the answer to the next customer. */
const CLEARING = { from: 14, to: 40 } as const;

/** Puts a day's customers at the counters: nobody is served at a counter that is busy. */
export function serve(visits: readonly Visit[], random: Random): Served[] {
  const queueing = visits.filter(({ till }) => till === undefined);
  const served = visits.flatMap((visit) => (visit.till ? atTheirOwnTill(visit, visit.till) : []));
  for (const [store, list] of groupBy(queueing, (visit) => visit.store)) {
    served.push(...queueUp(store, list, random));
  }
  return served.sort((a, b) => a.at - b.at);
}

function queueUp(store: Store, visits: Visit[], random: Random): Served[] {
  const free = Array.from({ length: store.counters }, () => 0);
  visits.sort((a, b) => a.at - b.at);
  return visits.flatMap((visit) => {
    const counter = counterFor(free, visit.at);
    const began = Math.max(visit.at, free[counter] ?? 0);
    if (began - visit.at > PATIENCE && visit.sales.every(({ episode }) => episode === undefined))
      return [];
    const done: Served[] = [];
    let at = began;
    for (const [index, sale] of visit.sales.entries()) {
      at +=
        index === 0 ? serving(sale, random) : (visit.gaps?.[index - 1] ?? serving(sale, random));
      done.push({ ...placeOf(store, counter, at), at, sale: shifted(sale, at - visit.at) });
    }
    free[counter] = at + random.between(CLEARING.from, CLEARING.to) * SECOND;
    return done;
  });
}

/** The first counter that is free; if all are busy, the one that is free first. */
function counterFor(free: readonly EpochMs[], at: EpochMs): number {
  const open = free.findIndex((until) => until <= at);
  return open >= 0 ? open : free.indexOf(Math.min(...free));
}

/** Several counters may share one till; each has its cashier for the day. */
function placeOf(
  store: Store,
  counter: number,
  at: EpochMs,
): Pick<Counter, "store" | "till" | "cashier"> {
  const till = store.tills[counter % store.tills.length] as Till;
  const cashier = store.cashiers[(counter + dayOf(at)) % store.cashiers.length] ?? "0001";
  return { store, till, cashier };
}

function serving({ cart }: Sale, random: Random): number {
  const { base, line, more } = SERVING;
  return (base + line * Math.min(cart.length, 6) + random.below(more)) * SECOND;
}

/** A code on the telephone is shown at the counter, not in the queue. */
function shifted(sale: Sale, by: number): Sale {
  const { credential } = sale;
  if (credential.issuedAt === undefined || by === 0) return sale;
  return { ...sale, credential: { ...credential, issuedAt: credential.issuedAt + by } };
}

function atTheirOwnTill(visit: Visit, till: Till): Served[] {
  const { store, gaps, sales } = visit;
  const cashier = visit.cashier ?? store.cashiers[0] ?? "0001";
  let at = visit.at;
  return sales.map((sale, index) => {
    if (index > 0) at += gaps?.[index - 1] ?? 60 * SECOND;
    return { at, store, till, cashier, sale };
  });
}
