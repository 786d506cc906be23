import t from "tap";
import type { PseudonymisedLine } from "../../src/swipe/pseudonymised-swipe.ts";
import {
  AMLODIPINE,
  ATORVASTATIN,
  HONEYSUCKLE,
  line,
  reference,
  swipe,
  value,
} from "./fixtures.ts";

const DANSHEN = "ZA12BAF0354";
const CONSUMABLE = "C0101010010000100001";
const watching = reference({ watched: [ATORVASTATIN.slice(0, 14), "T0005", DANSHEN, "C01"] });

function ofLine(declaration: object, changes: Partial<PseudonymisedLine>, given = watching) {
  return value(declaration, { swipe: swipe({ lines: [line(changes)] }), reference: given });
}

function ofSwipe(declaration: object, changes: Parameters<typeof swipe>[0], given = watching) {
  return value(declaration, { swipe: swipe(changes), reference: given });
}

t.test("watched drugs have tighter limits, milder for a filed disease", async (t) => {
  const factor = { fact: "watchFactor", factor: 0.5, chronic: 0.7, source: "x" };
  t.equal(ofSwipe(factor, {}, watching), 0.5);
  t.equal(ofSwipe(factor, { disease: "M03900" }, watching), 0.7);
  t.equal(ofLine(factor, { drug: AMLODIPINE }, watching), 1);
  t.strictSame(
    [ofLine({ fact: "watchList" }, {}, watching), ofLine({ fact: "watchList" }, {}, reference())],
    ["medicine", "none"],
  );
  const basket = (...drugs: readonly string[]) =>
    ofSwipe(
      { fact: "watchedDrugs" },
      { lines: drugs.map((drug, index) => line({ line: String(index), drug })) },
      watching,
    );
  t.equal(basket(AMLODIPINE), 0);
  t.equal(basket(ATORVASTATIN, `${ATORVASTATIN.slice(0, 14)}020200999`), 1, "two packs of one");
  t.equal(basket(ATORVASTATIN, AMLODIPINE, HONEYSUCKLE, DANSHEN), 3);
  t.equal(basket(ATORVASTATIN, CONSUMABLE), 1, "a consumable is no medicine");
});

t.test("watched medicines cost what they cost together", async (t) => {
  const yuan = (...drugs: readonly string[]) =>
    value(
      { fact: "watchedYuan" },
      {
        swipe: swipe({
          lines: drugs.map((drug, index) => line({ line: String(index), drug, amount: 20_050 })),
        }),
        reference: watching,
      },
    );
  t.equal(yuan(AMLODIPINE), 0);
  t.equal(yuan(ATORVASTATIN, AMLODIPINE), 200.5);
  t.equal(yuan(ATORVASTATIN, HONEYSUCKLE), 401);
  t.equal(yuan(CONSUMABLE), 0, "a consumable is no medicine");
});
