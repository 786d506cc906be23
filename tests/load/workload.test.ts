import t from "tap";
import { cityOptions, citySales } from "../../load/workload/city-sales.ts";
import { CityTraffic } from "../../load/workload/city-traffic.ts";
import { meansOf } from "../../load/workload/prepare.ts";
import type { Shot, TrafficOptions } from "../../load/workload/traffic.ts";
import { parseSettlement } from "../../src/swipe/after-bodies.ts";
import { parseCheck } from "../../src/swipe/check-body.ts";
import type { ClearSwipe } from "../../src/swipe/clear-swipe.ts";
import { parseNhsaSettled } from "../../src/swipe/nhsa/after.ts";
import { parseNhsaSale } from "../../src/swipe/nhsa/to-swipe.ts";

/** The canonical city in small: the same life, so the same sales. */
const { sales } = citySales({
  ...cityOptions(3, "2026-11-20"),
  ...{ pharmacies: 40, persons: 4_000, days: 4 },
});
const NOW = Date.parse("2026-11-22T10:15:30+08:00");
const ALLOWED = '{"decision":"allow"}';

function traffic(options: Partial<TrafficOptions> = {}): CityTraffic {
  return new CityTraffic(sales, { seed: 3, ...options });
}

/** Checks only; a thousand a second. */
function checks(count: number, options: Partial<TrafficOptions> = {}): readonly Shot[] {
  const stream = traffic({ settlements: false, ...options });
  return Array.from({ length: count }, (_, index) => stream.next(NOW + index));
}

function swipeOf({ path, body }: Shot): ClearSwipe {
  const json: unknown = JSON.parse(body);
  const route = path === "/nhsa/2101" ? "2101" : "2102";
  const read = path === "/v1/swipes" ? parseCheck(json) : parseNhsaSale(route, json);
  if ("value" in read) return read.value;
  throw new Error(`${path}: ${JSON.stringify(read)}`);
}

function codesOf({ lines }: ClearSwipe): readonly string[] {
  return lines.flatMap(({ traceCodes }) => traceCodes);
}

t.test("a swipe has 1.6 lines and 2.2 trace codes on average, in either form", async (t) => {
  const means = meansOf(sales);
  t.ok(means.sales > 1_000, `${means.sales} sales`);
  t.ok(Math.abs(means.lines - 1.6) < 0.05, `${means.lines} lines`);
  t.ok(Math.abs(means.codes - 2.2) < 0.05, `${means.codes} trace codes`);
  t.ok(means.nhsaShare > 0.3 && means.nhsaShare < 0.7, `${means.nhsaShare} of NHSA's form`);
  t.ok(means.settledShare > 0.6, `${means.settledShare} have their settlement`);
  const swipes = checks(sales.length).map(swipeOf);
  const lines = swipes.reduce((sum, swipe) => sum + swipe.lines.length, 0);
  t.equal(Math.round((lines / swipes.length) * 1_000) / 1_000, means.lines, "and so they are sent");
});

t.test("50,000 swipes, and no id twice", async (t) => {
  const shots = checks(50_000);
  t.equal(new Set(shots.map(({ swipeId }) => swipeId)).size, 50_000);
  t.ok(shots.length > 10 * sales.length, "although the city is played more than ten times");
});

t.test("played again, the city has other persons, boxes and prescriptions", async (t) => {
  const shots = checks(3 * sales.length).map(swipeOf);
  const passes = [0, 1, 2].map((pass) =>
    shots.slice(pass * sales.length, (pass + 1) * sales.length),
  );
  const [first = [], ...later] = passes;
  const seen = (of: (swipe: ClearSwipe) => readonly (string | undefined)[]) =>
    new Set(first.flatMap(of).filter((value) => value !== undefined));
  for (const of of [
    (swipe: ClearSwipe) => [swipe.person.number],
    (swipe: ClearSwipe) => [swipe.credential.number, swipe.credential.cardSn],
    (swipe: ClearSwipe) => [swipe.agent?.id],
    codesOf,
    (swipe: ClearSwipe) => swipe.lines.map(({ prescription }) => prescription?.number),
  ]) {
    const known = seen(of);
    t.ok(known.size > 0);
    t.notOk(
      later
        .flat()
        .flatMap(of)
        .some((value) => value !== undefined && known.has(value)),
    );
  }
});

t.test("a memory that has seen the city once is shown boxes that it has not", async (t) => {
  const codes = (firstPass: number) =>
    checks(2 * sales.length, { firstPass })
      .map(swipeOf)
      .flatMap(codesOf);
  const sold = new Set(codes(0));
  t.notOk(codes(25).some((code) => sold.has(code)));
});

t.test("the till's clock and the prescriptions are of now", async (t) => {
  const swipes = checks(sales.length).map(swipeOf);
  const skewed = swipes.filter(({ occurredAt }) => Math.abs(occurredAt - NOW) > 300_000);
  t.ok(skewed.length < 0.05 * swipes.length, `${skewed.length} tills' clocks are off`);
  const issued = swipes
    .flatMap(({ lines }) => lines.map(({ prescription }) => prescription?.issuedAt))
    .filter((at) => at !== undefined);
  const old = issued.filter((at) => NOW - at > 4 * 86_400_000);
  t.ok(issued.length > 100);
  t.ok(old.length < 0.1 * issued.length, `${old.length} of ${issued.length} are old`);
});

t.test("the same seed gives the same stream", async (t) => {
  t.same(checks(2_000), checks(2_000));
});

t.test("a settlement follows only what was allowed or warned of, once", async (t) => {
  const answers: readonly (readonly [string, number, string, boolean])[] = [
    ["allow", 200, ALLOWED, true],
    ["warn", 200, '{"decision":"warn"}', true],
    ["hold", 200, '{"decision":"hold"}', false],
    ["stepUp", 200, '{"decision":"stepUp"}', false],
    ["NHSA's 0", 200, '{"infcode":0,"output":{}}', true],
    ["NHSA's -1", 200, '{"infcode":-1,"output":{}}', false],
    ["no answer", 503, ALLOWED, false],
  ];
  for (const [name, status, body, isStepping] of answers) {
    const stream = traffic();
    const first = Array.from({ length: 200 }, () => stream.next(NOW));
    t.ok(first.every(({ kind }) => kind === "check"));
    for (const shot of first) stream.answered(shot, status, body);
    const later = Array.from({ length: 400 }, () => stream.next(NOW + 10_000));
    const steps = later.filter(({ kind }) => kind === "step").map(({ swipeId }) => swipeId);
    t.equal(steps.length > 100, isStepping, name);
    t.equal(new Set(steps).size, steps.length, "each once");
    const ids = new Set(first.map(({ swipeId }) => swipeId));
    t.ok(steps.every((swipeId) => ids.has(swipeId)));
  }
});

t.test("a settlement is one the doors read, and about its swipe", async (t) => {
  const stream = traffic();
  for (let i = 0; i < 500; i += 1) {
    const shot = stream.next(NOW);
    stream.answered(shot, 200, ALLOWED);
  }
  const forms = new Set<string>();
  for (let i = 0; i < 200; i += 1) {
    const { path, body, kind, swipeId } = stream.next(NOW + 1_000);
    if (kind !== "step") continue;
    const isNative = path === `/v1/swipes/${swipeId}/settlement`;
    forms.add(isNative ? "native" : path);
    const json: unknown = JSON.parse(body);
    const read = isNative ? parseSettlement(json) : parseNhsaSettled(json);
    t.match(read, { value: { settlementId: `S${swipeId}` } });
  }
  t.same([...forms].sort(), ["/nhsa/2102/answer", "native"]);
});

t.test("without settlements there are checks only", async (t) => {
  const stream = traffic({ settlements: false });
  for (let i = 0; i < 500; i += 1) stream.answered(stream.next(NOW), 200, ALLOWED);
  t.equal(stream.next(NOW + 10_000).kind, "check");
});

t.test("for the cost curves: exactly so many lines, no box of them sold twice", async (t) => {
  for (const lines of [1, 4, 16]) {
    const swipes = checks(200, { lines }).map(swipeOf);
    t.ok(
      swipes.every((swipe) => swipe.lines.length === lines),
      `${lines} lines`,
    );
    const codes = swipes.flatMap(codesOf);
    t.ok(new Set(codes).size > 0.97 * codes.length, "but for the city's frauds");
  }
});

t.test("for the cost curves: exactly so many trace codes, one a pack", async (t) => {
  for (const codes of [1, 8, 32]) {
    const swipes = checks(200, { codes }).map(swipeOf);
    t.ok(
      swipes.every((swipe) => codesOf(swipe).length === codes),
      `${codes} codes`,
    );
    const all = swipes.flatMap(codesOf);
    t.equal(new Set(all).size, all.length, "each box once");
    for (const { lines } of swipes)
      t.ok(lines.every(({ quantity, traceCodes }) => quantity === traceCodes.length * 10_000));
  }
});

t.test("for the cost curves: many trace codes on lines that no rule holds", async (t) => {
  const swipes = checks(200, { codes: 32, lines: 8 }).map(swipeOf);
  for (const { lines } of swipes)
    t.same(
      lines.map(({ traceCodes }) => traceCodes.length),
      Array.from({ length: 8 }, () => 4),
    );
});

t.test("for the cost curves: so many persons, so many swipes each, at one pharmacy", async (t) => {
  const swipes = checks(6_144, { persons: 1_000, swipesPerPerson: 6 }).map(swipeOf);
  const places = new Map<string, Set<string>>();
  const counts = new Map<string, number>();
  for (const { person, pharmacy } of swipes) {
    counts.set(person.number, (counts.get(person.number) ?? 0) + 1);
    places.set(person.number, (places.get(person.number) ?? new Set()).add(pharmacy.code));
  }
  t.ok([...places.values()].every(({ size }) => size === 1));
  const full = [...counts.values()].filter((count) => count === 6);
  t.ok(full.length > 900, `${full.length} persons came six times`);
  const few = checks(6_000, { persons: 600 }).map(swipeOf);
  t.equal(new Set(few.map(({ person }) => person.number)).size, 600);
});
