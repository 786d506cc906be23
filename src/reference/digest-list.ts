import type { ShanghaiDay } from "../units.ts";
import { createDigestTableBuilder } from "./digest-table.ts";
import type { Period } from "./periods.ts";
import { holds } from "./periods.ts";

/** Which ids a list holds, and when. */
export interface DigestList {
  /** Digests held; an id that was loaded in two domains counts twice. */
  readonly size: number;
  holds(id: string, day: ShanghaiDay): boolean;
}

export interface DigestListBuilder {
  add(id: string, period: Period): void;
  build(): Generator<void, DigestList>;
}

export function createDigestListBuilder(): DigestListBuilder {
  const table = createDigestTableBuilder();
  return {
    add: (id, period) => table.add(id, packed(period)),
    *build() {
      const built = yield* table.build();
      return {
        size: built.size,
        // The same id may stand on several rows with different periods.
        holds: (id, day) => built.some(id, (value) => holds(unpacked(value), day)),
      };
    },
  };
}

/** First and last day have 16 bits each. */
function packed({ from, to }: Period): number {
  return from * 0x10000 + to;
}

function unpacked(value: number): Period {
  return { from: value >>> 16, to: value & 0xffff };
}
