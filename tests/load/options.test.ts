import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import t from "tap";
import { curvesNamed } from "../../load/curves/measure-curves.ts";
import { planOf } from "../../load/measure/plan.ts";
import { sampleOf } from "../../load/measure/prometheus-text.ts";
import { BenchOptionsError, readOptions } from "../../load/options.ts";
import { buildFolder, flagsOf, startFlags } from "../../load/subjects/build-folder.ts";
import { packageRoot } from "../../src/config/package-root.ts";

t.test("without flags the whole plan is run", async (t) => {
  const options = readOptions([]);
  t.same(options.only, []);
  t.equal(options.baseline, false);
  t.ok(planOf(options).isWhole);
});

t.test("flags make the plan smaller or longer, and a part of it is never the result", async (t) => {
  const plan = planOf(readOptions(["--rounds", "2", "--seconds", "3"]));
  t.equal(plan.fast.rounds, 2);
  t.equal(plan.tail.forS, 3);
  t.notOk(plan.isWhole);
  for (const args of [["--quick"], ["--only", "guard"], ["--dist", "/tmp"], ["--seconds", "5"]]) {
    t.notOk(planOf(readOptions(args)).isWhole, args.join(" "));
  }
  t.ok(planOf(readOptions(["--rounds", "5", "--seconds", "30"])).isWhole, "more is whole");
});

t.test("several subjects are named with commas", async (t) => {
  t.same(readOptions(["--only", "a,b"]).only, ["a", "b"]);
});

t.test("curves are named, in the order in which they are drawn; a stranger is told", async (t) => {
  t.same(
    curvesNamed(["shards", "rules"]).map(({ name }) => name),
    ["rules", "shards"],
  );
  t.equal(curvesNamed([]).length, 8);
  t.throws(() => curvesNamed(["speed"]), BenchOptionsError);
});

t.test("wrong flags are told", async (t) => {
  for (const args of [
    ["--rounds", "0"],
    ["--rounds", "1.5"],
    ["--seconds", "99999"],
    ["--seconds", "x"],
    ["--fast"],
    ["--before", "/tmp"],
    ["guard"],
  ]) {
    t.throws(() => readOptions(args), BenchOptionsError, args.join(" "));
  }
});

t.test("the guard is started with the flags of npm start", async (t) => {
  const manifest = (start: string) => JSON.stringify({ scripts: { start } });
  t.same(startFlags(manifest("x && exec node dist/main.js")), []);
  t.same(startFlags(manifest("node --max-semi-space-size=64 --a dist/main.js")), [
    "--max-semi-space-size=64",
    "--a",
  ]);
  t.throws(() => startFlags(manifest("node other.js")), /does not run dist\/main\.js/);
  t.doesNotThrow(() => startFlags(readFileSync(join(packageRoot(), "package.json"), "utf8")));
});

t.test("an earlier build is started with the flags of its own package", async (t) => {
  const folder = t.testdir({
    "package.json": JSON.stringify({ scripts: { start: "node --old dist/main.js" } }),
    dist: { "main.js": "" },
    link: t.fixture("symlink", "dist"),
  });
  const dist = buildFolder("--before", join(folder, "link"));
  t.equal(basename(dist), "dist", "by its real path, as a profile names it");
  t.same(flagsOf(dist), ["--old"]);
  const alone = t.testdir({ alone: { "main.js": "" } });
  t.same(flagsOf(join(alone, "alone")), flagsOf(join(packageRoot(), "dist")));
  t.throws(() => buildFolder("--before", alone), /--before takes a folder with a guard's main.js/);
});

t.test("a sample is found by its name and labels", async (t) => {
  const text = '# HELP a b\na{x="1",y="2"} 3\na{x="1",y="3"} 4\nab 7\n';
  t.equal(sampleOf(text, "a"), 7);
  t.equal(sampleOf(text, "a", { y: "2" }), 3);
  t.equal(sampleOf(text, "ab"), 7);
  t.equal(sampleOf(text, "c"), undefined);
});
