import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t from "tap";
import { cityOptions } from "../../load/workload/city-sales.ts";
import { openTraffic } from "../../load/workload/city-traffic.ts";
import { policyText } from "../../load/workload/policies.ts";
import { prepareCity } from "../../load/workload/prepare.ts";
import { BODIES, REFERENCE } from "../../load/workload/prepared.ts";
import { LIST_NAMES } from "../../src/reference/bundle.ts";
import type { ReplaySummary } from "../../src/replay/run-replay.ts";
import { dateText } from "../../src/simulation/days.ts";
import { shanghaiDay } from "../../src/units.ts";
import { runCli } from "../faults/guard-process.ts";

/** The traffic as a guard meets it, but for the network: played through the checkout code. */

const folder = mkdtempSync(join(tmpdir(), "guard-workload-"));
t.teardown(() => rmSync(folder, { recursive: true, force: true }));
const reference = join(folder, REFERENCE);
/** Ten in the morning, when tills are open. */
const NOW = Date.parse(`${dateText(shanghaiDay(Date.now()))}T10:00:00+08:00`);
const LINES = 2_000;
/** Forty stores sixteen times, against three thousand: as many swipes a second and store as at 1,000 a second. */
const GAP_MS = 60;

const small = {
  ...cityOptions(7, dateText(shanghaiDay(NOW) - 1)),
  ...{ pharmacies: 40, persons: 4_000 },
};

/** Replay lines; the settlement of whatever the replay allows. */
async function lines(): Promise<readonly string[]> {
  const traffic = await openTraffic({ seed: 7 }, folder);
  return Array.from({ length: LINES }, (_, index) => {
    const now = NOW + index * GAP_MS;
    const { path, body, kind, swipeId } = traffic.next(now);
    const op = { "/v1/swipes": "check" }[path] ?? path.slice(1);
    const isNativeStep = path.endsWith("/settlement");
    if (kind === "check")
      traffic.answered({ path, body, kind, swipeId }, 200, '{"decision":"allow"}');
    return JSON.stringify({
      at: new Date(now).toISOString(),
      op: isNativeStep ? "settlement" : op,
      ...(isNativeStep ? { swipeId } : {}),
      ...(kind === "step" ? { follows: { swipeId, when: ["allow", "warn"] } } : {}),
      body: JSON.parse(body),
    });
  });
}

t.test("the decisions look like an honest city's", async (t) => {
  await prepareCity(small, folder);
  const policy = join(folder, "policy.yaml");
  writeFileSync(policy, policyText({ rules: 100 }));
  const input = join(folder, "traffic.jsonl");
  writeFileSync(input, (await lines()).map((line) => `${line}\n`).join(""));
  const out = join(folder, "decisions.jsonl");
  const given = ["--reference", reference, "--policy", policy, "--out", out, "--json"];
  const ran = await runCli(["replay", input, ...given]);
  t.equal(ran.status, 0, ran.stderr);
  const { decisions, checks, problems, refused, rules } = JSON.parse(ran.stdout) as ReplaySummary;
  t.same({ problems, refused }, { problems: {}, refused: 0 }, "every body is understood");
  const passed = (decisions.allow + decisions.warn) / checks;
  t.ok(passed >= 0.85, `${passed} allowed or warned of`);
  t.ok(decisions.hold > 0 && decisions.deny > 0, "its frauds are in it too");
  const hits = Object.entries(rules);
  t.ok(hits.length >= 30, `${hits.length} rules and levels were met`);
  const often = hits.filter(([, count]) => count > checks / 4);
  t.same(often, [], "and none by every fourth swipe");
});

t.test("no list is empty", async (t) => {
  for (const list of LIST_NAMES) {
    const rows = readFileSync(join(reference, "lists", `${list}.csv`), "utf8")
      .trim()
      .split("\n");
    t.ok(rows.length > 3_000, `${list} has ${rows.length} rows`);
  }
  t.equal(readdirSync(join(reference, "lists")).length, LIST_NAMES.length);
});

t.test(
  "what is prepared is not prepared again, and another city's is not taken for it",
  async (t) => {
    const written = () => statSync(join(folder, BODIES)).mtimeMs;
    const before = written();
    const means = await prepareCity(small, folder);
    t.equal(written(), before);
    const other = await prepareCity({ ...small, seed: 8 }, folder);
    t.not(written(), before);
    t.notSame(other, means);
  },
);
