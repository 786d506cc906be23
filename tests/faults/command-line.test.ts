import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { packageRoot } from "../../src/config/package-root.ts";
import { runCli, startGuard } from "./guard-process.ts";
import { nativeSwipe, newId, shanghaiNow } from "./swipes.ts";
import { Till } from "./till.ts";

const deploy = join(packageRoot(), "deploy");
const NOT_YET = ["lists", "explain", "doctor"] as const;

t.test("every command has a help, and an unknown one is told so", async (t) => {
  const commands = [
    [],
    ["serve"],
    ["replay"],
    ["simulate"],
    ["policy"],
    ["policy", "check"],
    ["events"],
  ];
  const all = [...commands, ["policy", "compare"], ["schemas"], ...NOT_YET.map((name) => [name])];
  for (const command of all) {
    const { status, stdout } = await runCli([...command, "--help"]);
    t.equal(status, 0, `${command.join(" ")} --help`);
    t.match(stdout, /^Usage: guard /);
  }
  const unknown = await runCli(["sell"]);
  t.not(unknown.status, 0);
  t.match(unknown.stderr, /unknown command 'sell'/);
  t.equal(unknown.stdout, "");
});

t.test("a command that is not there yet says so in one sentence", async (t) => {
  for (const name of NOT_YET) {
    const { status, stdout, stderr } = await runCli([name, "--persons", "10"]);
    t.equal(status, 64, name);
    t.match(stderr, /^guard: `guard [a-z]+` is not available yet[^\n]*\.\n$/);
    t.equal(stdout, "");
  }
});

t.test("policy check: one line a fault, with its line number", async (t) => {
  const shipped = readFileSync(join(deploy, "policy/policy.yaml"), "utf8");
  const good = await runCli(["policy", "check", join(deploy, "policy/policy.yaml")]);
  t.equal(good.status, 0);
  t.match(good.stdout, /policy 2026\.\d+\.\d+, \d+ rules, sha256:/);

  const faults: readonly (readonly [string, string])[] = [
    ["tokenAgeSeconds > 120.0", "tokenAgeSeconds > > 120.0"],
    ["fact: traceSoldHere }", "fact: traceSoldThere }"],
    ["hold: terminalShortGaps >= limit", "hold: terminalLongGaps >= limit"],
    ["{ listed: { list: deceased, of: person } }", "{ listed: { list: deceased, of: horse } }"],
    ["distinct: person, window: 10m, exact: 64", "distinct: person, window: 10x, exact: 64"],
    ["levels:\n      deny: deceased", "levels:\n      refuse: deceased"],
  ];
  const broken = faults.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the shipped policy no longer has: ${from}`);
    return text.replace(from, to);
  }, shipped);
  const file = join(t.testdir({ "broken.yaml": broken }), "broken.yaml");
  const { status, stdout, stderr } = await runCli(["policy", "check", file]);
  t.equal(status, 1);
  t.equal(stderr, "");
  const lines = stdout.trim().split("\n");
  t.equal(lines.length, faults.length, stdout);
  for (const line of lines) t.match(line, /broken\.yaml:[1-9]\d*: \S/);
  for (const [, to] of faults) {
    const at = broken.slice(0, broken.indexOf(to)).split("\n").length;
    const near = lines.some((line) => Math.abs(Number(/:(\d+): /.exec(line)?.[1]) - at) <= 2);
    t.ok(near, `a fault is named at about line ${at}: ${to}`);
  }
  const json = await runCli(["policy", "check", "--json", file]);
  t.same(
    json.stdout
      .trim()
      .split("\n")
      .map((line) => Object.keys(JSON.parse(line)).sort()),
    [...faults.map(() => ["file", "line", "reason"])],
  );
  t.not((await runCli(["policy", "check", `${file}.absent`])).status, 0);
});

t.test(
  "events: what was recorded, also while the server runs, and for a reader that stops early",
  async (t) => {
    const folder = t.testdir();
    const guard = await startGuard(folder);
    t.teardown(() => guard.kill());
    const till = new Till(guard.url);
    t.teardown(() => till.close());
    const id = newId("events", 1);
    t.equal((await till.check(nativeSwipe({ id, person: "EVENTS" }))).status, 200);
    const { status, stdout } = await runCli(["events", "--json"], { GUARD_DATA_DIR: folder });
    t.equal(status, 0);
    const types = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { type: string; subject?: string });
    t.same(
      types.map(({ type }) => type),
      ["policy.activated", "reference.loaded", "swipe.decided"],
    );
    t.equal(types.at(-1)?.subject, id);
    t.notMatch(stdout, /EVENTS/, "nobody in clear");
  },
);

t.test("events: a folder without a journal is told, and is a failure", async (t) => {
  const folder = t.testdir();
  const dataDir = join(folder, "nowhere");
  for (const options of [["--json"], ["--follow"]]) {
    const ran = await runCli(["events", ...options], { GUARD_DATA_DIR: dataDir });
    t.equal(ran.status, 1, options.join());
    t.equal(ran.stdout, "");
    t.equal(
      ran.stderr,
      `guard: There is no journal in ${join(dataDir, "journal")}: name the guard's folder with GUARD_DATA_DIR.\n`,
    );
  }
  t.notOk(existsSync(dataDir), "and none is made");
});

/** A person whose settlement is stopped on one Shanghai day alone. */
function referenceWithStop(folder: string, day: string, person: string): string {
  const reference = join(folder, "reference");
  cpSync(join(deploy, "reference"), reference, { recursive: true });
  writeFileSync(
    join(reference, "lists/settlement-stopped.csv"),
    `id,from,to,source,note\n${person},${day},${day},test,\n`,
  );
  return reference;
}

t.test("days are Shanghai's whatever TZ says", async (t) => {
  const folder = t.testdir();
  const person = "TEST-PERSON-DAY";
  const line = (number: number, at: string) => {
    const { occurredAt: _, ...swipe } = nativeSwipe({ id: newId("tz", number), person });
    const swipeId = newId("tz", number);
    return JSON.stringify({ at, op: "check", swipeId, body: { ...swipe, occurredAt: at } });
  };
  const input = join(folder, "day.jsonl");
  const instants = [
    "2026-11-20T23:59:59+08:00",
    "2026-11-21T00:00:00+08:00",
    "2026-11-21T23:59:59+08:00",
    "2026-11-22T00:00:00+08:00",
  ];
  writeFileSync(input, instants.map((at, index) => line(index, at)).join("\n"));
  const settings = {
    GUARD_DATA_DIR: join(folder, "data"),
    GUARD_REFERENCE: referenceWithStop(folder, "2026-11-21", person),
  };
  const zones = ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "UTC"];
  const outputs = [];
  for (const TZ of zones) outputs.push(await runCli(["replay", input], { ...settings, TZ }));
  const decisions = outputs.map(({ stdout }) =>
    stdout
      .trim()
      .split("\n")
      .filter((text) => text.startsWith("{"))
      .map((text) => (JSON.parse(text) as { decision: string }).decision === "deny"),
  );
  t.same(
    decisions,
    zones.map(() => [false, true, true, false]),
  );
  t.equal(new Set(outputs.map(({ stdout }) => stdout)).size, 1, "to the letter");
});

t.test("the NHSA door speaks China's time under another TZ", async (t) => {
  const guard = await startGuard(t.testdir(), { TZ: "America/New_York" });
  t.teardown(() => guard.kill());
  const till = new Till(guard.url);
  t.teardown(() => till.close());
  const example = readFileSync(join(packageRoot(), "schemas/examples/nhsa-2102.json"), "utf8");
  const now = shanghaiNow().slice(0, 19).replace("T", " ");
  const envelope = example.replaceAll("2026-11-21 10:15:30", now);
  const { status, body } = await till.post("/nhsa/2102", envelope);
  t.equal(status, 200);
  const said = Date.parse(`${String(body.respond_time).slice(0, 19).replace(" ", "T")}+08:00`);
  t.ok(Math.abs(said - Date.now()) < 60_000, `respond_time ${body.respond_time}`);
});
