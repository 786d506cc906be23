import t from "tap";
import { type Curve, curveSentence, curveSvg, shapeOf } from "../../load/report/curve.ts";
import { figure, large, short, size } from "../../load/report/numbers.ts";
import { svg, text } from "../../load/report/svg.ts";
import { linearScale, spanScale } from "../../load/report/ticks.ts";

t.test("a scale of lengths begins at 0 and ends above all, on round numbers", async (t) => {
  t.same(linearScale([320, 570]).ticks, [0, 200, 400, 600]);
  t.same(linearScale([0.3]).ticks, [0, 0.1, 0.2, 0.3]);
  t.equal(linearScale([320, 570]).at(300), 0.5);
  for (const top of [0.007, 1, 9.99, 10, 99, 101, 12_345]) {
    const { ticks, at } = linearScale([top]);
    t.equal(ticks[0], 0);
    t.ok(at(top) <= 1 && at(top) > 0.5, String(top));
    t.ok(ticks.length <= 7, `${top}: ${ticks}`);
  }
});

t.test(
  "x is logarithmic where it spans decades, and its ticks are what was measured",
  async (t) => {
    const decades = spanScale([10_000, 100_000, 1_000_000, 100_000_000]);
    t.ok(Math.abs(decades.at(1_000_000) - 0.5) < 1e-9);
    t.same(decades.ticks, [10_000, 100_000, 1_000_000, 100_000_000]);
    t.ok(decades.isLogarithmic);
    const rules = spanScale([10, 100, 500]);
    t.notOk(rules.isLogarithmic, "what is straight must look straight");
    t.equal(spanScale([1, 2, 3]).at(2), 0.5);
    t.equal(spanScale([0, 50, 1_000]).at(500), 0.5, "nothing has no logarithm");
    t.ok(Number.isFinite(spanScale([4]).at(4)));
  },
);

t.test("numbers read alike everywhere", async (t) => {
  t.same([figure(1234.5), figure(12.34), figure(1.234), figure(7)], ["1,235", "12.3", "1.23", "7"]);
  t.same([large(72e6), large(1.4e9), large(514)], ["72 m", "1.4 bn", "514"]);
  t.same([size(898), size(2_300), size(2.66e12)], ["898 B", "2.3 KB", "2.66 TB"]);
  t.same([short(5e6), short(20_000), short(500), short(0.25)], ["5M", "20k", "500", "0.25"]);
});

const CURVE: Curve = {
  name: "rules",
  title: "Cost against rules & more",
  x: "rules",
  points: [10, 100, 500].map((x) => ({
    ...{ x, cpuUs: 300 + x / 2, redisCpuUs: 130, p50: 1.1, p99: 3 + x / 500 },
  })),
};

t.test(
  "a curve is drawn with a dot and a tooltip a point, and what was not measured is not",
  async (t) => {
    const drawn = curveSvg(CURVE);
    t.equal(drawn.split("<title").length - 1, 12);
    t.match(drawn, "guard at 500: 550 µs a swipe");
    t.notMatch(drawn, "Memory of Redis");
    const points = CURVE.points.map((p) => ({ ...p, personBytes: 900 }));
    t.match(curveSvg({ ...CURVE, points }), "Memory of Redis, bytes a person");
    t.notMatch(curveSvg({ ...CURVE, points }), "promised at most");
    t.match(curveSvg({ ...CURVE, points, personBytesMost: 1_024 }), "promised at most");
    t.notMatch(drawn, /NaN|undefined|<script|href=/);
    t.match(drawn, "rules &#38; more");
  },
);

t.test("lines are told apart by the shape of their dots too", async (t) => {
  const drawn = curveSvg(CURVE);
  // In each of two panels: three points of the first line, three of the second, and a sign of each in the legend.
  t.equal(drawn.split("<circle").length - 1, 8);
  t.equal(drawn.split("<rect").length - 1, 8 + 1, "and the ground");
});

t.test("labels under an axis do not touch, and the last one is always there", async (t) => {
  const points = [1, 2, 3, 4, 99, 100].map((x) => ({
    ...{ x, cpuUs: 9, redisCpuUs: 9, p50: 1, p99: 2 },
  }));
  const drawn = curveSvg({ ...CURVE, points });
  const labels = [...drawn.matchAll(/text-anchor="middle" class="tick">([^<]*)</g)];
  t.same(
    labels.slice(0, labels.length / 2).map(([, label]) => label),
    ["1", "100"],
  );
});

t.test("a name too long for one line has two of much the same length", async (t) => {
  const drawn = curveSvg({ ...CURVE, x: "swipes of two lines in each person's ledger" });
  t.match(drawn, ">swipes of two lines in</text>");
  t.match(drawn, ">each person's ledger</text>");
});

t.test("a picture has both its lights inside", async (t) => {
  t.match(curveSvg(CURVE), "@media(prefers-color-scheme:dark)");
  const picture = svg({
    width: 10,
    height: 5,
    title: '"',
    style: "",
    content: [text({ x: 1 / 3 }, "<")],
  });
  t.match(picture, '<text x="0.3">&#60;</text>');
});

t.test("shapes: flat, linear, neither", async (t) => {
  const points = (of: (x: number) => number) => [1, 2, 4, 8, 16].map((x) => ({ x, y: of(x) }));
  t.equal(shapeOf(points((x) => 100 + x / 4)), "flat");
  t.equal(shapeOf(points((x) => 100 + 20 * x)), "linear");
  t.equal(shapeOf(points((x) => 100 + x * x * 5)), "neither");
  t.equal(shapeOf(points((x) => (x % 4 === 0 ? 106 : 98))), "flat", "runs differ by as much");
  const noisy = (x: number) => (100 + 20 * x) * (x === 4 ? 1.06 : 0.97);
  t.equal(shapeOf(points(noisy)), "linear");
});

t.test("a dot whose run failed is hollow, and the sentence says so", async (t) => {
  const [first, ...others] = CURVE.points;
  const points = [
    { ...first, full: 0.99, x: 10, cpuUs: 1, redisCpuUs: 1, p50: 1, p99: 1 },
    ...others,
  ];
  t.equal(curveSvg({ ...CURVE, points }).split('class="hollow"').length - 1, 4);
  t.match(curveSentence({ ...CURVE, points }), "Hollow dots failed: at 10 less than 99.95 %");
  t.notMatch(curveSvg(CURVE), 'class="hollow"');
  t.notMatch(curveSentence(CURVE), "failed");
});

t.test("a point that others disturbed is told", async (t) => {
  const points = CURVE.points.map((point) => ({ ...point, otherCores: point.x === 500 ? 0.9 : 0 }));
  t.match(curveSentence({ ...CURVE, points }), "took part of the machine at 500.");
});

t.test("the sentence says from where to where, and why where it is told", async (t) => {
  t.equal(
    curveSentence(CURVE),
    "From 10 to 500 (rules): CPU from 305 to 550 µs, a straight line of 0.5 µs for one more; p99 from 3.0 to 4.0 ms.",
  );
  t.match(curveSentence({ ...CURVE, why: "Because." }), / ms\. Because\.$/);
});
