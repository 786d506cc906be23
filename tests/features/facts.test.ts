import t from "tap";
import type { PharmacyEntry } from "../../src/reference/bundle.ts";
import { SECOND, shanghaiDay } from "../../src/units.ts";
import {
  AMLODIPINE,
  AT,
  codes,
  DAY,
  drugKey,
  ELSEWHERE,
  HERE,
  HONEYSUCKLE,
  HOUR,
  line,
  MINUTE,
  personBytes,
  pseudonym,
  reading,
  reference,
  swipe,
  use,
  value,
} from "./fixtures.ts";

t.test("a token used twice is replayed, unless it is the same visit", async (t) => {
  const token = swipe({ credential: { type: "01" } });
  const replayed = (changes: Parameters<typeof use>[0]) =>
    value(
      { fact: "tokenReplayed", window: "24h" },
      { swipe: token, memory: { token: [use(changes)] } },
    );
  const mine = { person: personBytes("own").slice(0, 8), pharmacy: HERE };
  t.equal(replayed({ at: AT - HOUR }), true);
  t.equal(replayed({ at: AT - DAY }), false, "24 hours ago is out of the window");
  t.equal(replayed({ at: AT - HOUR, ...mine }), true, "the same person an hour later");
  t.equal(
    replayed({ at: AT - 14 * MINUTE, ...mine }),
    false,
    "the same person here within 15 minutes",
  );
  t.equal(replayed({ at: AT - 14 * MINUTE, ...mine, pharmacy: ELSEWHERE }), true, "elsewhere");
  t.equal(replayed({ at: AT - 15 * MINUTE, state: "reserved" }), false, "a lapsed reservation");
  t.equal(replayed({ at: AT - MINUTE, state: "returned" }), false, "taken back");
  t.equal(
    value({ fact: "tokenReplayed", window: "24h" }, { memory: null }),
    "absent",
    "a card is no token, store or not",
  );
  t.equal(
    value({ fact: "tokenReplayed", window: "24h" }, { swipe: token, memory: null }),
    "missing",
  );
  const issued = (type: "01" | "03") =>
    swipe({ credential: { type, issuedAt: AT - 121 * SECOND } });
  t.equal(value({ fact: "tokenAgeSeconds" }, { swipe: issued("01") }), 121);
  t.equal(value({ fact: "tokenAgeSeconds" }, { swipe: issued("03") }), "absent");
});

function prescribed(
  quantity: number | undefined,
  changes: Parameters<typeof line>[0] = {},
  long = false,
) {
  const prescription = {
    id: pseudonym("rx"),
    long,
    ...(quantity !== undefined && { quantity: quantity * 10_000 }),
  };
  return line({ prescription, ...changes });
}

t.test("a prescription is one person's, for what it says", async (t) => {
  const mine = { person: personBytes("own").slice(0, 8), pharmacy: HERE };
  const overused = (own: ReturnType<typeof line>, ...uses: readonly Parameters<typeof use>[0][]) =>
    value(
      { fact: "rxOverused" },
      {
        swipe: swipe({ lines: [own] }),
        memory: { prescriptions: [uses.map((changes) => use({ ...mine, ...changes }))] },
      },
    );
  t.equal(overused(prescribed(2), {}), false, "one of two, then the other");
  t.equal(overused(prescribed(1), {}), true, "beyond what is prescribed");
  t.equal(overused(prescribed(1, { quantity: 20_000 })), true, "at once");
  t.equal(overused(prescribed(undefined)), false, "first use, no quantity");
  t.equal(overused(prescribed(undefined), {}), true, "used before, no quantity");
  t.equal(
    overused(prescribed(undefined), { drug: drugKey(AMLODIPINE) }),
    false,
    "another drug on it",
  );
  t.equal(overused(prescribed(1, {}, true), {}), false, "a long prescription");
  t.equal(overused(prescribed(1), { state: "returned" }), false, "what came back does not count");
  t.equal(
    overused(prescribed(1), { state: "reserved", at: AT - 14 * MINUTE }),
    false,
    "an earlier step of this sale",
  );
  t.equal(
    overused(prescribed(1), { state: "reserved", at: AT - 14 * MINUTE, pharmacy: ELSEWHERE }),
    true,
    "reserved elsewhere",
  );
  t.equal(
    overused(prescribed(undefined), { at: AT - 14 * MINUTE }),
    false,
    "used again there within 15 minutes is no reuse",
  );
  t.equal(overused(prescribed(1), { at: AT - 14 * MINUTE }), true, "but a settled sale uses it up");
  const halves = swipe({
    lines: [prescribed(1, { quantity: 6_000 }), prescribed(1, { line: "0002", quantity: 6_000 })],
  });
  t.equal(
    value({ fact: "rxOverused" }, { swipe: halves }),
    true,
    "two lines on one prescription together",
  );
  const otherPerson = (changes: Parameters<typeof use>[0]) =>
    value(
      { fact: "rxOtherPerson" },
      {
        swipe: swipe({ lines: [line(), prescribed(2)] }),
        memory: { prescriptions: [[use(changes)]] },
        line: 1,
      },
    );
  t.equal(otherPerson({}), true);
  t.equal(otherPerson({ state: "reserved", at: AT - 15 * MINUTE }), false, "a lapsed reservation");
  t.equal(otherPerson(mine), false);
  t.equal(
    value({ fact: "rxOtherPerson" }, { memory: null }),
    false,
    "no prescription, store or not",
  );
});

const allowance = {
  ordinary: 7,
  chronic: 30,
  long: 84,
  chronicTypes: ["140104", "9929"],
  slackShare: 0.1,
  slackPacks: 1,
  source: "x",
};

t.test("days come from the till, else from the reference dose, else from nowhere", async (t) => {
  const days = (own: ReturnType<typeof line>, bundle = reference()) =>
    value({ fact: "daysSupply" }, { swipe: swipe({ lines: [own] }), reference: bundle });
  t.equal(days(line({ daysSupply: 28 })), 28);
  t.equal(days(line({ quantity: 20_000 })), 28, "two packs of fourteen");
  t.equal(days(line({ unit: "piece", quantity: 70_000 })), 7, "seven tablets");
  t.equal(days(line({ drug: HONEYSUCKLE, quantity: 900_000 })), 9, "90 g at 10 g a day");
  t.equal(days(line(), reference({ drugs: [] })), "absent");
  t.equal(value({ fact: "daysStated" }), false);
});

t.test("the allowance has ten per cent and one pack of slack", async (t) => {
  const allowed = (changes: Parameters<typeof swipe>[0], bundle = reference()) =>
    value({ fact: "dayAllowance", ...allowance }, { swipe: swipe(changes), reference: bundle });
  const near = (found: unknown, wanted: number, name: string) =>
    t.ok(Math.abs(Number(found) - wanted) < 1e-9, name);
  near(allowed({ lines: [line({ quantity: 20_000 })] }), 7.7 + 14, "ordinary");
  near(allowed({}), 28, "one pack, also at half the usual dose");
  near(allowed({ disease: "M03900" }), 33 + 14, "chronic disease filed");
  near(allowed({ medicalType: "9929" }), 33 + 14, "chronic medical type");
  near(allowed({ lines: [prescribed(undefined, {}, true)] }), 92.4 + 14, "long prescription");
  near(
    allowed({ lines: [line({ daysSupply: 30, quantity: 30_000 })] }, reference({ drugs: [] })),
    7.7 + 10,
    "stated days by packs",
  );
  t.equal(allowed({}, reference({ drugs: [] })), "absent", "nobody knows how long a pack lasts");
});

t.test("small packs of a known dose are covered as long as their days are allowed", async (t) => {
  const covered = (packs: number, bundle = reference()) =>
    value(
      { fact: "doseCovered", ...allowance },
      {
        swipe: swipe({ disease: "M03900", lines: [line({ quantity: packs * 10_000 })] }),
        reference: bundle,
      },
    );
  t.strictSame([covered(3), covered(4)], [true, false], "42 and 56 of 47 days");
  t.equal(covered(1, reference({ drugs: [] })), false, "an unknown dose covers nothing");
});

t.test("one code a pack is wanted where codes are due", async (t) => {
  const missing = (
    own: ReturnType<typeof line>,
    changes: Parameters<typeof swipe>[0] = {},
    bundle = reference(),
  ) =>
    value(
      { fact: "codesMissing" },
      { swipe: swipe({ ...changes, lines: [own] }), reference: bundle },
    );
  t.equal(missing(line()), true);
  t.equal(missing(line({ traceCodes: codes("a") })), false);
  t.equal(
    missing(line({ quantity: 15_000, traceCodes: codes("a", "b") })),
    false,
    "a begun pack has its code",
  );
  t.equal(
    missing(line({ quantity: 20_000, traceCodes: codes("a", "a") })),
    true,
    "one code twice is one code",
  );
  t.equal(missing(line({ traceCodes: codes("a", "b") })), true, "too many");
  t.equal(missing(line({ splitPack: true })), false);
  t.equal(missing(line({ drug: HONEYSUCKLE })), false, "slices have none");
  t.equal(missing(line(), { stage: "inquiry" }), false);
  t.equal(missing(line(), { codesExpected: false }), false, "they come later");
  t.equal(
    missing(line(), {}, reference({ noCodeStock: [`${HERE}:XC10`] })),
    false,
    "old stock without codes",
  );
  t.equal(
    missing(line({ unit: "piece", quantity: 140_000, traceCodes: codes("a") })),
    false,
    "fourteen tablets are a pack",
  );
});

t.test("lists, status and designation are as of today", async (t) => {
  const onList = reference({
    lists: {
      deceased: [pseudonym("own")],
      "lost-credential": [pseudonym("chip")],
      "care-institution": [pseudonym("nurse")],
    },
  });
  const deceased = { listed: { list: "deceased", of: "person" } };
  t.strictSame([value(deceased, { reference: onList }), value(deceased)], [true, false]);
  const chip = swipe({ credential: { card: pseudonym("chip") } });
  t.equal(
    value(
      { listed: { list: "lost-credential", of: "credential" } },
      { swipe: chip, reference: onList },
    ),
    true,
  );
  const byId = swipe({
    person: { id: pseudonym("x") },
    credential: { type: "02", idNumber: pseudonym("own") },
  });
  t.equal(
    value(deceased, { swipe: byId, reference: onList }),
    true,
    "by the number of an identity card",
  );
  t.equal(
    value({ listed: { list: "care-institution", of: "agent" } }, { reference: onList }),
    "absent",
    "no agent",
  );
  const aged = { ...deceased, maxAge: "24h" };
  t.equal(value(aged, { reference: reference({ loadedAt: AT - DAY }) }), false);
  t.equal(
    value(aged, { reference: reference({ loadedAt: AT - DAY - 1 }) }),
    "missing",
    "older than it may be",
  );
  t.equal(value({ fact: "personStatus" }), "absent");
  const designated = (entry: Partial<PharmacyEntry>) =>
    value(
      { fact: "pharmacyDesignated" },
      {
        reference: reference({
          pharmacies: [{ code: HERE, area: "210102", status: "active", ...entry }],
        }),
      },
    );
  const today = shanghaiDay(AT);
  t.equal(designated({}), true);
  t.equal(designated({ code: ELSEWHERE }), false, "not in the file");
  t.strictSame(
    [
      designated({ status: "suspended", since: today }),
      designated({ status: "suspended", since: today + 1 }),
    ],
    [false, true],
  );
  t.strictSame(
    [designated({ since: today }), designated({ since: today + 1 })],
    [true, false],
    "active from a day on",
  );
  t.equal(
    value({ fact: "pharmacyDesignated" }, { reference: reference({ knowsPharmacies: false }) }),
    "absent",
  );
  const mandatory = { fact: "dateReached", date: "2026-01-01", source: "x" };
  const newYear = Date.UTC(2025, 11, 31, 16);
  t.strictSame(
    [
      value(mandatory, { swipe: swipe({ at: newYear - 1 }) }),
      value(mandatory, { swipe: swipe({ at: newYear }) }),
    ],
    [false, true],
  );
  t.strictSame(
    reading({ fact: "packs" }, { swipe: swipe({ lines: [line({ quantity: 25_000 })] }) }),
    { known: 2.5 },
  );
});
