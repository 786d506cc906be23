import t from "tap";
import type { Claim, ClaimUse, TraceMemory } from "../../src/counters/contract.ts";
import { rememberedPharmacy } from "../../src/counters/pharmacy-bytes.ts";
import { compilePlan } from "../../src/features/plan.ts";
import {
  AT,
  claim,
  codes,
  HERE,
  line,
  MINUTE,
  observe,
  personBytes,
  reference,
  swipe,
  use,
  value,
} from "./fixtures.ts";

const FEATURES = [
  "traceSoldElsewhere",
  "traceHeldElsewhere",
  "traceSoldHere",
  "traceOverSplit",
  "traceResold",
];
const whole = swipe({ lines: [line({ traceCodes: codes("box") })] });
/** Four of fourteen tablets. */
const split = swipe({
  lines: [line({ traceCodes: codes("box"), splitPack: true, unit: "piece", quantity: 40_000 })],
});

function judged(
  known: Partial<TraceMemory>,
  sale = whole,
  bundle = reference(),
): readonly string[] {
  const memory = { traceCodes: [{ claims: [], splits: [], ...known }] };
  return FEATURES.filter(
    (fact) => value({ fact }, { swipe: sale, memory, reference: bundle }) === true,
  );
}

const ownPerson = personBytes("own").slice(0, 6);
const ownStep: Partial<Claim> = { person: ownPerson, pharmacy: HERE, at: AT - 14 * MINUTE };
const tablets = (count: number) => Math.round((count * 10_000) / 14);

function splitSales(
  count: number,
  each: number,
  changes: Partial<ClaimUse> = {},
): readonly ClaimUse[] {
  return Array.from({ length: count }, () => use({ pharmacy: HERE, quantity: each, ...changes }));
}

t.test("a code is free when nobody has it any more", async (t) => {
  t.strictSame(judged({}), [], "never seen");
  t.strictSame(
    judged({ claims: [claim({ state: "reserved", at: AT - 15 * MINUTE })] }),
    [],
    "lapsed elsewhere",
  );
  t.strictSame(
    judged({ claims: [claim({ state: "reserved", pharmacy: HERE, at: AT - 15 * MINUTE })] }),
    [],
    "lapsed here",
  );
  for (const state of ["reserved", "presumable"] as const) {
    t.strictSame(
      judged({ claims: [claim({ ...ownStep, state })] }),
      [],
      `an earlier step of this sale, ${state}`,
    );
  }
});

t.test(
  "an earlier step of the sale is the same person's, here, within 15 minutes, and unsettled",
  async (t) => {
    t.strictSame(
      judged({ claims: [claim({ ...ownStep, state: "sold" })] }),
      ["traceSoldHere"],
      "settled",
    );
    t.strictSame(
      judged({ claims: [claim({ ...ownStep, state: "presumable", at: AT - 15 * MINUTE })] }),
      ["traceSoldHere"],
      "presumed",
    );
    t.strictSame(
      judged({
        claims: [
          claim({ ...ownStep, state: "reserved", person: personBytes("other").slice(0, 6) }),
        ],
      }),
      ["traceSoldHere"],
      "another person",
    );
    t.strictSame(
      judged({ claims: [claim({ ...ownStep, state: "reserved", pharmacy: "P21010200999" })] }),
      ["traceHeldElsewhere"],
      "another pharmacy",
    );
  },
);

t.test("what another pharmacy sold is refused, what it holds or took back is held", async (t) => {
  t.strictSame(judged({ claims: [claim()] }), ["traceSoldElsewhere"]);
  t.strictSame(
    judged({ claims: [claim({ state: "presumable" })] }),
    ["traceHeldElsewhere"],
    "presumed ranks as held",
  );
  t.strictSame(
    judged({ claims: [claim({ state: "reserved", at: AT - MINUTE })] }),
    ["traceHeldElsewhere"],
    "reserved in force",
  );
  t.strictSame(
    judged({ claims: [claim({ state: "returned" })] }),
    ["traceHeldElsewhere"],
    "returned by another",
  );
  t.strictSame(judged({ splits: [use()] }, split), ["traceSoldElsewhere"], "split elsewhere");
});

t.test("what came back here may be sold here again", async (t) => {
  t.strictSame(judged({ claims: [claim({ state: "returned", pharmacy: HERE })] }), ["traceResold"]);
});

t.test("what stood before a reservation counts beside it", async (t) => {
  const step = claim({ ...ownStep, state: "reserved" });
  t.strictSame(
    judged({ claims: [step, claim()] }),
    ["traceSoldElsewhere"],
    "our own first try does not hide the seller",
  );
  const lapsed = claim({ state: "reserved", at: AT - 15 * MINUTE });
  t.strictSame(judged({ claims: [lapsed, claim({ state: "returned", pharmacy: HERE })] }), [
    "traceResold",
  ]);
});

t.test("sold or reserved here by another sale is held", async (t) => {
  t.strictSame(judged({ claims: [claim({ pharmacy: HERE })] }), ["traceSoldHere"]);
  t.strictSame(
    judged({ claims: [claim({ pharmacy: HERE, state: "reserved", at: AT - MINUTE })] }),
    ["traceSoldHere"],
  );
  t.strictSame(
    judged({ claims: [claim({ pharmacy: HERE })] }, split),
    ["traceSoldHere"],
    "whole before, split now",
  );
  t.strictSame(
    judged({ splits: splitSales(1, tablets(4)) }),
    ["traceSoldHere"],
    "split before, whole now",
  );
});

t.test("a split pack may be sold until it is empty", async (t) => {
  t.strictSame(judged({ splits: splitSales(2, tablets(5)) }, split), [], "10 + 4 of 14");
  t.strictSame(
    judged({ splits: [...splitSales(2, tablets(5)), ...splitSales(1, tablets(1))] }, split),
    ["traceOverSplit"],
    "11 + 4 of 14",
  );
  t.strictSame(
    judged(
      { splits: splitSales(4, tablets(5), { state: "reserved", at: AT - 15 * MINUTE }) },
      split,
    ),
    [],
    "lapsed sales took nothing",
  );
  t.strictSame(judged({ splits: splitSales(5, tablets(2)) }, split), [], "two by two to the last");
  t.strictSame(judged({ splits: splitSales(1, 7_144) }, split), [], "rounded at each of two sales");
  t.strictSame(
    judged({ splits: splitSales(1, 7_145) }, split),
    ["traceOverSplit"],
    "beyond rounding",
  );
  const unknown = reference({ drugs: [] });
  t.strictSame(
    judged({ splits: splitSales(9, 4) }, split, unknown),
    [],
    "ten sales of a pack of unknown size, this one among them",
  );
  t.strictSame(
    judged({ splits: splitSales(10, 4) }, split, unknown),
    ["traceOverSplit"],
    "more than ten",
  );
});

t.test("no first sale splits more off a box than it holds either", async (t) => {
  const first = (tablets: number, ...boxes: readonly string[]) =>
    judgedFirst({ traceCodes: codes(...boxes), quantity: tablets * 10_000 });
  const judgedFirst = (of: Parameters<typeof line>[0]) =>
    judged({}, swipe({ lines: [line({ splitPack: true, unit: "piece", ...of })] }));
  t.strictSame(first(14, "box"), []);
  t.strictSame(first(15, "box"), ["traceOverSplit"]);
  t.strictSame(first(28, "box", "next"), [], "two boxes hold twice as much");
});

t.test(
  "a goods barcode is of no box: it is never claimed, sold before, or scanned twice",
  async (t) => {
    const barcode = (name: string) => ({ id: codes(name)[0]?.id ?? "", shape: "goods" as const });
    const sale = swipe({
      lines: [line({ traceCodes: [barcode("a"), ...codes("box"), barcode("a")] })],
    });
    t.equal(observe(compilePlan(new Map(), []), sale, reference()).traceCodes.length, 1);
    t.strictSame(judged({ claims: [claim()] }, sale), ["traceSoldElsewhere"], "the box's own code");
    const only = swipe({
      lines: [line({ traceCodes: [barcode("a"), barcode("a")], quantity: 20_000 })],
    });
    t.equal(value({ fact: "traceSoldElsewhere" }, { swipe: only, memory: null }), false);
    t.equal(value({ fact: "traceTwiceInRequest" }, { swipe: only }), false);
    t.equal(value({ fact: "codesMissing" }, { swipe: only }), true, "they are no codes of packs");
  },
);

t.test(
  "a code given twice in one request is scanned again, unless the pack is split",
  async (t) => {
    const twice = { fact: "traceTwiceInRequest" };
    const oneLine = swipe({ lines: [line({ traceCodes: codes("box", "box") })] });
    const twoLines = swipe({
      lines: [line({ traceCodes: codes("box") }), line({ traceCodes: codes("box", "next") })],
    });
    t.equal(
      value(twice, { swipe: oneLine, memory: null }),
      true,
      "the store is not needed to see it",
    );
    t.equal(value(twice, { swipe: twoLines, line: 1 }), true);
    t.equal(
      value(twice, { swipe: swipe({ lines: [line({ traceCodes: codes("box", "next") })] }) }),
      false,
    );
    const splitLine = line({ traceCodes: codes("box"), splitPack: true });
    t.equal(value(twice, { swipe: swipe({ lines: [splitLine, splitLine] }) }), false);
  },
);

t.test("each line is told of its own codes", async (t) => {
  const lines = [
    line({ traceCodes: codes("a", "b") }),
    line({ traceCodes: codes() }),
    line({ traceCodes: codes("c") }),
  ];
  const clean = { claims: [], splits: [] };
  const memory = { traceCodes: [clean, clean, { claims: [claim()], splits: [] }] };
  const sold = (index: number) =>
    value({ fact: "traceSoldElsewhere" }, { swipe: swipe({ lines }), memory, line: index });
  t.strictSame([sold(0), sold(1), sold(2)], [false, false, true]);
});

t.test(
  "without the store a line's codes are missing, and a line without codes is clean",
  async (t) => {
    t.equal(value({ fact: "traceSoldHere" }, { swipe: whole, memory: null }), "missing");
    t.equal(value({ fact: "traceSoldHere" }, { memory: null }), false);
  },
);

t.test("a pharmacy whose code has another shape knows its own sales", async (t) => {
  const local = "H0100020003";
  const here = rememberedPharmacy(local);
  const sale = { ...whole, pharmacy: { ...whole.pharmacy, code: local } };
  t.strictSame(judged({ claims: [claim({ pharmacy: here })] }, sale), ["traceSoldHere"]);
  t.strictSame(
    judged({ claims: [claim({ ...ownStep, pharmacy: here, state: "reserved" })] }, sale),
    [],
  );
  const token = { ...sale, credential: { ...sale.credential, type: "01" as const } };
  const mine = use({ person: personBytes("own").slice(0, 8), pharmacy: here, at: AT - MINUTE });
  t.equal(
    value({ fact: "tokenReplayed", window: "24h" }, { swipe: token, memory: { token: [mine] } }),
    false,
    "the same visit",
  );
});
