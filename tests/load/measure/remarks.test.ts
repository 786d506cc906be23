import t from "tap";
import { busiest, readProcessTimes } from "../../../load/measure/other-programs.ts";
import { remarksOn } from "../../../load/measure/remarks.ts";
import { rowsOf } from "../../../load/measure/table.ts";
import { runOf } from "./run.ts";

const NONE = { runs: [], pairs: new Map(), repeated: 0 };
const PHASES = { fast: NONE, tail: NONE, equal: NONE };

t.test("of what else used the machine the busiest is named", async (t) => {
  const of = (...times: readonly (readonly [pid: number, name: string, cpuUs: number])[]) =>
    new Map(times.map(([pid, name, cpuUs]) => [pid, { name, cpuUs }]));
  const before = of([1, "init", 9_000], [2, "guard", 100], [3, "compiler", 500]);
  const after = of([1, "init", 9_100], [2, "guard", 9_000], [3, "compiler", 900], [4, "new", 300]);
  t.same(busiest(before, after, [2]), { name: "compiler", cpuUs: 400 });
  t.same(busiest(before, after, [2, 3]), { name: "new", cpuUs: 300 }, "all that a new one used");
  t.equal(busiest(before, before, []), undefined);
  t.ok(readProcessTimes().has(process.pid));
});

t.test(
  "a run that others disturbed is told, with how many and who, though the median be calm",
  async (t) => {
    const disturbed = runOf({ otherCores: 1.31, otherMost: { name: "tsc", cores: 1.2 } });
    const runs = [runOf(), disturbed, runOf({ otherCores: 0.02 })];
    t.same(remarksOn(rowsOf(runs), runs, PHASES), [
      "In 1 of 3 runs of guard (16 tills) other programs used up to 1.31 cores, 1.20 of them tsc: do not trust its figures.",
    ]);
    const ended = runOf({ otherCores: 0.66, otherMost: { name: "init", cores: 0.01 } });
    t.match(
      remarksOn(rowsOf([ended]), [ended], PHASES)[0],
      "0.66 cores, most of it by such as had ended",
    );
    t.same(remarksOn(rowsOf([runOf()]), [runOf({ otherCores: 0.3 })], PHASES), []);
  },
);
