import type { EpochMs, ShanghaiDay } from "../../units.ts";
import { HOUR, MINUTE } from "../../units.ts";
import { startOf } from "../days.ts";
import type { Random } from "../random.ts";
import { isOpen, type Store } from "../stores/store.ts";

/** Customers by the hour of the day, midnight first. */
const HOURS = [
  0.03, 0.02, 0.01, 0.01, 0.01, 0.03, 0.1, 0.5, 1.3, 2, 2, 1.5, 0.9, 0.8, 1.1, 1.3, 1.4, 1.5, 1.5,
  1.3, 0.9, 0.5, 0.2, 0.08,
];
/** The old come in the morning. */
const EARLY_HOURS = HOURS.map((weight, hour) => (hour >= 8 && hour <= 11 ? weight * 2.2 : weight));
const TRIES = 20;

/** When somebody comes to this store on this day. */
export function hourOfVisit(
  store: Store,
  day: ShanghaiDay,
  isOld: boolean,
  random: Random,
): EpochMs {
  const weights = isOld ? EARLY_HOURS : HOURS;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const hour = random.weighted(ALL_HOURS, (some) => weights[some] ?? 0);
    const at = hour * HOUR + Math.floor(random.next() * HOUR);
    if (isOpen(store, Math.floor(at / MINUTE))) return startOf(day) + at - (at % 1_000);
  }
  return startOf(day) + (store.hours?.opens ?? 9 * 60) * MINUTE + random.below(60) * MINUTE;
}

const ALL_HOURS = HOURS.map((_, hour) => hour);
