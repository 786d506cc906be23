import type { Random } from "../random.ts";
import type { Store } from "./store.ts";

export interface Prescriber {
  /** D and twelve digits. */
  readonly id: string;
  readonly institution: string;
  readonly source: "hospital" | "clinic" | "internet";
}

/** Who prescribes what is sold where. */
export interface Prescribers {
  readonly registry: readonly Prescriber[];
  /** Doctors of the hospital by whose gate the store stands. */
  atGate(store: Store): readonly Prescriber[];
  /** Doctors of the prefecture. */
  around(store: Store): readonly Prescriber[];
  /** Those who prescribe over the wire for pharmacies without a doctor near. */
  readonly online: readonly Prescriber[];
}

const AT_A_GATE = 28;
const IN_A_PREFECTURE = 90;
const ONLINE = 24;

export function createPrescribers(stores: readonly Store[], random: Random): Prescribers {
  const registry: Prescriber[] = [];
  const some = (count: number, institution: string, source: Prescriber["source"]) => {
    const made = Array.from({ length: count }, (_, n) => ({
      id: `D${institution.slice(1, 7)}${String(registry.length + n + 1).padStart(6, "0")}`,
      institution,
      source,
    }));
    registry.push(...made);
    return made;
  };
  const gates = new Map<number, readonly Prescriber[]>();
  const areas = new Map<string, readonly Prescriber[]>();
  for (const { index, area, kind } of stores) {
    const prefecture = area.slice(0, 4);
    if (kind === "hospital-gate")
      gates.set(index, some(AT_A_GATE, `H${area}9000${index % 10}`, "hospital"));
    if (areas.has(prefecture)) continue;
    const hospitals = some(IN_A_PREFECTURE - 30, `H${prefecture}0200001`, "hospital");
    areas.set(prefecture, [...hospitals, ...some(30, `H${prefecture}0300002`, "clinic")]);
  }
  const online = random.shuffled(some(ONLINE, "H46010700007", "internet"));
  return {
    registry,
    atGate: ({ index }) => gates.get(index) ?? [],
    around: ({ area }) => areas.get(area.slice(0, 4)) ?? registry,
    online,
  };
}
