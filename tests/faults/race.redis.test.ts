import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { type Ask, packs } from "../scenarios/ask.ts";
import { nativeBody } from "../scenarios/native-form.ts";
import { skipWithoutRedisServer, startRedis, type TestRedis } from "../services/redis.ts";
import { delay } from "../services/service-process.ts";
import { faultRow } from "./fault-row.ts";
import { eventually } from "./guard-process.ts";
import {
  ASPIRIN,
  ask,
  type Door,
  freshBoxes,
  isAccepted,
  QUOTA_PACKS,
  QUOTA_SALES,
  quotaSale,
  racer,
  type Told,
} from "./race.ts";
import { type ShiftedGuard, startShiftedGuard } from "./shifted-guard.ts";
import { type Answer, Till } from "./till.ts";

const ROUNDS = Number(process.env["GUARD_RACE_ROUNDS"] ?? 4);
const RACERS = 200;
/** Four instances, each 200 ms ahead of the one before. */
const CLOCKS = [-300, -100, 100, 300];
const skip = { skip: skipWithoutRedisServer() };

interface Field {
  readonly redis: TestRedis;
  readonly guards: readonly ShiftedGuard[];
  readonly tills: readonly Till[];
}

async function open(t: Test, settings: Readonly<Record<string, string>>): Promise<Field> {
  const redis = await startRedis();
  // Not `t.testdir`, which goes before the teardown below has ended who still writes there.
  const folder = mkdtempSync(join(tmpdir(), "guard-race-"));
  const guards: ShiftedGuard[] = [];
  for (const [index, wrongBy] of CLOCKS.entries()) {
    const own = { REDIS_URL: redis.url, ...settings };
    guards.push(await startShiftedGuard(join(folder, String(index)), own, wrongBy));
  }
  const tills = guards.map(({ url }) => new Till(url));
  t.teardown(async () => {
    for (const till of tills) till.close();
    await Promise.all(guards.map((guard) => guard.kill()));
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await Promise.all(tills.map((till) => till.open(RACERS / CLOCKS.length)));
  await Promise.all(tills.map((till) => till.untilStoreAnswers()));
  return { redis, guards, tills };
}

/** RX-02 speaks of a doctor with forty patients a day, so each round has one of its own. */
const prescriberOf = (round: number) => `DR-RACE-${round}`;

const tillOf = ({ tills }: Field, number: number) => tills[number % tills.length] as Till;
/** Every instance sees both doors, and every shop. */
const doorOf = (number: number): Door => (Math.floor(number / 4) % 2 === 0 ? "native" : "nhsa");

function race(field: Field, name: string, what: (number: number) => Ask): Promise<readonly Told[]> {
  const checks = Array.from({ length: RACERS }, (_, number) => racer(name, number, what(number)));
  return Promise.all(
    checks.map((check, number) => ask(tillOf(field, number), doorOf(number), check)),
  );
}

function winners(
  t: Test,
  told: readonly Told[],
  wanted: number,
  rules: RegExp,
  what: string,
): void {
  t.same([...new Set(told.map(({ status, mode }) => `${status} ${mode}`))], ["200 full"], what);
  const won = told.filter(isAccepted);
  t.equal(won.length, wanted, `${what}: ${wanted} of ${told.length}`);
  const lost = told.filter((each) => !isAccepted(each));
  t.ok(
    lost.every((each) => each.rules.some((rule) => rules.test(rule))),
    "each of the others is told why",
  );
}

t.test("200 at once through four guards: exactly the right number pass", skip, async (t) => {
  // Who gets it must not hang on how fast this machine is: nobody here is answered without the store.
  const field = await open(t, { GUARD_DEADLINE_MS: "5000" });
  const basket = () => [packs(ASPIRIN, 1)];
  let asked = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const told = await race(field, `free-${round}`, () => ({ basket: basket() }));
    winners(t, told, RACERS, /^$/, `round ${round}, nothing in common`);

    const codes = freshBoxes(1);
    const box = await race(field, `box-${round}`, () => ({
      basket: [packs(ASPIRIN, 1, { codes })],
    }));
    winners(t, box, 1, /^TR-0[12]$/, `round ${round}, one trace code`);

    const rx = { number: `RX-RACE-${round}`, prescriber: prescriberOf(round), quantity: 1 };
    const script = await race(field, `rx-${round}`, () => ({
      basket: [packs(ASPIRIN, 1, { rx })],
    }));
    winners(t, script, 1, /^RX-01$/, `round ${round}, one prescription`);

    const token = { token: `TOKEN-RACE-${round}` };
    const shown = await race(field, `token-${round}`, () => ({ ...token, basket: basket() }));
    winners(t, shown, 1, /^CF-14$/, `round ${round}, one one-time token`);

    const buyer = `QUOTA-${round}`;
    const sales = Array.from({ length: RACERS }, (_, number) =>
      quotaSale(`quota-${round}`, buyer, number),
    );
    const quota = await Promise.all(
      sales.map((sale, number) => ask(tillOf(field, number), doorOf(number), sale)),
    );
    winners(t, quota, QUOTA_SALES, /^OQ-0[57]$/, `round ${round}, one person's quota`);
    asked += 5 * RACERS;
  }
  faultRow({
    fault: "200 checks race for one quota, one trace code, one prescription, one token",
    made: "four instances on one Redis with clocks 200 ms apart, both doors, all at once",
    runs: ROUNDS,
    requests: asked,
    lost: 0,
    countedTwice: 0,
  });
});

t.test("one id 200 times through four guards: one answer, counted once", skip, async (t) => {
  const field = await open(t, { GUARD_DEADLINE_MS: "5000" });
  let asked = 0;
  for (let round = 0; round < ROUNDS; round++) {
    for (const door of ["native", "nhsa"] as const) {
      const name = `same-${door}-${round}`;
      const sale = quotaSale(name, name, 0);
      const told = await Promise.all(
        Array.from({ length: RACERS }, (_, number) => ask(tillOf(field, number), door, sale)),
      );
      t.same(
        told.map(({ status }) => status),
        told.map(() => 200),
        `${name}: all are answered`,
      );
      t.equal(new Set(told.map(answerOf)).size, 1, `${name}: with one answer`);
      // Counted not at all or twice, the next sale or the one after it would fare otherwise.
      const second = await ask(tillOf(field, round), door, quotaSale(name, name, 1));
      const third = await ask(tillOf(field, round + 1), door, quotaSale(name, name, 2));
      t.same([isAccepted(second), isAccepted(third)], [true, false], `${name}: counted once`);
      asked += RACERS + 2;
    }
  }
  faultRow({
    fault: "one swipeId sent 200 times at once",
    made: "through four instances on one Redis with clocks 200 ms apart",
    runs: 2 * ROUNDS,
    requests: asked,
    lost: 0,
    countedTwice: 0,
  });
});

/** Decision, hits and the instant it was made; an envelope's own times are of the message. */
function answerOf({ text, decision, rules }: Told): string {
  const { decidedAt, mode } = JSON.parse(text) as { decidedAt?: string; mode?: string };
  return JSON.stringify([decision, rules, decidedAt, mode]);
}

t.test("with stand-ins among them the total is right once they are entered", skip, async (t) => {
  const field = await open(t, {});
  const { redis } = field;
  let asked = 0;
  let standIns = 0;
  for (let round = 0; round < Math.min(ROUNDS, 3); round++) {
    const name = `hurry-${round}`;
    // The store is away for a part of it, so that some are answered without it, whatever the machine.
    process.kill(redis.pid, "SIGSTOP");
    const checks = Array.from({ length: RACERS / 4 }, (_, number) => quotaSale(name, name, number));
    const asking = Promise.all(
      checks.map(async (check, number) => {
        if (number >= 20) await delay(400 + number);
        return heard(tillOf(field, number), nativeBody(check));
      }),
    );
    await delay(300);
    process.kill(redis.pid, "SIGCONT");
    const told = await asking;
    const accepted = told.filter(({ body }) => /^(allow|warn)$/.test(body.decision ?? ""));
    standIns += told.filter(({ body }) => body.mode === "standIn").length;
    asked += told.length;
    // All of it is counted, what was answered without the store too; each once.
    const expected = QUOTA_PACKS * (accepted.length + 1);
    let tries = 0;
    let seen = 0;
    await eventually(async () => {
      tries += 1;
      const probe = nativeBody(quotaSale(name, name, 1_000 + tries));
      seen = packs30dOf(await tillOf(field, tries).check({ ...probe, stage: "inquiry" }));
      if (seen < expected) await delay(100);
      return seen >= expected;
    });
    t.equal(seen, expected, `${name}: ${accepted.length} sales accepted, ${seen} packs seen`);
  }
  t.ok(standIns > 0, `${standIns} of ${asked} were answered without the store`);
  faultRow({
    fault: "a race for one quota while the store stands still for 300 ms",
    made: "four instances at default settings with clocks 200 ms apart; SIGSTOP and SIGCONT of Redis",
    runs: Math.min(ROUNDS, 3),
    requests: asked,
    lost: 0,
    countedTwice: 0,
  });
});

/** Turned away for the moment, a till sends the same body again. */
async function heard(till: Till, swipe: Record<string, unknown>): Promise<Answer> {
  for (;;) {
    const answer = await till.check(swipe);
    if (answer.status !== 429 && answer.status !== 503) return answer;
    await delay(50);
  }
}

function packs30dOf({ body }: Answer): number {
  const hit = (body.hits ?? []).find(({ rule }) => rule === "OQ-05") as
    | { readonly evidence?: { readonly packs30d?: number } }
    | undefined;
  return hit?.evidence?.packs30d ?? 0;
}
