import { DAY, type EpochMs, MINUTE, SECOND } from "../../units.ts";
import type { Prescription } from "../goods/cart.ts";
import type { Random } from "../random.ts";
import type { Prescriber, Prescribers } from "../stores/prescribers.ts";
import type { Store } from "../stores/store.ts";

const GATE_SHARE = 0.85;
const ONLINE_SHARE = 0.3;
/** Online the doctor signs while the customer waits. */
const ONLINE_SECONDS = { from: 45, to: 420 } as const;
const DAYS_OLD_MAX = 2;

/** A true prescription for what is bought now. */
export function prescribe(
  store: Store,
  at: EpochMs,
  prescribers: Prescribers,
  random: Random,
  long = false,
): Prescription {
  const prescriber = prescriberFor(store, prescribers, random);
  return {
    number: `RX${Math.floor(at / 1_000)
      .toString(36)
      .toUpperCase()}${random
      .below(2 ** 31)
      .toString(36)
      .toUpperCase()}`,
    prescriber: prescriber.id,
    issuedAt: at - ageOf(prescriber, random),
    external: true,
    source: prescriber.source,
    long,
  };
}

function prescriberFor(store: Store, prescribers: Prescribers, random: Random): Prescriber {
  const gate = prescribers.atGate(store);
  if (gate.length > 0 && random.chance(GATE_SHARE)) return popular(gate, random);
  return random.chance(ONLINE_SHARE)
    ? popular(prescribers.online, random)
    : random.pick(prescribers.around(store));
}

/** Some doctors have twice as many patients as others. */
function popular(list: readonly Prescriber[], random: Random): Prescriber {
  const first = random.below(list.length);
  const second = random.below(list.length);
  return list[random.chance(0.5) ? Math.min(first, second) : first] as Prescriber;
}

function ageOf({ source }: Prescriber, random: Random): number {
  if (source === "internet") return random.between(ONLINE_SECONDS.from, ONLINE_SECONDS.to) * SECOND;
  if (random.chance(0.75)) return random.between(12, 240) * MINUTE;
  return Math.floor(random.within(0.3, DAYS_OLD_MAX) * DAY);
}
