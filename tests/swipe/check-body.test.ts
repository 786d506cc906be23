import fc from "fast-check";
import t from "tap";
import {
  parseAcknowledgement,
  parseReversal,
  parseSettlement,
} from "../../src/swipe/after-bodies.ts";
import { canonicalJson } from "../../src/swipe/canonical-json.ts";
import { parseCheck } from "../../src/swipe/check-body.ts";
import { parseNhsaSale } from "../../src/swipe/nhsa/to-swipe.ts";
import { isProblem, type Outcome } from "../../src/swipe/problem.ts";
import {
  accepted,
  fullCheck,
  fullEnvelope,
  leastCheck,
  placesOf,
  refused,
  withValue,
} from "./bodies.ts";

function pathsOf(outcome: Outcome<unknown>): readonly string[] {
  return (refused(outcome).paths ?? []).map(({ path }) => path);
}

function checkWithLine(change: object): unknown {
  const [line] = leastCheck().lines;
  return { ...leastCheck(), lines: [{ ...line, ...change }] };
}

t.test("the contract's example is read whole, in integers", async (t) => {
  const swipe = accepted(parseCheck(fullCheck()));
  t.match(swipe, {
    swipeId: "P21010200123202611211015300001",
    stage: "settle",
    via: "native",
    occurredAt: Date.UTC(2026, 10, 21, 2, 15, 30),
    total: 7_300,
    funds: { account: 7_300 },
    person: { balance: 150_000, birthDate: "1956-03-02" },
    channel: "counter",
    codesExpected: true,
  });
  t.match(swipe.lines[0], { quantity: 20_000, unitPriceMicro: 36_500_000, amount: 7_300 });
  t.equal(swipe.credential.issuedAt, undefined, "null is absent");
});

t.test("what is required is enough, and what is left out has its default", async (t) => {
  const swipe = accepted(parseCheck(leastCheck()));
  t.match(swipe, { stage: "settle", channel: "counter" });
  t.strictSame(swipe.lines[0]?.traceCodes, []);
  t.match(swipe.lines[0], { unit: "pack", splitPack: false });
  t.equal(swipe.agent ?? swipe.funds ?? swipe.override, undefined);
});

t.test("each required field is missed by name", async (t) => {
  const required = [
    ["swipeId"],
    ["occurredAt"],
    ["pharmacy", "code"],
    ["pharmacy", "area"],
    ["pharmacy", "terminal"],
    ["pharmacy", "operator"],
    ["person", "number"],
    ["person", "insuredArea"],
    ["person", "insurance"],
    ["credential", "type"],
    ["credential", "number"],
    ["medicalType"],
    ["total"],
    ["lines"],
    ["lines", 0, "line"],
    ["lines", 0, "drug"],
    ["lines", 0, "quantity"],
    ["lines", 0, "unitPrice"],
    ["lines", 0, "amount"],
  ];
  for (const path of required) {
    const outcome = parseCheck(withValue(leastCheck(), path, undefined));
    const named = path.reduce<string>(
      (text, step) =>
        typeof step === "number" ? `${text}[${step}]` : (text && `${text}.${step}`) || `${step}`,
      "",
    );
    t.strictSame(refused(outcome), {
      code: "bad_request",
      paths: [{ path: named, reason: "is missing" }],
    });
  }
});

t.test("no optional field is needed, and null says the same as nothing", async (t) => {
  const least = accepted(parseCheck(leastCheck()));
  const nulled = {
    ...leastCheck(),
    stage: null,
    verification: null,
    agent: null,
    channel: null,
    disease: null,
    funds: null,
    override: null,
    supersedes: null,
  };
  t.strictSame(accepted(parseCheck(nulled)), least);
});

t.test("unknown keys are refused at every level, and only plain names are repeated", async (t) => {
  const places = [
    [],
    ["pharmacy"],
    ["person"],
    ["credential"],
    ["verification"],
    ["agent"],
    ["funds"],
    ["lines", 0],
    ["lines", 0, "prescription"],
    ["override"],
  ];
  for (const place of places) {
    const plain = parseCheck(withValue(fullCheck(), [...place, "psn_name"], "王某某"));
    t.match(refused(plain), { code: "bad_request" });
    t.match(pathsOf(plain)[0], /psn_name$/);
    for (const telling of ["13800138000", "王某某", "a b", "x".repeat(41)]) {
      const outcome = parseCheck(withValue(fullCheck(), [...place, telling], 1));
      t.notMatch(
        JSON.stringify(refused(outcome)),
        telling,
        "a key that may be a value is not repeated",
      );
    }
  }
});

t.test("no value of a request is ever in a problem", async (t) => {
  const sentinel = "S3NT1NEL 某某 210102198203040011";
  const isText = (value: unknown) => typeof value === "string";
  const bodies: readonly (readonly [unknown, (body: unknown) => Outcome<unknown>])[] = [
    [fullCheck(), parseCheck],
    [fullEnvelope(), (body) => parseNhsaSale("2102", body)],
    [
      {
        settlementId: "s",
        visitId: "v",
        lines: [{ line: "1", quantity: "2" }],
        swipe: fullCheck(),
      },
      parseSettlement,
    ],
    [
      { reversalId: "r", reason: "refund", lines: [{ line: "1", quantity: 1, traceCodes: ["8"] }] },
      parseReversal,
    ],
    [{ by: "p", choice: "cash", code: "OTHER" }, parseAcknowledgement],
  ];
  for (const [body, parse] of bodies) {
    for (const place of placesOf(body, (value) => isText(value) || typeof value === "number")) {
      for (const value of [
        sentinel,
        sentinel.repeat(40),
        `\u0000${sentinel}`,
        { [sentinel]: sentinel },
        [sentinel],
        987_654_321.123_456_7,
      ]) {
        const outcome = parse(withValue(body, place, value));
        if (!isProblem(outcome)) continue;
        t.notMatch(
          JSON.stringify(outcome),
          /S3NT1NEL|某某|19820304|98765432/,
          `${place.join(".")}`,
        );
        t.ok((outcome.problem.paths ?? []).length > 0, "and the field is named");
      }
    }
  }
});

t.test("amounts become fen exactly, whatever binary makes of them", async (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_294_967_295 }), (fen) => {
      const yuan = Number(`${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, "0")}`);
      const body = { ...(checkWithLine({ amount: yuan }) as object), total: yuan };
      return (
        accepted(parseCheck(body)).total === fen &&
        accepted(parseCheck(body)).lines[0]?.amount === fen
      );
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4_294_967_295 }), (units) => {
      const quantity = Number(
        `${Math.floor(units / 10_000)}.${String(units % 10_000).padStart(4, "0")}`,
      );
      return accepted(parseCheck(checkWithLine({ quantity }))).lines[0]?.quantity === units;
    }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e13 }), (micro) => {
      const unitPrice = Number(
        `${Math.floor(micro / 1e6)}.${String(micro % 1e6).padStart(6, "0")}`,
      );
      return accepted(parseCheck(checkWithLine({ unitPrice }))).lines[0]?.unitPriceMicro === micro;
    }),
  );
  t.equal(
    accepted(parseCheck({ ...(checkWithLine({ amount: 0.1 + 0.2 }) as object), total: 0.3 })).total,
    30,
    "a sum that drifted is the decimal it stands for",
  );
});

t.test("numbers with more decimals or out of range are refused with the reason", async (t) => {
  const cases: readonly (readonly [object, string, RegExp])[] = [
    [{ amount: 73.001 }, "lines[0].amount", /at most 2 decimals/],
    [{ amount: 42_949_672.951 }, "lines[0].amount", /2 decimals|at most/],
    [{ amount: 42_949_672.96 }, "lines[0].amount", /at most 42949672.95/],
    [{ amount: -0.01 }, "lines[0].amount", /at least 0/],
    [{ quantity: 0 }, "lines[0].quantity", /at least/],
    [{ quantity: 0.00001 }, "lines[0].quantity", /at least|4 decimals/],
    [{ quantity: 1.23456 }, "lines[0].quantity", /4 decimals/],
    [{ quantity: 429_496.7296 }, "lines[0].quantity", /at most 429496.7295/],
    [{ unitPrice: 1.2345678 }, "lines[0].unitPrice", /6 decimals/],
    [{ amount: "73.00" }, "lines[0].amount", /must be a number/],
    [{ quantity: Number.NaN }, "lines[0].quantity", /must be a number/],
    [{ quantity: Number.POSITIVE_INFINITY }, "lines[0].quantity", /must be/],
  ];
  for (const [change, path, reason] of cases) {
    t.match(refused(parseCheck(checkWithLine(change))).paths?.[0], { path, reason });
  }
});

t.test("the lines add up to the total within 0.05 yuan (DQ-01)", async (t) => {
  for (const total of [72.95, 73.05]) t.notOk(isProblem(parseCheck({ ...leastCheck(), total })));
  for (const total of [72.94, 73.06]) {
    t.match(refused(parseCheck({ ...leastCheck(), total })), {
      code: "total_mismatch",
      paths: [{ path: "total" }],
    });
  }
});

t.test("ids, times and sizes keep the contract's limits", async (t) => {
  const [line] = leastCheck().lines;
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ ...line, line: `${i}`, amount: 0 }));
  const codes = (count: number) =>
    Array.from({ length: count }, (_, i) => `8${String(i).padStart(19, "0")}`);
  const cases: readonly (readonly [unknown, string])[] = [
    [{ ...leastCheck(), swipeId: "short" }, "swipeId"],
    [{ ...leastCheck(), swipeId: "x".repeat(65) }, "swipeId"],
    [{ ...leastCheck(), swipeId: "with space" }, "swipeId"],
    [{ ...leastCheck(), occurredAt: "2026-11-21T10:15:30" }, "occurredAt"],
    [{ ...leastCheck(), occurredAt: "2026-02-30T10:15:30Z" }, "occurredAt"],
    [{ ...leastCheck(), stage: "trial" }, "stage"],
    [{ ...leastCheck(), lines: [] }, "lines"],
    [{ ...leastCheck(), total: 0, lines: many(201) }, "lines"],
    [{ ...leastCheck(), lines: [line, { ...line, amount: 0 }] }, "lines[1].line"],
    [{ ...leastCheck(), lines: [line, { ...line, line: "0001 ", amount: 0 }] }, "lines[1].line"],
    [checkWithLine({ traceCodes: codes(101) }), "lines[0].traceCodes"],
    [checkWithLine({ traceCodes: ["9".repeat(101)] }), "lines[0].traceCodes[0]"],
    [checkWithLine({ traceCodes: ["   "] }), "lines[0].traceCodes[0]"],
    [
      { ...leastCheck(), total: 0, lines: many(4).map((l) => ({ ...l, traceCodes: codes(76) })) },
      "lines",
    ],
    [{ ...leastCheck(), credential: { type: "03", number: "  " } }, "credential.number"],
    [{ ...leastCheck(), credential: { type: "03", number: "1", cardSn: "" } }, "credential.cardSn"],
    [
      { ...leastCheck(), person: { ...leastCheck().person, birthDate: "1957-02-29" } },
      "person.birthDate",
    ],
    ["text", "$"],
    [null, "$"],
    [[], "$"],
  ];
  for (const [body, path] of cases)
    t.ok(pathsOf(parseCheck(body)).includes(path), `${path} is named`);
  t.notOk(isProblem(parseCheck({ ...leastCheck(), total: 0, lines: many(200) })));
  t.notOk(
    isProblem(
      parseCheck({
        ...leastCheck(),
        total: 0,
        lines: many(3).map((l) => ({ ...l, traceCodes: codes(100) })),
      }),
    ),
  );
});

t.test("a body of broken lines is answered with at most 20 paths", async (t) => {
  const lines = Array.from({ length: 200 }, () => ({ nonsense: 1 }));
  t.equal(pathsOf(parseCheck({ ...leastCheck(), lines })).length, 20);
});

t.test("unknown codes are taken as other, and the medical type is kept", async (t) => {
  const swipe = accepted(
    parseCheck({
      ...leastCheck(),
      medicalType: "140104",
      channel: "drive-in",
      credential: { type: "77", number: "A1" },
    }),
  );
  t.match(swipe, { medicalType: "140104", channel: "other", credential: { type: "other" } });
});

t.test("canonical JSON is what JSON.stringify writes of sorted keys", async (t) => {
  const anyKeys = fc.dictionary(fc.string({ unit: "binary" }), fc.jsonValue({ maxDepth: 3 }), {
    maxKeys: 60,
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue({ maxDepth: 5 }), anyKeys), (value) => {
      return canonicalJson(value) === sortedText(value);
    }),
    {
      examples: [[[]], [{}], [[{}]], [{ a: [] }], ['"\\\u001f\ud800'], [-0], [1e21], [{ '"': "" }]],
    },
  );
  const many = Object.fromEntries(Array.from({ length: 90 }, (_, key) => [`k${key}`, key]));
  t.equal(canonicalJson(many), sortedText(many), "also for more keys than any body has");
});

/** The same by the library alone, member by member: an object would put numeral keys first. */
function sortedText(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(sortedText).join(",")}]`;
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([key, kept]) => `${JSON.stringify(key)}:${sortedText(kept)}`).join(",")}}`;
}

t.test("canonical JSON does not depend on the order of keys", async (t) => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      return canonicalJson(value) === canonicalJson(reversed(value));
    }),
  );
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
      return canonicalJson(JSON.parse(canonicalJson(value))) === canonicalJson(value);
    }),
  );
  t.equal(
    canonicalJson({ b: [1, { d: null, c: "ü" }], a: undefined }),
    '{"b":[1,{"c":"ü","d":null}]}',
  );
  t.not(canonicalJson([1, 2]), canonicalJson([2, 1]), "the order of lines does count");
  let deep: unknown = 1;
  for (let level = 0; level < 40; level++) deep = [deep];
  t.throws(() => canonicalJson(deep), /GUARD_SWIPE_TOO_DEEP/);
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}
