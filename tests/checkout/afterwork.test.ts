import t from "tap";
import { AFTERWORK_MAX, createAfterwork } from "../../src/checkout/clues/afterwork.ts";
import type { Notice } from "../../src/units.ts";

function open() {
  const notices: Notice[] = [];
  return { notices, afterwork: createAfterwork({ notice: (notice) => notices.push(notice) }) };
}

t.test("work behind answers waits its turn, in order, and idle waits for all of it", async (t) => {
  const { afterwork, notices } = open();
  const done: string[] = [];
  afterwork.add("cohort", async () => {
    await new Promise<void>((resolve) => setImmediate(resolve));
    done.push("first");
    // What one finding gives rise to waits behind those that were there.
    afterwork.add("cohort", async () => void done.push("third"));
  });
  afterwork.add("indicator", async () => void done.push("second"));
  t.same(done, [], "nothing runs within the answer's own turn");
  await Promise.resolve();
  t.same(done, []);
  await afterwork.idle();
  t.same(done, ["first", "second", "third"]);
  await afterwork.idle();
  t.same(notices, []);
});

t.test("what fails is counted by its kind, and the next goes on", async (t) => {
  const { afterwork, notices } = open();
  let done = 0;
  afterwork.add("traceDuplicate", () => Promise.reject(new Error("the store is away")));
  afterwork.add("cohort", () => {
    throw new Error("at once");
  });
  afterwork.add("indicator", async () => {
    done += 1;
  });
  await afterwork.idle();
  t.equal(done, 1);
  t.same(notices, [
    { kind: "finding.failed", labels: { what: "traceDuplicate" } },
    { kind: "finding.failed", labels: { what: "cohort" } },
  ]);
});

t.test("a flood is bounded: what does not fit is dropped and counted", async (t) => {
  const { afterwork, notices } = open();
  let done = 0;
  for (let work = 0; work < AFTERWORK_MAX + 10; work += 1)
    afterwork.add("cohort", async () => {
      done += 1;
    });
  // The first is under way already and waits no more.
  t.equal(notices.length, 9);
  await afterwork.idle();
  t.equal(done, AFTERWORK_MAX + 1);
  t.match(notices[0], { kind: "finding.dropped", labels: { what: "cohort" } });
});
