import t from "tap";
import { standingOf } from "../../src/checkout/indicators/judge-indicators.ts";
import { OPEN_SALES_MAX, OpenSales } from "../../src/checkout/indicators/open-sales.ts";
import {
  keepLargest,
  Page,
  personsMarked,
  type SaleFacts,
} from "../../src/checkout/indicators/page.ts";
import { noticeStandings, WORST_SHOWN } from "../../src/checkout/indicators/standings.ts";
import type { Indicator, Measure } from "../../src/rules/indicators.ts";
import { createTelemetry } from "../../src/telemetry/telemetry.ts";
import { DAY, MINUTE, type Notice, shanghaiDay } from "../../src/units.ts";

/** Noon in Shanghai. */
const NOON = Date.UTC(2026, 10, 1, 4);
const TODAY = shanghaiDay(NOON);

function indicator(measure: Measure, of: Partial<Indicator> = {}): Indicator {
  const name = { zh: "指标", en: "Indicator" };
  return {
    ...{ id: "AG-01", name, measure, over: 0.3, days: 7, history: 14, least: {} },
    ...{ beyondArea: undefined, timesArea: undefined, off: undefined },
    ...of,
  };
}

function saleOf(day: number, of: Partial<SaleFacts> = {}): SaleFacts {
  return {
    ...{ pharmacy: "P21010200123", area: "210102", person: "abcdef", at: NOON + day * DAY },
    ...{ total: 5_000, fund: 4_000, accountOnly: true, makers: [] },
    ...of,
  };
}

/** Sales of the days from 14 before today to today; `of` says what each is. */
function pageOf(
  of: (day: number, index: number) => Partial<SaleFacts>,
  { from = -14, aDay = 10, pharmacy = "P21010200123" } = {},
): Page {
  const page = new Page(pharmacy, "210102", TODAY + from);
  for (let day = from; day <= 0; day += 1)
    for (let index = 0; index < aDay; index += 1) page.count(saleOf(day, of(day, index)));
  return page;
}

const alone = () => [];

t.test("the cost of a sale is compared from one week to the next", async (t) => {
  const doubled = pageOf((day) => ({ total: day > -7 ? 10_000 : 5_000 }));
  const standing = standingOf(indicator("averageTicketGrowth"), doubled, TODAY, alone);
  t.match(standing, {
    isOver: true,
    measured: { value: 1, evidence: { now: 100, before: 50, sales: 70, salesBefore: 70 } },
  });
  const same = pageOf(() => ({}));
  t.match(standingOf(indicator("averageTicketGrowth"), same, TODAY, alone), { isOver: false });
  const least = { sales: 71 };
  t.equal(
    standingOf(indicator("averageTicketGrowth", { least }), doubled, TODAY, alone),
    undefined,
  );
  const young = pageOf((day) => ({ total: day > -7 ? 10_000 : 5_000 }), { from: -13 });
  t.equal(standingOf(indicator("averageTicketGrowth"), young, TODAY, alone), undefined);
  const off = indicator("averageTicketGrowth", { off: "waits" });
  t.equal(standingOf(off, doubled, TODAY, alone), undefined);
});

t.test("what the whole prefecture does is nobody's fraud", async (t) => {
  const grown = (pharmacy: string) =>
    pageOf((day) => ({ fund: day > -7 ? 8_000 : 4_000 }), { pharmacy });
  const level = (pharmacy: string) => pageOf(() => ({}), { pharmacy });
  const watched = indicator("fundGrowth", { beyondArea: 0.3 });
  const own = grown("P21010200001");
  const names = ["P21010200002", "P21010200003", "P21010200004"];
  const flu = [own, ...names.map(grown)];
  t.match(
    standingOf(watched, own, TODAY, () => flu),
    { isOver: false, area: 1 },
  );
  const quiet = [own, ...names.map(level)];
  t.match(
    standingOf(watched, own, TODAY, () => quiet),
    { isOver: true, area: 0 },
  );
  const few = quiet.slice(0, 3);
  const standing = standingOf(watched, own, TODAY, () => few);
  t.match(standing, { isOver: true });
  t.equal(standing?.area, undefined, "two neighbours say nothing");
});

t.test("one maker's share is held against the same maker's elsewhere", async (t) => {
  const makers = (name: string) => [[name, 1_000]] as const;
  const own = pageOf((_, index) => ({ makers: makers(index < 8 ? "00501" : "00502") }));
  const usual = ["P21010200002", "P21010200003", "P21010200004"].map((pharmacy) =>
    pageOf((_, index) => ({ makers: makers(index < 2 ? "00501" : "00503") }), { pharmacy }),
  );
  const watched = indicator("makerShare", {
    over: 0.5,
    days: 28,
    timesArea: 3,
    least: { yuan: 100 },
  });
  t.match(
    standingOf(watched, own, TODAY, () => usual),
    {
      isOver: true,
      area: 0.2,
      measured: { value: 0.8, evidence: { maker: "00501", yuan: 1_200, prescribed: 1_500 } },
    },
  );
  const twice = indicator("makerShare", { over: 0.5, days: 28, timesArea: 5 });
  t.match(
    standingOf(twice, own, TODAY, () => usual),
    { isOver: false },
  );
});

t.test("shares of accounts and of persons, and how tickets scatter", async (t) => {
  const account = indicator("accountOnlyShare", { over: 0.98, days: 14 });
  t.match(
    standingOf(
      account,
      pageOf(() => ({})),
      TODAY,
      alone,
    ),
    { isOver: true },
  );
  const some = pageOf((_, index) => ({ accountOnly: index !== 0 }));
  t.match(standingOf(account, some, TODAY, alone), { isOver: false, measured: { value: 0.9 } });
  const silent = pageOf(() => ({ accountOnly: undefined }));
  t.equal(standingOf(account, silent, TODAY, alone), undefined, "nobody said who paid");

  const spread = (number: number) => (number * 40_503) % 65_536;
  const person = (number: number) =>
    String.fromCharCode(spread(number) >> 8, spread(number) & 255, 1, 1, 1, 1);
  const top = indicator("topPersonsShare", { over: 0.3, days: 14, least: { persons: 100 } });
  const dealer = pageOf((day, index) =>
    index === 0
      ? { person: "dealer", fund: 40_000 }
      : { person: person((14 + day) * 9 + index), fund: 4_000 },
  );
  const { measured, isOver } = standingOf(top, dealer, TODAY, alone) ?? {};
  t.equal(isOver, true);
  t.ok((measured?.value ?? 0) > 0.5 && (measured?.value ?? 0) < 0.6, String(measured?.value));

  const varied = indicator("ticketVariation", { over: 2, days: 14 });
  const spiky = pageOf((_, index) => ({ total: index === 0 ? 100_000 : 1_000 }));
  t.match(standingOf(varied, spiky, TODAY, alone), { isOver: true });
  t.match(
    standingOf(
      varied,
      pageOf(() => ({})),
      TODAY,
      alone,
    ),
    { measured: { value: 0 } },
  );
});

t.test("what is kept of a pharmacy is bounded, and never too much", async (t) => {
  const page = new Page("P21010200123", "210102", TODAY);
  for (let sale = 0; sale < 3_000; sale += 1) {
    const person = String.fromCharCode(sale >> 8, sale & 255, 7, 7, 7, 7);
    const makers = [
      [`M${sale % 400}`, sale],
      ["BIG", 10_000],
    ] as const;
    page.count(saleOf(sale % 60, { person, fund: sale, makers }));
  }
  t.ok(page.days.length <= 36 && page.weeks.length <= 5);
  for (const week of page.weeks) t.ok(week.makers.size <= 24 && week.persons.size <= 48);
  const all = personsMarked(page.weeks);
  const sums = new Map([
    ["a", 5],
    ["b", 1],
  ]);
  keepLargest(sums, "c", 3, 2);
  t.same([...sums.keys()], ["a", "c"], "the smallest goes");
  keepLargest(sums, "b", 1, 2);
  t.same([...sums.keys()], ["a", "c"], "also where it is the new one");
  t.ok(all > 1_000 && all < 2_500, `about 1,750 persons in five weeks: ${all}`);
});

t.test("a silent till's sale is presumed after a quarter of an hour, once", async (t) => {
  const open = new OpenSales();
  open.accept("nhsa-one", saleOf(0), true);
  open.accept("nhsa-two", saleOf(0), true);
  open.accept("native-1", saleOf(0), false);
  t.same(open.presumed(NOON + 15 * MINUTE - 1), []);
  open.letGo("nhsa-two");
  t.equal(open.presumed(NOON + 15 * MINUTE).length, 1);
  t.same(open.presumed(NOON + DAY), []);
  t.equal(open.settle("nhsa-one"), "counted");
  t.match(open.settle("native-1"), { total: 5_000 });
  t.equal(open.settle("native-1"), "counted");
  t.equal(open.settle("unknown!"), undefined);
  for (let sale = 0; sale <= OPEN_SALES_MAX; sale += 1) open.accept(`s${sale}`, saleOf(0), false);
  t.equal(open.settle("s0"), undefined, "the oldest went");
  t.match(open.settle("s1"), { total: 5_000 });
});

t.test("gauges show each prefecture and the ten worst, and forget the day before", async (t) => {
  const telemetry = createTelemetry({ clock: { now: () => NOON }, processMetrics: false });
  t.teardown(() => telemetry.close());
  const pages = Array.from({ length: 15 }, (_, index) =>
    pageOf((day) => ({ total: day > -7 ? 5_000 + 1_000 * index : 5_000 }), {
      pharmacy: `P2101020${String(index).padStart(4, "0")}`,
    }),
  );
  const standings = pages.flatMap(
    (page) => standingOf(indicator("averageTicketGrowth"), page, TODAY, alone) ?? [],
  );
  noticeStandings(telemetry.observer, standings);
  const shown = async () =>
    (await telemetry.metricsText()).body
      .split("\n")
      .filter((line) => line.startsWith("guard_indicator_"));
  const lines = await shown();
  t.equal(lines.filter((line) => line.includes("worst_ratio{")).length, WORST_SHOWN);
  t.ok(
    lines.includes('guard_indicator_worst_ratio{indicator="AG-01",pharmacy="P21010200014"} 2.8'),
  );
  t.ok(lines.includes('guard_indicator_prefecture_ratio{indicator="AG-01",prefecture="2101"} 1.4'));
  noticeStandings(telemetry.observer, standings.slice(0, 2));
  const next = (await shown()).filter((line) => line.includes("worst_ratio{"));
  t.equal(next.length, 2, "who is no longer among them is gone");
  const notices: Notice[] = [];
  noticeStandings({ notice: (notice) => notices.push(notice) }, []);
  t.same(
    notices.map(({ kind }) => kind),
    ["indicator.cleared"],
  );
});
