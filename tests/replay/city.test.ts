import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { packageRoot } from "../../src/config/package-root.ts";
import type { ReportRows } from "../../src/replay/report-rows.ts";
import type { ReplaySummary } from "../../src/replay/run-replay.ts";
import { runCli } from "../faults/guard-process.ts";

const folder = mkdtempSync(join(tmpdir(), "guard-city-"));
const path = (name: string) => join(folder, name);
const SMALL = ["--pharmacies", "4", "--persons", "600", "--days", "3", "--quiet-days", "0"];
const GANGS = ["--schemes", "card-bundle,no-prescription,card-of-the-dead", "--fraud", "0.1"];
const example = JSON.parse(
  readFileSync(join(packageRoot(), "schemas/examples/swipe.json"), "utf8"),
) as {
  readonly swipeId: string;
  readonly person: object;
};

t.test("a city is written, and judged under its own reference files without a word", async (t) => {
  const out = path("town.jsonl");
  const made = await runCli([
    "simulate",
    ...SMALL,
    ...GANGS,
    "--seed",
    "4",
    "--out",
    out,
    "--json",
  ]);
  t.equal(made.status, 0, made.stderr);
  const written = JSON.parse(made.stdout) as { lines: number; episodes: number; labels: string };
  t.equal(written.labels, path("town.labels.jsonl"), "labels stand beside the lines");
  t.equal(readFileSync(out, "utf8").trim().split("\n").length, written.lines);

  const told = await runCli(["replay", out, "--labels", written.labels, "--json"]);
  t.equal(told.status, 0, told.stderr);
  const { summary, report, policy } = JSON.parse(told.stdout) as Told;
  t.equal(summary.lines, written.lines);
  t.same(summary.problems, {}, "no message is refused as wrong");
  t.equal(report.fraud.episodes, written.episodes);
  t.equal(report.fraud.caught + report.missed.length, report.fraud.episodes);
  t.equal(
    sum(report.kinds, ({ episodes }) => episodes),
    report.fraud.episodes,
  );
  t.equal(
    sum(report.kinds, ({ caught }) => caught),
    report.fraud.caught,
  );
  t.ok(
    report.fraud.caughtShare > 0.5 && report.honest.stoppedShare < 0.05,
    "the pharmacies are designated",
  );
  t.ok(summary.skipped > 0 && report.honest.sales > 50);
  t.match(policy.hash, /^sha256:/);

  const text = await runCli(["replay", out, "--labels", written.labels]);
  t.match(text.stdout, `${report.fraud.caught} of ${report.fraud.episodes} episodes caught`);
  t.match(text.stdout, `${report.honest.stopped} of ${report.honest.sales} honest sales stopped`);
});

interface Told {
  readonly summary: ReplaySummary;
  readonly report: ReportRows;
  readonly policy: { readonly version: string; readonly hash: string };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}

t.test(
  "options and labels that cannot be are told, and nothing is written or replayed",
  async (t) => {
    const wrong = await runCli([
      "simulate",
      "--pharmacies",
      "x",
      "--start",
      "soon",
      "--out",
      path("no.jsonl"),
    ]);
    t.not(wrong.status, 0);
    t.match(wrong.stderr, /pharmacies must be .* start must be a day/);
    t.throws(() => readFileSync(path("no.jsonl")), { code: "ENOENT" });
    writeFileSync(path("broken.jsonl"), '{"kind":"B04"}\nnonsense\n');
    const broken = await runCli(["replay", path("town.jsonl"), "--labels", path("broken.jsonl")]);
    t.not(broken.status, 0);
    t.match(
      broken.stderr,
      /broken\.jsonl:1: swipeIds or swipeId is needed\n.*broken\.jsonl:2: is not JSON/,
    );
    t.equal(broken.stdout, "");
  },
);

t.test(
  "a line is played only upon the answer it hangs on, and changes what it follows",
  async (t) => {
    const body = { ...example, swipeId: "follow-0000001" };
    const at = (minute: number) => `2026-11-21T10:${String(minute).padStart(2, "0")}:00+08:00`;
    const refused = { ...body, swipeId: "follow-0000009", person: { ...body.person, status: "4" } };
    const lines = [
      { at: at(0), op: "check", swipeId: body.swipeId, body },
      {
        at: at(1),
        op: "check",
        swipeId: "follow-0000002",
        follows: { swipeId: body.swipeId, when: ["hold", "deny"] },
        change: { swipeId: "follow-0000002" },
      },
      {
        at: at(2),
        op: "settlement",
        swipeId: "follow-0000002",
        follows: { swipeId: "follow-0000002", when: ["allow", "warn"] },
        body: { settlementId: "S2" },
      },
      {
        at: at(3),
        op: "settlement",
        swipeId: body.swipeId,
        follows: { swipeId: body.swipeId, when: ["allow", "warn"] },
        body: { settlementId: "S1", visitId: "V1" },
      },
      { at: at(4), op: "check", swipeId: refused.swipeId, body: refused },
      {
        at: at(5),
        op: "check",
        swipeId: "follow-0000010",
        follows: { swipeId: refused.swipeId, when: ["deny"] },
        change: { swipeId: "follow-0000010", person: { status: "1" } },
      },
      {
        at: at(6),
        op: "check",
        swipeId: "follow-0000011",
        follows: { swipeId: "nobody-known-1", when: ["allow", "warn", "stepUp", "hold", "deny"] },
        body: { ...body, swipeId: "follow-0000011" },
      },
    ];
    writeFileSync(path("follows.jsonl"), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    const told = await runCli([
      "replay",
      path("follows.jsonl"),
      "--json",
      "--out",
      path("follows.out.jsonl"),
    ]);
    t.equal(told.status, 0, told.stderr);
    const summary = JSON.parse(told.stdout) as ReplaySummary;
    t.match(summary, { lines: 7, checks: 3, skipped: 3, problems: {} });
    const answers = readFileSync(path("follows.out.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    t.match(answers, [
      { swipeId: body.swipeId, decision: /allow|warn/ },
      { swipeId: refused.swipeId, decision: "deny" },
      { swipeId: "follow-0000010", decision: /allow|warn|hold/ },
    ]);
    t.notOk(JSON.stringify(answers[2]).includes("IM-04"), "the status was changed");
  },
);

t.test("a change without the check it changes is no replay line", async (t) => {
  const line = { at: "2026-11-21T10:00:00+08:00", op: "check", swipeId: "x1234567", change: {} };
  writeFileSync(path("alone.jsonl"), `${JSON.stringify(line)}\n`);
  const { status, stderr } = await runCli(["replay", path("alone.jsonl")]);
  t.not(status, 0);
  t.match(stderr, /alone\.jsonl:1: change needs follows/);
});
