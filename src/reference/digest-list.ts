import type { ShanghaiDay } from "../units.ts";
import { createDigestTableBuilder } from "./digest-table.ts";
import type { Period } from "./periods.ts";
import { holds } from "./periods.ts";
import { PSEUDONYM_LENGTH } from "./pseudonym-letters.ts";

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
  const persons = createDigestTableBuilder();
  return {
    add(id, period) {
      table.add(id, packed(period));
      const person = personOf(id);
      if (person !== undefined) persons.add(person, 0);
    },
    *build() {
      const built = yield* table.build();
      const named = yield* persons.build();
      return {
        size: built.size,
        holds(id, day) {
          const person = personOf(id);
          if (person !== undefined && !named.some(person, isNamed)) return false;
          // The same id may stand on several rows with different periods.
          return built.some(id, (value) => holds(unpacked(value), day));
        },
      };
    },
  };
}

function isNamed(): boolean {
  return true;
}

/**
 * The pseudonym of a composed id (`pharmacy:pseudonym`). Hardly any customer is anybody's employee: to ask that
 * first takes 680 instructions, a digest over both parts 5,300.
 */
function personOf(id: string): string | undefined {
  const colon = id.length - PSEUDONYM_LENGTH - 1;
  return colon > 0 && id.charAt(colon) === ":" ? id.slice(colon + 1) : undefined;
}

/** First and last day have 16 bits each. */
function packed({ from, to }: Period): number {
  return from * 0x10000 + to;
}

function unpacked(value: number): Period {
  return { from: value >>> 16, to: value & 0xffff };
}
