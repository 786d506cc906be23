import t from "tap";
import { LabelsBrokenError, parseLabels } from "../../src/replay/labels.ts";

const lines = (...objects: readonly unknown[]) =>
  objects
    .map((object) => (typeof object === "string" ? object : JSON.stringify(object)))
    .join("\n");

t.test("a line may speak of a whole episode, or of one swipe", async (t) => {
  const labels = parseLabels(
    lines(
      { city: { seed: 1 }, reference: "x.reference" },
      {
        episode: "a",
        kind: "B04",
        kinds: ["G03"],
        name: "bundle",
        swipeIds: ["s1", "s2"],
        persons: ["p1"],
        money: 12.34,
      },
      "",
      { swipeId: "s3", kind: "I01" },
      { episode: "c", kind: "B10", swipeId: "s4", money: 1 },
      { episode: "c", kind: "B10", swipeId: "s5", money: 2, persons: ["p2"] },
    ),
    "labels.jsonl",
  );
  t.equal(labels.reference, "x.reference");
  t.same(
    labels.episodes.map(({ id, kind }) => `${id} ${kind}`),
    ["a B04", "s3 I01", "c B10"],
  );
  t.match(labels.bySwipe.get("s2"), {
    name: "bundle",
    kinds: ["B04", "G03"],
    money: 1_234,
    namesPersons: true,
    impersonation: false,
  });
  t.match(labels.bySwipe.get("s3"), {
    name: "I01",
    impersonation: true,
    namesPersons: false,
    money: undefined,
  });
  t.equal(labels.bySwipe.get("s4"), labels.bySwipe.get("s5"), "lines of one episode add up");
  t.equal(labels.bySwipe.get("s5")?.money, 300);
  t.same([...labels.persons], ["p1", "p2"]);
});

t.test("what is labelled honest, or nothing at all, is no fraud", async (t) => {
  const labels = parseLabels(
    lines({ swipeId: "s1", kind: "honest" }, { episode: "e", kind: "B04", swipeIds: [] }),
    "l",
  );
  t.same(labels.episodes, []);
  t.same(parseLabels("", "l").episodes, []);
});

t.test(
  "a broken file is refused with each line and its reason, and nothing of its content",
  async (t) => {
    const broken = lines(
      "{ not json 21010000000000000301",
      { kind: "B04" },
      { swipeIds: ["s1"] },
      { episode: "a", kind: "B04", swipeIds: ["s1"] },
      { episode: "a", kind: "B05", swipeIds: ["s2"] },
      { episode: "b", kind: "B04", swipeIds: ["s1"] },
      { episode: "c", kind: "B04", swipeIds: "s9" },
      { episode: "d", kind: "B04", swipeIds: ["s8"], money: -1 },
    );
    try {
      parseLabels(broken, "labels.jsonl");
      t.fail("it must not be taken");
    } catch (error) {
      t.ok(error instanceof LabelsBrokenError);
      const { message } = error as Error;
      t.same(message.split("\n"), [
        "labels.jsonl:1: is not JSON",
        "labels.jsonl:2: swipeIds or swipeId is needed",
        "labels.jsonl:3: kind does not have the agreed form",
        "labels.jsonl:5: the episode has another kind in line 4",
        "labels.jsonl:7: swipeIds does not have the agreed form",
        "labels.jsonl:8: money does not have the agreed form",
        "labels.jsonl:6: a swipe of this episode is also in another one",
      ]);
    }
  },
);

t.test("no more than twenty faults are told", async (t) => {
  t.throws(() => parseLabels(Array.from({ length: 50 }, () => "x").join("\n"), "l"), {
    message: /^(?:l:\d+: is not JSON\n){19}l:20: is not JSON$/,
  });
});
