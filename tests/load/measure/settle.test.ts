import t from "tap";
import type { Baseline } from "../../../load/measure/baseline.ts";
import type { Results, ResultsName } from "../../../load/measure/results.ts";
import { type Settling, settle } from "../../../load/measure/settle.ts";

const NOW: Baseline = { throughputOfFloor: 0.4, p99OfFloor: 2 };

/** Settles a whole bench's results over an earlier baseline; gives what was written, what was said and the verdict. */
function settled(settling: Partial<Settling>, before?: Baseline, now: Baseline = NOW) {
  const written: ResultsName[] = [];
  const said: string[] = [];
  const store = {
    write: (name: ResultsName) => {
      written.push(name);
      return `${name}.json`;
    },
    read: () => (before === undefined ? undefined : { toFloor: before }),
  };
  const results = { toFloor: now } as Results;
  const whole = { isWhole: true, asBaseline: false, unjudged: [], ...settling };
  const isBehind = settle(whole, results, store, (text) => said.push(text));
  return { written, text: said.join("\n"), isBehind };
}

t.test("one run gives both the results and the baseline", async (t) => {
  const { written, isBehind } = settled({ asBaseline: true }, { ...NOW, throughputOfFloor: 9 });
  t.same(written, ["latest", "baseline"]);
  t.equal(isBehind, false, "it is not held against the one that it replaces");
});

t.test(
  "a baseline of which a ratio is missing is not written, and it is said which and why",
  async (t) => {
    const unjudged = ["p99 / memory floor's: not judged: its runs failed"];
    const { written, text } = settled({ asBaseline: true, unjudged });
    t.same(written, ["latest"]);
    t.match(text, `Not taken as the baseline: ${unjudged[0]}.`);
  },
);

t.test("a whole run is stored and compared with the baseline", async (t) => {
  const good = settled({}, NOW);
  t.same(good.written, ["latest"]);
  t.equal(good.isBehind, false);
  t.match(good.text, "As good as the baseline");
  const slow = settled({}, NOW, { ...NOW, throughputOfFloor: 0.3 });
  t.equal(slow.isBehind, true);
  t.match(slow.text, "FELL BEHIND: Throughput fell");
  t.match(settled({}).text, "There is no baseline");
});

t.test("a ratio that could not be judged is not called as good as the baseline's", async (t) => {
  const unjudged = ["p99 / memory floor's: not judged: its runs failed"];
  const { text, isBehind } = settled({ unjudged }, NOW, { ...NOW, p99OfFloor: undefined });
  t.equal(isBehind, false);
  t.match(text, `Not compared with the baseline: ${unjudged[0]}.`);
  t.notMatch(text, "As good");
});

t.test("of a part of the plan nothing is stored, not even as the baseline", async (t) => {
  t.same(settled({ isWhole: false, asBaseline: true }, NOW).written, []);
});
