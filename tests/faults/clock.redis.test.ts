import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { systemClock } from "../../src/config/machine.ts";
import type { Notice } from "../../src/units.ts";
import { skipWithoutRedisServer, startRedis, type TestRedis } from "../services/redis.ts";
import { delay } from "../services/service-process.ts";
import { faultRow } from "./fault-row.ts";
import { eventually, runCli } from "./guard-process.ts";
import { type ShiftedGuard, startShiftedGuard } from "./shifted-guard.ts";
import { isJudged } from "./store-load.ts";
import { nativeSwipe, newId, SHENYANG_PHARMACIES, traceCode } from "./swipes.ts";
import { type Answer, serverLag, Till } from "./till.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DEADLINE_MS = 1_000;
const skip = { skip: skipWithoutRedisServer() };

interface Shop {
  readonly redis: TestRedis;
  readonly guards: readonly ShiftedGuard[];
  readonly tills: readonly Till[];
}

async function open(t: Test, clocks: readonly number[]): Promise<Shop> {
  const redis = await startRedis();
  const folder = mkdtempSync(join(tmpdir(), "guard-clock-"));
  const guards: ShiftedGuard[] = [];
  const settings = { REDIS_URL: redis.url, GUARD_DEADLINE_MS: String(DEADLINE_MS) };
  for (const [index, wrongBy] of clocks.entries()) {
    guards.push(await startShiftedGuard(join(folder, String(index)), settings, wrongBy));
  }
  const tills = guards.map(({ url }) => new Till(url));
  t.teardown(async () => {
    for (const till of tills) till.close();
    await Promise.all(guards.map((guard) => guard.kill()));
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await Promise.all(tills.map((till) => till.untilStoreAnswers()));
  return { redis, guards, tills };
}

async function value(till: Till, name: string): Promise<number> {
  const { text } = await till.get("/metrics");
  return Number(new RegExp(`^${name} (\\S+)$`, "m").exec(text)?.[1] ?? Number.NaN);
}

/** Everything `readyz` names as worse than it should be. */
async function degraded(till: Till): Promise<string> {
  const { status, body } = await till.get("/readyz");
  return `${status} ${(body.degraded ?? []).map(({ name, reason }) => `${name}: ${reason}`).join("; ")}`;
}

t.test("clocks more than 2 s apart are told by every instance, and by how far", skip, async (t) => {
  const { guards, tills } = await open(t, [0, 3 * SECOND]);
  for (const till of tills) {
    await eventually(async () => /clock: .* (2\.9|3\.[01]) s apart/.test(await degraded(till)));
    t.match(await degraded(till), /^200 /, "another instance could do no better");
    t.ok(Math.abs((await value(till, "guard_clock_apart_seconds")) - 3) < 0.2, "and as a metric");
    const swipe = nativeSwipe({ id: newId("apart", tills.indexOf(till)), person: "APART" });
    t.match(await till.check(swipe), { status: 200, body: { mode: "full" } });
  }
  t.match(guards[0]?.said(), /more than 2 s apart/);

  guards[1]?.shift(1 * SECOND);
  for (const till of tills) await eventually(async () => !/clock/.test(await degraded(till)));
  t.ok((await value(tills[0] as Till, "guard_clock_apart_seconds")) < 2, "a second is allowed for");
  t.match(guards[0]?.said(), /agree again/);
  faultRow({
    fault: "clocks of two instances 3 s apart",
    made: "one of two processes starts with a wall clock 3 s ahead",
    runs: 1,
    requests: 2,
    lost: 0,
    countedTwice: 0,
  });
});

t.test(
  "the wall clock is stepped by ten minutes, forward and back, under load",
  skip,
  async (t) => {
    const { guards, tills } = await open(t, [0]);
    const [guard, till] = [guards[0] as ShiftedGuard, tills[0] as Till];
    const anchored = () => value(till, "guard_clock_anchored_total");
    await serverLag(till);
    const load = new SteadyLoad(till);
    const before = reserve(1);
    t.match(await till.check(before), { body: { decision: "allow" } });

    const step = async (to: number, count: number) => {
      guard.shift(to);
      await eventually(async () => (await anchored()) === count);
    };
    await delay(500);
    await step(10 * MINUTE, 1);
    const ahead = await till.check(reserve(2));
    near(t, ahead, 10 * MINUTE, "the guard goes by the new time");
    t.equal(await state(till, 1), "reserved", "ten of its fifteen minutes are gone");
    t.match((await till.check(sameBox(1))).body.hits, [{ rule: "TR-01" }], "and its box is held");

    await step(0, 2);
    const back = await till.check(reserve(3));
    near(t, back, 0, "and back");
    t.same([await state(till, 1), await state(till, 2)], ["reserved", "reserved"]);
    t.match(
      (await till.check(sameBox(2))).body.hits,
      [{ rule: "TR-01" }],
      "what was held ahead is held",
    );
    const { answers } = await load.stop();
    const slowest = Math.max(...answers.map(({ ms }) => ms));
    const lag = await serverLag(till);

    await step(16 * MINUTE, 3);
    t.same(
      [await state(till, 1), await state(till, 3)],
      ["lapsed", "lapsed"],
      "after its time it is gone",
    );
    t.equal(await state(till, 2), "reserved", "of what was reserved ahead six minutes are gone");
    await step(26 * MINUTE, 4);
    t.equal(await state(till, 2), "lapsed", "nothing lives for ever");

    t.same([...new Set(answers.map(({ status }) => status))], [200], "everybody was answered");
    if (isJudged(t, lag)) {
      t.ok(slowest < DEADLINE_MS + lag + 100, `nobody hung: ${slowest.toFixed(0)} ms at most`);
    }
    t.ok(
      answers.every(({ body }) => (body.elapsedMs ?? -1) >= 0),
      "no negative times",
    );
    t.match(guard.said(), /clock was stepped/);
    t.equal(await guard.stop(), "exit status 0");
    await recordsAreSane(t, guard.dataDir, answers.length);
    faultRow({
      fault: "the wall clock steps by ten minutes",
      made: "forward and back under load of 50 checks a second, then forward again",
      runs: 4,
      requests: answers.length,
      lost: 0,
      countedTwice: 0,
      slowestMs: slowest,
      deadlineMs: DEADLINE_MS,
    });
  },
);

/** Each person's swipes are numbered one after another, whatever the clock did. */
async function recordsAreSane(t: Test, dataDir: string, answered: number): Promise<void> {
  const { stdout } = await runCli(["events", "--json"], { GUARD_DATA_DIR: dataDir });
  const events = stdout
    .split("\n")
    .filter((line) => line.includes('"swipe.decided"'))
    .map((line) => JSON.parse(line) as { data: { person?: string; personSeq?: number } });
  t.ok(events.length >= answered, `${events.length} decisions are on record`);
  const last = new Map<string, number>();
  const unordered = events.filter(({ data }) => {
    const person = JSON.stringify((data as { swipe?: { person?: unknown } }).swipe?.person ?? "");
    const seq = data.personSeq ?? 0;
    const isLater = seq > (last.get(person) ?? 0);
    last.set(person, Math.max(seq, last.get(person) ?? 0));
    return !isLater;
  });
  t.same(unordered.length, 0, "personSeq grows with every decision");
}

function reserve(number: number): Record<string, unknown> {
  const person = `STEP-${number}`;
  return nativeSwipe({
    ...{ id: newId("step", number), person, code: traceCode(number), terminal: `S${number}` },
  });
}

/** Another person with the same box, elsewhere. */
function sameBox(number: number): Record<string, unknown> {
  return nativeSwipe({
    ...{ id: newId(`box-${performance.now().toFixed(0)}`, number), person: `OTHER-${number}` },
    ...{
      code: traceCode(number),
      terminal: `B${number}`,
      pharmacy: SHENYANG_PHARMACIES.length - 3,
    },
    more: { stage: "inquiry" },
  });
}

async function state(till: Till, number: number): Promise<string | undefined> {
  return (await till.get(`/v1/swipes/${newId("step", number)}`)).body.state;
}

function near(t: Test, { body }: Answer, wrongBy: number, what: string): void {
  const off = Date.parse(body.decidedAt ?? "") - (Date.now() + wrongBy);
  t.ok(Math.abs(off) < 2 * SECOND, `${what}: ${off} ms off`);
}

/** Fifty checks a second, of a few persons that come again. */
class SteadyLoad {
  private readonly asked: Promise<Answer>[] = [];
  private isOver = false;
  private readonly done: Promise<void>;

  constructor(till: Till) {
    this.done = this.run(till);
  }

  async stop(): Promise<{ answers: readonly Answer[] }> {
    this.isOver = true;
    await this.done;
    return { answers: await Promise.all(this.asked) };
  }

  private async run(till: Till): Promise<void> {
    for (let number = 0; !this.isOver; number++) {
      const parts = { id: newId("steady", number), person: `STEADY-${number % 20}` };
      const swipe = nativeSwipe({
        ...parts,
        terminal: `L${number % 50}`,
        more: { stage: "inquiry" },
      });
      this.asked.push(till.check(swipe));
      await delay(20);
    }
  }
}

t.test(
  "small corrections of the wall clock are followed without an alarm and never backwards",
  async (t) => {
    const notices: Notice[] = [];
    let wrong = 0;
    const clock = systemClock({ notice: (each) => notices.push(each) }, () => Date.now() + wrong);
    t.teardown(() => clock.close());
    const off = () => clock.now() - Date.now();
    const watchFor = async (ms: number) => {
      const until = performance.now() + ms;
      let last = clock.now();
      let backwards = 0;
      while (performance.now() < until) {
        const now = clock.now();
        if (now < last) backwards += 1;
        last = now;
        await delay(1);
      }
      return backwards;
    };
    wrong = 400;
    t.equal(await watchFor(2_200), 0);
    t.ok(off() > 60 && off() < 200, `followed by ${off().toFixed(0)} of 400 ms`);
    wrong = -200;
    t.equal(await watchFor(1_200), 0, "never backwards");
    t.same(notices, [], "no alarm");
    wrong = 5_000;
    await eventually(() => notices.length > 0);
    t.match(notices, [{ kind: "clock.anchored", level: "error" }], "a step is one");
    t.ok(Math.abs(off() - 5_000) < 100, "and is taken over at once");
  },
);
