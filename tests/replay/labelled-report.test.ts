import t from "tap";
import { LabelledTally } from "../../src/replay/labelled-report.ts";
import { parseLabels } from "../../src/replay/labels.ts";
import type { Replayed, ReplayedCheck } from "../../src/replay/replay.ts";
import { reportRows } from "../../src/replay/report-rows.ts";
import { reportMarkdown, reportText } from "../../src/replay/report-text.ts";
import type { Level } from "../../src/swipe/vocabulary.ts";

/** A replay told by hand, so that every figure of the report can be added up by hand. */

const MINUTE = 60_000;

interface Told {
  readonly at: number;
  readonly id: string;
  readonly person: string;
  readonly yuan: number;
  readonly answer: Level;
  readonly hits?: readonly string[];
  readonly supersedes?: string;
  readonly stage?: string;
}

/** `hits` are written `CF-01 hold`, shadow ones `CF-01 hold shadow`. */
function check({ at, id, person, yuan, answer, hits = [], supersedes, stage }: Told): Replayed {
  const body = {
    swipeId: id,
    ...(stage ? { stage } : {}),
    person: { number: person },
    pharmacy: { code: "P21010200123" },
    total: yuan,
    ...(supersedes ? { supersedes } : {}),
  };
  const replayed: ReplayedCheck = {
    swipeId: id,
    at: "",
    decision: answer,
    mode: "full",
    hits: hits.map((hit) => {
      const [rule = "", level = "", shadow] = hit.split(" ");
      return { rule, level: level as Level, shadow: shadow !== undefined };
    }),
  };
  return { line: { at: at * MINUTE, op: "check", swipeId: id, body }, check: replayed };
}

function nhsa(at: number, id: string, person: string, yuan: number, answer: Level): Replayed {
  const body = {
    msgid: id,
    fixmedins_code: "P21010200456",
    input: { druginfo: { psn_no: person, medfee_sumamt: String(yuan) } },
  };
  const hits = answer === "hold" ? [{ rule: "CF-13", level: "hold" as const, shadow: false }] : [];
  return {
    line: { at: at * MINUTE, op: "nhsa/2102", swipeId: "", body },
    check: { swipeId: id, at: "", decision: answer, hits },
  };
}

function settled(at: number, id: string, problem?: string): Replayed {
  const line = { at: at * MINUTE, op: "settlement" as const, swipeId: id, body: {} };
  return { line, ...(problem ? { problem } : {}) };
}

function report(labels: readonly object[], told: readonly Replayed[]) {
  const tally = new LabelledTally(
    parseLabels(labels.map((label) => JSON.stringify(label)).join("\n"), "l"),
  );
  for (const one of told) tally.note(one);
  return reportRows(tally.finish());
}

const sale = (at: number, id: string, answer: Level, more: Partial<Told> = {}) =>
  check({ at, id, person: `person of ${id}`, yuan: 100, answer, ...more });
const episode = (more: object = {}) => ({
  episode: "e",
  kind: "B04",
  name: "bundle",
  swipeIds: ["s1", "s2", "s3", "s4"],
  persons: [],
  ...more,
});

t.test("an episode is caught by a hold before half of its money has settled", async (t) => {
  const told = [
    sale(0, "s1", "allow"),
    settled(1, "s1"),
    sale(2, "s2", "hold", { hits: ["CF-01 hold", "CF-07 warn", "CF-13 hold shadow"] }),
    sale(3, "s3", "hold", { hits: ["CF-02 hold"] }),
    sale(4, "s4", "allow"),
    settled(5, "s4"),
  ];
  const { fraud, kinds, rules, missed } = report([episode()], told);
  t.match(fraud, { episodes: 1, caught: 1, caughtShare: 1, swipes: 4, yuan: 400, yuanLost: 100 });
  t.match(kinds, [
    {
      kind: "B04",
      name: "bundle",
      caught: 1,
      missed: 0,
      swipesUntilCaught: 2,
      yuanUntilCaught: 100,
      by: [{ rule: "CF-01", episodes: 1 }],
    },
  ]);
  t.same(missed, []);
  t.match(
    rules.find(({ rule }) => rule === "CF-01"),
    { caught: 1, swipesUntilCaught: 2 },
  );
  t.notOk(
    rules.find(({ rule }) => rule === "CF-13"),
    "a shadow says nothing",
  );
  t.notOk(
    rules.find(({ rule }) => rule === "CF-02"),
    "nor does who came later than the first",
  );
});

t.test(
  "half is too late, a warn is nothing, and a stepUp only where somebody passes for another",
  async (t) => {
    const late = [
      sale(0, "s1", "allow"),
      sale(1, "s2", "allow"),
      settled(2, "s1"),
      settled(3, "s2"),
      sale(4, "s3", "deny", { hits: ["OQ-05 deny"] }),
      sale(5, "s4", "deny"),
    ];
    t.match(report([episode()], late), {
      fraud: { caught: 0, yuanLost: 200 },
      missed: ["e"],
      rules: [{ rule: "OQ-05", caught: 0, missed: 1 }],
    });
    const early = [late[0], late[1], late[2], late[4], late[5]] as Replayed[];
    t.match(
      report([episode()], early).fraud,
      { caught: 1, yuanLost: 100 },
      "a quarter has settled",
    );
    const warned = [sale(0, "s1", "warn", { hits: ["CF-01 warn"] })];
    t.match(report([episode()], warned), {
      fraud: { caught: 0 },
      rules: [{ rule: "CF-01", missed: 1 }],
    });
    const stepped = [sale(0, "s1", "stepUp", { hits: ["IM-08 stepUp"] })];
    t.equal(report([episode()], stepped).fraud.caught, 0);
    t.equal(report([episode({ impersonation: true })], stepped).fraud.caught, 1);
    t.equal(report([episode({ kind: "I01" })], stepped).fraud.caught, 1, "by its kind");
    t.equal(report([episode({ kind: "I01", impersonation: false })], stepped).fraud.caught, 0);
  },
);

t.test(
  "what is settled: refused settlements are not, NHSA's silence is after 15 minutes",
  async (t) => {
    const refused = [
      sale(0, "s1", "allow"),
      settled(1, "s1", "state_conflict"),
      sale(2, "s2", "hold", { hits: ["CF-01 hold"] }),
    ];
    t.equal(report([episode()], refused).fraud.yuanLost, 0);
    const silent = [
      nhsa(0, "s1", "p1", 100, "allow"),
      nhsa(14, "s2", "p2", 300, "hold"),
      nhsa(16, "s3", "p3", 300, "hold"),
    ];
    t.match(report([episode()], silent).fraud, { caught: 1, yuanLost: 0 }, "not yet at minute 14");
    const waited = [silent[0], silent[2]] as Replayed[];
    t.match(report([episode()], waited).fraud, { caught: 1, yuanLost: 100, yuan: 400 });
    const answered: Replayed = {
      line: {
        at: MINUTE,
        op: "nhsa/2102/answer",
        swipeId: "",
        body: { inf_refmsgid: "s1", infcode: 0 },
      },
    };
    t.equal(
      report([episode()], [silent[0], answered, silent[1]] as Replayed[]).fraud.yuanLost,
      100,
    );
    const undone: Replayed = {
      line: {
        at: MINUTE,
        op: "nhsa/2601",
        swipeId: "",
        body: { input: { data: { omsgid: "s1" } } },
      },
    };
    t.equal(
      report([episode()], [silent[0], undone, silent[2]] as Replayed[]).fraud.yuanLost,
      0,
      "taken back in time",
    );
  },
);

t.test("money: as the label says, else what its sales ask, each sale once", async (t) => {
  const told = [
    sale(0, "s1", "allow"),
    settled(1, "s1"),
    sale(2, "s2", "stepUp"),
    sale(3, "s3", "hold", { supersedes: "s2", hits: ["CF-01 hold"] }),
    sale(3, "s3", "hold", { supersedes: "s2" }),
  ];
  t.match(
    report([episode()], told).fraud,
    { caught: 0, yuan: 200, swipes: 2 },
    "half of two sales",
  );
  t.match(report([episode({ money: 200.02 })], told).fraud, { caught: 1, yuan: 200.02 });
});

t.test("an honest sale ends at its last step", async (t) => {
  const told = [
    sale(0, "a1", "hold", { hits: ["OQ-02 hold"] }),
    sale(2, "a2", "allow", { supersedes: "a1", hits: ["OQ-02 warn"] }),
    sale(5, "b1", "stepUp", { hits: ["IM-08 stepUp"] }),
    sale(7, "b2", "deny", { supersedes: "b1", hits: ["IM-04 deny", "OQ-02 warn"] }),
    sale(9, "c1", "warn", { hits: ["CF-01 warn"] }),
    sale(9, "c1", "warn", { hits: ["CF-01 warn"] }),
    sale(10, "d1", "hold", { stage: "inquiry", hits: ["OQ-02 hold"] }),
    sale(12, "e1", "hold", { hits: ["OQ-02 hold", "OQ-02 hold"] }),
  ];
  const { honest, rules, stopped } = report([], told);
  t.match(honest, { sales: 4, stopped: 2, passedLater: 1, steppedUp: 1, warned: 2, checks: 7 });
  t.equal(honest.stoppedShare, 0.5);
  t.equal(honest.steppedUpShare, 1 / 7);
  t.same(stopped.toSorted(), ["b1", "e1"], "named by their first step; a trial is no sale");
  t.match(
    rules.find(({ rule }) => rule === "OQ-02"),
    { stopped: 1, held: 2, warned: 1, denied: 0 },
  );
  t.match(
    rules.find(({ rule }) => rule === "IM-04"),
    { stopped: 1, denied: 1 },
  );
});

t.test("who takes part is not honest elsewhere; whoever is named by nobody is", async (t) => {
  const told = [
    check({ at: 0, id: "s1", person: "p1", yuan: 1, answer: "hold", hits: ["CF-01 hold"] }),
    check({ at: 60, id: "x1", person: "p1", yuan: 1, answer: "hold" }),
    check({ at: 61, id: "x2", person: "p2", yuan: 1, answer: "hold" }),
  ];
  t.match(report([episode({ persons: ["p1"] })], told).honest, { sales: 1, stopped: 1 });
  t.match(
    report([episode({ persons: [] })], told).honest,
    { sales: 2, stopped: 2 },
    "an innocent customer of a guilty shop",
  );
});

t.test("refused requests and lines that were not played are nobody's sales", async (t) => {
  const wrong: Replayed = {
    ...sale(0, "a1", "allow"),
    check: { swipeId: "a1", at: "", problem: "bad_request" },
  };
  const skipped: Replayed = { ...sale(1, "a2", "hold"), skipped: true };
  t.match(report([], [wrong, skipped]).honest, { sales: 0, refused: 1, stopped: 0 });
});

t.test("medians, sums and shares over several episodes", async (t) => {
  const labels = [1, 2, 3].map((n) => ({
    episode: `e${n}`,
    kind: "B04",
    kinds: ["B04", "G03"],
    name: "bundle",
    swipeIds: [`${n}a`, `${n}b`, `${n}c`],
    cunning: n / 4,
    persons: [],
  }));
  const told = [1, 2, 3].flatMap((n) => {
    const open = ["a", "b", "c"].slice(0, n);
    return [
      ...open.flatMap((letter, place) => [
        sale(n * 10 + place, `${n}${letter}`, "allow"),
        settled(n * 10 + place, `${n}${letter}`),
      ]),
      ...(n < 3 ? [sale(n * 10 + 5, `${n}c`, "hold", { yuan: 500, hits: ["CF-01 hold"] })] : []),
    ];
  });
  const rows = report(labels, told);
  t.match(rows.fraud, { episodes: 3, caught: 2, yuan: 600 + 700 + 300, yuanLost: 100 + 200 + 300 });
  t.match(rows.kinds, [
    { episodes: 3, caught: 2, missed: 1, swipesUntilCaught: 2, yuanUntilCaught: 100 },
  ]);
  t.match(rows.behaviours, [
    { id: "B04", episodes: 3, caught: 2 },
    { id: "G03", episodes: 3, caught: 2 },
  ]);
  t.match(rows, {
    careful: { episodes: 1, caught: 0 },
    clumsy: { episodes: 2, caught: 2 },
  });
  t.match(reportText(rows), /clumsy gangs: 2 of 2 caught; careful ones: 0 of 1/);
  t.match(reportText(rows), /2 of 3 episodes caught \(66\.7 %\), 600 of 1,600 yuan/);
  t.match(
    reportMarkdown(rows, { version: "1", hash: "sha256:x" }),
    /^\| bundle \| B04 \| 3 \| 2 \| 1 \| 2 \| 100 \| 600 of 1,600 \| 0 \| CF-01 2 \|$/m,
  );
});
