import fc from "fast-check";
import {
  type ClaimMove,
  FLAG_KINDS,
  type FlagKind,
  type TallyMove,
} from "../../src/counters/contract.ts";
import {
  FLAG_KEPT,
  PRESCRIPTION_KEPT,
  RESERVATION,
  TRACE_KEPT,
} from "../../src/counters/limits.ts";
import { DAY, MINUTE, SECOND } from "../../src/units.ts";
import { CARD_KEPT } from "../conformance/swipes.ts";

/** Steps that two homes of the memory are led through side by side. */
export type Step =
  | {
      readonly kind: "check";
      readonly sale: DrawnSale;
      readonly advance: number;
      readonly late: number;
    }
  /** An earlier swipe once more: same content, other content, or another person. */
  | {
      readonly kind: "again";
      readonly back: number;
      readonly as: "same" | "content" | "person";
      readonly advance: number;
    }
  | {
      readonly kind: "seal";
      readonly back: number;
      readonly holds: boolean;
      readonly presume: boolean;
      readonly level: number;
      readonly supersedes: readonly number[];
      readonly bind: boolean;
    }
  | {
      readonly kind: "change";
      readonly back: number;
      readonly to: ClaimMove["to"];
      readonly left: number;
      readonly sheet: boolean;
      /** Somebody else changed the entry since it was read. */
      readonly stale: boolean;
      readonly tallies: readonly DrawnMove[];
      readonly lateCodes: readonly number[];
    }
  | {
      readonly kind: "flag";
      readonly back: number;
      readonly of: FlagKind;
      readonly finding: number;
      readonly late: number;
    }
  | { readonly kind: "look"; readonly back: number; readonly advance: number }
  | { readonly kind: "fold"; readonly back: number };

export interface DrawnMove {
  readonly move: TallyMove["move"];
  /** Which of the swipe's tallies. */
  readonly of: number;
  readonly share: number;
  /** On the day of the change, and not on the check's. */
  readonly now: boolean;
}

export interface DrawnSale {
  readonly id: number;
  readonly person: number;
  readonly elsewhere: boolean;
  readonly inquiry: boolean;
  readonly codes: readonly {
    readonly code: number;
    readonly split: boolean;
    readonly units: number;
  }[];
  readonly token: number | undefined;
  readonly card: number | undefined;
  readonly prescriptions: readonly number[];
  readonly drugs: readonly number[];
  readonly quantity: number;
}

/** Every edge of the memory, and one millisecond to each side: wide random times miss a `>` for a `>=`. */
const edges = (...durations: readonly number[]) =>
  durations.flatMap((duration) => [duration - 1, duration, duration + 1]);
const SOON = [
  0,
  0,
  0,
  1,
  SECOND,
  5 * SECOND,
  MINUTE,
  10 * MINUTE,
  ...edges(RESERVATION, 20 * MINUTE),
];
const DAYS = [...edges(DAY), 8 * DAY, ...edges(28 * DAY), 40 * DAY];
const YEARS = edges(PRESCRIPTION_KEPT, FLAG_KEPT, TRACE_KEPT, CARD_KEPT);
const LATE = [0, 0, 0, 0, 1, MINUTE, 14 * MINUTE, ...edges(RESERVATION), 20 * MINUTE];

const drawnSale = fc.record<DrawnSale>({
  id: fc.nat(9),
  person: fc.nat(2),
  elsewhere: fc.boolean(),
  inquiry: fc.constantFrom(false, false, false, true),
  codes: fc.array(
    fc.record({ code: fc.nat(3), split: fc.boolean(), units: fc.integer({ min: 1, max: 9_999 }) }),
    { maxLength: 3 },
  ),
  token: fc.option(fc.nat(1), { nil: undefined }),
  card: fc.option(fc.nat(1), { nil: undefined }),
  prescriptions: fc.array(fc.nat(1), { maxLength: 2 }),
  drugs: fc.array(fc.nat(2), { minLength: 1, maxLength: 3 }),
  quantity: fc.constantFrom(1, 5_000, 10_000, 0xffffffff),
});

const back = fc.oneof(fc.constant(0), fc.nat(6));

function stepsOver(advance: fc.Arbitrary<number>): fc.Arbitrary<Step> {
  const check = fc.record({
    kind: fc.constant("check" as const),
    sale: drawnSale,
    advance,
    late: fc.constantFrom(...LATE),
  });
  const seal = fc.record({
    kind: fc.constant("seal" as const),
    back,
    holds: fc.boolean(),
    presume: fc.boolean(),
    level: fc.nat(4),
    supersedes: fc.array(fc.nat(4), { maxLength: 2 }),
    bind: fc.boolean(),
  });
  const change = fc.record({
    kind: fc.constant("change" as const),
    back,
    to: fc.constantFrom("sold" as const, "returned" as const, "released" as const),
    left: fc.constantFrom(0, 1, 10_000),
    sheet: fc.boolean(),
    stale: fc.constantFrom(false, false, false, true),
    tallies: fc.array(
      fc.record({
        move: fc.constantFrom("add" as const, "subtract" as const, "close" as const),
        of: fc.nat(3),
        share: fc.constantFrom(0, 0.5, 1),
        now: fc.boolean(),
      }),
      { maxLength: 3 },
    ),
    lateCodes: fc.array(fc.nat(3), { maxLength: 2 }),
  });
  const flag = fc.record({
    kind: fc.constant("flag" as const),
    back,
    of: fc.constantFrom(...FLAG_KINDS),
    finding: fc.nat(2),
    late: fc.constantFrom(...LATE),
  });
  const as = fc.constantFrom(
    "same" as const,
    "same" as const,
    "content" as const,
    "person" as const,
  );
  return fc.oneof(
    { weight: 6, arbitrary: check },
    { weight: 5, arbitrary: seal },
    { weight: 4, arbitrary: change },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("again" as const), back, as, advance }) },
    { weight: 1, arbitrary: flag },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("look" as const), back, advance }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("fold" as const), back }) },
  );
}

export const NEAR = fc.array(stepsOver(fc.constantFrom(...SOON)), { minLength: 2, maxLength: 30 });
export const FAR = fc.array(stepsOver(fc.constantFrom(...SOON, ...DAYS)), {
  minLength: 2,
  maxLength: 30,
});
export const FARTHEST = fc.array(stepsOver(fc.constantFrom(...SOON, ...YEARS)), {
  minLength: 2,
  maxLength: 24,
});

const seldom = <A, B>(usual: fc.Arbitrary<A>, other: fc.Arbitrary<B>) =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: other });

/** One visit after another for the same box, each a check and what follows it. */
const visit = (gap: fc.Arbitrary<number>) =>
  fc.record({
    gap,
    late: seldom(fc.constant(0), fc.constantFrom(...edges(RESERVATION))),
    person: seldom(fc.constant(0), fc.constant(1)),
    elsewhere: seldom(fc.constant(false), fc.constant(true)),
    split: seldom(fc.constant(false), fc.constant(true)),
    inquiry: seldom(fc.constant(false), fc.constant(true)),
    seal: fc.constantFrom("none", "refused", "holds", "presumes"),
    to: fc.constantFrom(undefined, undefined, undefined, "sold", "returned", "released" as const),
    again: seldom(fc.constant(undefined), fc.constantFrom("same", "content", "person" as const)),
    againAfter: fc.constantFrom(0, ...edges(DAY)),
  });
type Visit = ReturnType<typeof visit> extends fc.Arbitrary<infer V> ? V : never;

function stepsOf(visits: readonly Visit[]): Step[] {
  return visits.flatMap((of, id): Step[] => {
    const steps: Step[] = [
      {
        kind: "check",
        advance: of.gap,
        late: of.late,
        sale: {
          ...PLAIN_SALE,
          id,
          person: of.person,
          elsewhere: of.elsewhere,
          inquiry: of.inquiry,
          codes: [{ code: 0, split: of.split, units: 1 }],
        },
      },
    ];
    if (of.seal !== "none") {
      const presume = of.seal === "presumes";
      const holds = presume || of.seal === "holds";
      steps.push({
        kind: "seal",
        back: 0,
        holds,
        presume,
        level: 0,
        supersedes: [],
        bind: false,
      });
    }
    const { to, again } = of;
    if (to)
      steps.push({
        kind: "change",
        back: 0,
        to,
        left: 10_000,
        sheet: false,
        stale: false,
        ...UNTALLIED,
      });
    if (again) steps.push({ kind: "again", back: 0, as: again, advance: of.againAfter });
    return steps;
  });
}

const UNTALLIED = { tallies: [], lateCodes: [] } as const;

const boxes = (gaps: readonly number[]) =>
  fc.array(visit(fc.constantFrom(1, ...gaps)), { minLength: 3, maxLength: 6 }).map(stepsOf);
export const ONE_BOX = boxes(edges(RESERVATION));
export const ONE_OLD_BOX = boxes(edges(TRACE_KEPT, RESERVATION));

export const PLAIN_SALE: DrawnSale = {
  id: 0,
  person: 0,
  elsewhere: false,
  inquiry: false,
  codes: [],
  token: undefined,
  card: undefined,
  prescriptions: [],
  drugs: [0],
  quantity: 10_000,
};
