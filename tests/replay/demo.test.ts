import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import t from "tap";
import { createDemoClock } from "../../src/replay/demo/demo-clock.ts";
import { gangsHour } from "../../src/replay/demo/gangs-hour.ts";
import { Screen } from "../../src/replay/demo/screen.ts";
import { HOUR, MINUTE } from "../../src/units.ts";

const CLI = fileURLToPath(new URL("../../src/cli.js", import.meta.url));

/** What a command prints, and how it ends. */
function run(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...environment }, maxBuffer: 10_000_000 };
    execFile(process.execPath, [CLI, ...args], options, (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? 1 : 0, out, err });
    });
  });
}

t.test("given no terminal, the demo plays its hour, shows what it stopped, and ends", async (t) => {
  // A store that is somebody else's is left alone: the demo's guard is its own.
  const { code, out, err } = await run(["demo"], { REDIS_URL: "redis://127.0.0.1:1", PORT: "1" });
  t.equal(err, "");
  t.equal(code, 0);
  t.match(out, /\d+ native and \d+ NHSA messages to http:\/\/127\.0\.0\.1:\d+/);
  t.match(out, /^\d\d:\d\d:\d\d {2}P\d{11} {2}(native|nhsa {2}) {2}(hold|deny) .* gang /m);
  t.match(out, / B04 {3}card-bundle +\d+ +\d+ +yes /, "the gang is caught");
  const [, sales, passed, stopped] = /honest sales.*\n +(\d+) +(\d+) +(\d+)/.exec(out) ?? [];
  t.ok(Number(sales) > 20, "and life goes on");
  t.equal(Number(passed) + Number(stopped), Number(sales));
  t.match(out, /answers through HTTP on this machine: half within/);
  t.notOk(out.includes("\u001b"), "no colour where there is no terminal");
  t.notMatch(out, /still answers/);
});

t.test("a gang that there is not is said, with those that there are", async (t) => {
  const { code, err } = await run(["demo", "--scheme", "no-such"]);
  t.equal(code, 1);
  t.match(err, /There is no scheme named no-such: card-bundle/);
});

t.test("the demo's clock runs by itself, jumps forward, and never back", async (t) => {
  let pace = 1_000;
  const clock = createDemoClock(50_000, { now: () => pace });
  t.equal(clock.now(), 50_000);
  pace += 7;
  t.equal(clock.now(), 50_007);
  clock.set(60_000);
  t.equal(clock.now(), 60_000);
  clock.set(10_000);
  pace += 3;
  t.equal(clock.now(), 60_003);
});

const START = Date.parse("2026-11-03T08:00:00+08:00");

function check(id: string, later: number): string {
  const body = {
    ...{ swipeId: id, total: 10, person: { number: `N-${id}` } },
    pharmacy: { code: "P21010200123" },
  };
  return JSON.stringify({
    at: new Date(START + later).toISOString(),
    op: "check",
    swipeId: id,
    body,
  });
}

function after(id: string, later: number, more: object = {}): string {
  const at = new Date(START + later).toISOString();
  return JSON.stringify({ at, op: "settlement", swipeId: id, body: {}, ...more });
}

t.test(
  "the hour is the gang's fullest, and holds what belongs to its own sales alone",
  async (t) => {
    const lines = [
      check("honest-early", HOUR),
      check("gang-lone-01", 2 * HOUR),
      check("honest-before", 5 * HOUR - 10 * MINUTE),
      after("honest-early", 5 * HOUR - 5 * MINUTE),
      after("honest-before", 5 * HOUR - 5 * MINUTE),
      ...[1, 2, 3].map((sale) => check(`gang-sale-0${sale}`, 5 * HOUR + sale * MINUTE)),
      after("gang-sale-01", 5 * HOUR + 4 * MINUTE, {
        follows: { swipeId: "gang-sale-01", when: ["allow"] },
      }),
      check("honest-last", 5 * HOUR + 45 * MINUTE),
      check("honest-after", 5 * HOUR + 46 * MINUTE),
      after("honest-last", 5 * HOUR + 47 * MINUTE),
      after("honest-last", 7 * HOUR),
    ];
    const swipeIds = ["gang-lone-01", "gang-sale-01", "gang-sale-02", "gang-sale-03"];
    const label = { episode: "e", kind: "B04", swipeIds, persons: ["N-gang"], money: 9_999 };
    const hour = gangsHour(lines, [JSON.stringify(label)]);
    t.equal(hour.from, START + 5 * HOUR + MINUTE - 15 * MINUTE);
    const ids = hour.lines.map(
      (line) => (JSON.parse(line) as { swipeId: string; op: string }).swipeId,
    );
    t.same(ids, [
      ...["honest-before", "honest-before", "gang-sale-01", "gang-sale-02", "gang-sale-03"],
      ...["gang-sale-01", "honest-last", "honest-last"],
    ]);
    t.same(hour.doors, { native: 8, nhsa: 0 });
    t.same([...hour.labels.bySwipe.keys()], swipeIds.slice(1));
    t.equal(hour.labels.episodes[0]?.money, undefined, "money is what the hour's own sales ask");
    t.throws(() => gangsHour(lines, []), RangeError);
  },
);

t.test("colour and lines written over are for terminals", async (t) => {
  let written = "";
  const write = (text: string) => {
    written += text;
  };
  const plain = new Screen({ write, colour: false, live: false });
  plain.status("passing");
  plain.say(plain.paint("stopped", "red"));
  t.equal(written, "stopped\n");
  written = "";
  const rich = new Screen({ write, colour: true, live: true });
  rich.status("passing");
  rich.say(rich.paint("stopped", "red", "bold"));
  t.equal(written, "\r\u001b[2Kpassing\r\u001b[2K\u001b[31;1mstopped\u001b[0m\n");
});
