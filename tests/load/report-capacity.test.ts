import t from "tap";
import { type Assumptions, capacityFor, type MeasuredCosts } from "../../load/report/capacity.ts";
import { capacityTable } from "../../load/report/capacity-table.ts";
import { KEPT, PLACES, SOURCES } from "../../load/report/places.ts";
import { DAY } from "../../src/units.ts";

/** Round figures, so that every result can be reckoned by hand. */
const COSTS: MeasuredCosts = {
  guardUs: 500,
  redisUs: 100,
  onCluster: undefined,
  tail: undefined,
  redisBytes: 6_000,
  recordBytes: 3_000,
  gzipShare: 0.2,
  codeBytes: 40,
  ledgerBytes: 100,
  ledgerSwipeBytes: 50,
  locatorBytes: 200,
  answerBytes: 1_000,
  swipeByteDays: 20,
  personBytes: 300,
  articleBytes: 400,
};
const GIVEN: Assumptions = {
  persons: 1_000_000,
  pharmacies: 1_000,
  swipesADay: 100,
  codes: 2,
  articles: 10,
  logs: 5,
  logBytes: 1_000,
  busiestHour: 0.36,
  worstDay: 2,
  busy: 0.5,
  zones: 3,
  shardBytes: 25e9,
  replicas: 1,
  kafkaCopies: 3,
  diskRoom: 1.5,
  partitionsLeast: 12,
};
const SHORT = {
  ...{ codes: 400 * DAY, ledger: 90 * DAY, answer: DAY, record: 400 * DAY },
  ...{ codesABucket: 64, bucketBits: 22, journalBytes: 10e9 },
};

t.test("the peak is the busiest hour of the worst day", async (t) => {
  const { swipesADay, peakPerSecond } = capacityFor(COSTS, GIVEN, SHORT);
  t.equal(swipesADay, 100_000);
  t.equal(peakPerSecond, 20);
});

t.test("guards carry the peak half busy, and one more stands in each zone", async (t) => {
  const { guardCores, guardsAZone, guards } = capacityFor(COSTS, GIVEN, SHORT);
  t.equal(guardCores, 0.01);
  t.equal(guardsAZone, 2);
  t.equal(guards, 6);
  const large = capacityFor(COSTS, { ...GIVEN, pharmacies: 1_000_000 }, SHORT);
  t.equal(large.guardCores, 10);
  t.equal(large.guardsAZone, 8, "10 cores, 20 half busy, 7 a zone and one");
});

t.test("with a zone gone the others still have room, however large the place", async (t) => {
  for (const pharmacies of [1, 1_000, 100_000, 10_000_000]) {
    const { busyWithoutAZone } = capacityFor(COSTS, { ...GIVEN, pharmacies }, SHORT);
    t.ok(busyWithoutAZone <= 0.75, `${pharmacies}: ${busyWithoutAZone}`);
  }
});

t.test("memory is what is remembered, times how long", async (t) => {
  const { memory, memoryBytes, codes } = capacityFor(COSTS, GIVEN, SHORT);
  t.equal(codes, 80e6);
  t.same(memory, {
    codes: 3_200e6,
    ledgers: 100e6 + 9e6 * 50,
    locators: 9e6 * 200,
    answers: 100e6,
    ofSwipes: 2e6,
    ofPersons: 300e6,
    ofArticles: 4e6,
    logs: 5e6,
  });
  t.equal(memoryBytes, 5_961e6);
});

t.test("shards: the data asks for them, or the CPU does", async (t) => {
  t.equal(capacityFor(COSTS, GIVEN, SHORT).shards, 1);
  const much = capacityFor({ ...COSTS, codeBytes: 40_000 }, GIVEN, SHORT);
  t.equal(much.shards, Math.ceil(much.memoryBytes / 25e9));
  t.equal(much.redisServers, 2 * much.shards);
  const busy = capacityFor({ ...COSTS, redisUs: 1e6 }, GIVEN, SHORT);
  t.equal(busy.shards, 40, "20 cores half busy");
});

t.test("at the peak a shard's core is as busy as its share of the swipes makes it", async (t) => {
  const busy = capacityFor({ ...COSTS, redisUs: 1e6 }, GIVEN, SHORT);
  t.equal(busy.shardBusy, 0.5, "20 cores' work on 40 shards");
});

t.test("several shards are a Cluster, and cost what a Cluster costs", async (t) => {
  const costs = { ...COSTS, onCluster: { guardUs: 1_000, redisUs: 300 } };
  t.equal(capacityFor(costs, GIVEN, SHORT).guardUs, 500, "one shard holds it");
  const large = capacityFor(costs, { ...GIVEN, pharmacies: 100_000 }, SHORT);
  t.ok(large.shards > 1);
  t.same([large.guardUs, large.redisUs, large.guardCores], [1_000, 300, 2]);
  const text = capacityTable(costs, KEPT, PLACES);
  t.match(text, "500 µs, on a Cluster 1,000");
});

t.test("a bucket's number needs a bit more whenever the codes double", async (t) => {
  const bits = capacityFor(COSTS, GIVEN, SHORT).bucketBits;
  t.equal(bits, Math.ceil(Math.log2(80e6 / 64)));
  t.equal(capacityFor(COSTS, { ...GIVEN, codes: 4 }, SHORT).bucketBits, bits + 1);
});

t.test("Kafka holds every record packed, in three copies and with room", async (t) => {
  const { kafkaBytes, partitions, recordsADayBytes } = capacityFor(COSTS, GIVEN, SHORT);
  t.equal(recordsADayBytes, 300e6);
  t.equal(kafkaBytes, 300e6 * 0.2 * 400 * 3 * 1.5);
  t.equal(
    capacityFor(COSTS, GIVEN, SHORT).recordBytesPerSecond,
    20 * 3_000 * 0.2,
    "twenty a second at the peak, packed",
  );
  t.equal(partitions, 12, "never fewer than the guard makes");
  const large = capacityFor(COSTS, { ...GIVEN, pharmacies: 1_000_000 }, SHORT);
  t.equal(large.partitions, 20);
});

t.test("an instance's journal lasts the longer, the more instances share the swipes", async (t) => {
  t.equal(capacityFor(COSTS, GIVEN, SHORT).journalDays, 10e9 / 50e6);
});

t.test("a city and a province have the nation's pharmacies by their persons", async (t) => {
  const [city, province, nation] = PLACES.map(({ given }) => given);
  t.equal(nation?.pharmacies, 480_000);
  t.equal(city?.pharmacies, 3_429);
  t.equal(province?.pharmacies, 20_571);
});

t.test(
  "the table shows each step for each place, and every assumption has its source",
  async (t) => {
    const text = capacityTable(COSTS, KEPT, PLACES);
    const lines = text.split("\n");
    const [head = ""] = lines;
    t.equal(head, "|  | how | a city of 10 million | a province of 60 million | the nation |");
    for (const line of lines) t.equal(line.split("|").length, head.split("|").length, line);
    t.notMatch(text, /NaN|undefined|Infinity/);
    for (const [what, value, from] of SOURCES) t.ok(what && value && from, what);
  },
);

t.test("the words of the table say the numbers it reckons with", async (t) => {
  const [, , nation] = PLACES;
  if (nation === undefined) throw new Error("the nation is there");
  const { given } = nation;
  const said = SOURCES.map(([, value]) => value).join("\n");
  for (const number of [given.pharmacies.toLocaleString("en"), given.swipesADay, given.codes])
    t.match(said, String(number));
  t.match(said, `${given.busiestHour * 100} % of a day`);
  t.match(said, `${given.busy * 100} % busy`);
  t.match(said, `${given.shardBytes / 1e9} GB of data`);
  t.match(capacityTable(COSTS, KEPT, PLACES), `× ${KEPT.codes / DAY} days`);
  t.match(capacityTable(COSTS, KEPT, PLACES), `15 × ${Math.round(given.logBytes / 1_000)} KB`);
});
