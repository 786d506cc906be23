import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { nativeBody } from "../scenarios/native-form.ts";
import { skipWithoutRedisServer, startRedis, type TestRedis } from "../services/redis.ts";
import { delay } from "../services/service-process.ts";
import { faultRow } from "./fault-row.ts";
import { type Guard, runCli, startGuard } from "./guard-process.ts";
import { RawClient } from "./open-loop.ts";
import { QUOTA_PACKS, quotaSale } from "./race.ts";
import { nativeSwipe, newId } from "./swipes.ts";
import { type Answer, Till } from "./till.ts";

/** Contract section 1. */
const STOP_WITHIN_MS = 10_000;
const skip = { skip: skipWithoutRedisServer() };
/** Whether the store was quick is not the question here. */
const UNHURRIED = { GUARD_DEADLINE_MS: "5000" };

interface Place {
  readonly redis: TestRedis;
  readonly folder: string;
  /** Ended with the test at the latest. */
  readonly guards: Guard[];
}

async function place(t: Test): Promise<Place> {
  const redis = await startRedis();
  const folder = mkdtempSync(join(tmpdir(), "guard-stop-"));
  const guards: Guard[] = [];
  t.teardown(async () => {
    await Promise.all(guards.map((guard) => guard.kill()));
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return { redis, folder, guards };
}

async function start(at: Place, name: string): Promise<Guard> {
  const guard = await startGuard(join(at.folder, name), { REDIS_URL: at.redis.url, ...UNHURRIED });
  at.guards.push(guard);
  return guard;
}

/** Ids of the swipes a folder has decisions of. */
async function recorded(dataDir: string): Promise<ReadonlySet<string>> {
  const { stdout } = await runCli(["events", "--json"], { GUARD_DATA_DIR: dataDir });
  const decided = stdout.split("\n").filter((line) => line.includes('"swipe.decided"'));
  const ids = decided.map(
    (line) => (JSON.parse(line) as { data: { swipeId: string } }).data.swipeId,
  );
  return new Set(ids);
}

const told = ({ body }: Answer) => [body.decision, body.mode, body.hits, body.decidedAt];

t.test("SIGTERM under load: what was read is answered, recorded and counted", skip, async (t) => {
  const at = await place(t);
  const guard = await start(at, "one");
  const client = new RawClient(guard.url);
  t.teardown(() => client.close());
  await client.open(40);
  const bodies = new Map<string, string>();
  let count = 0;
  const next = () => {
    count += 1;
    const id = newId("term", count);
    const body = JSON.stringify(
      nativeSwipe({ id, person: `TERM-${count}`, terminal: `T${count}` }),
    );
    bodies.set(id, body);
    return { path: "/v1/swipes", body };
  };
  const firing = client.fire([{ perSecond: 150, next }], 1_600);
  await delay(800);
  const asked = performance.now();
  guard.signal("SIGTERM");
  await delay(20);
  guard.signal("SIGTERM");
  t.equal(await guard.ended, "exit status 0", "a second SIGTERM changes nothing");
  const took = performance.now() - asked;
  t.ok(took < STOP_WITHIN_MS, `gone after ${took.toFixed(0)} ms`);
  const { flows } = await firing;
  const fired = (flows[0] ?? []).map(({ answer }, index) => ({
    answer,
    id: newId("term", index + 1),
  }));
  const answered = fired.filter(({ answer }) => answer.status === 200);
  const others = [...new Set(fired.map(({ answer }) => answer.status))].filter(
    (each) => each !== 200,
  );
  t.ok(answered.length > 50, `${answered.length} of ${fired.length} were answered before it ended`);
  t.same(
    others.filter((status) => status !== 0 && status !== 503),
    [],
    "the rest were sent elsewhere, or never read",
  );
  const kept = await recorded(guard.dataDir);
  t.same(new Set(answered.map(({ id }) => id)), kept, "answered and recorded are the same");

  const heir = await start(at, "one");
  const till = new Till(heir.url);
  t.teardown(() => till.close());
  const again = await Promise.all(
    answered.map(async ({ answer, id }) => ({
      before: JSON.parse(answer.text) as Answer["body"],
      now: await till.post("/v1/swipes", bodies.get(id) ?? ""),
    })),
  );
  const differing = again.filter(
    ({ before, now }) =>
      before.decidedAt !== now.body.decidedAt || before.decision !== now.body.decision,
  );
  t.equal(differing.length, 0, "each is counted: its repeat is the same answer");
  faultRow({
    fault: "SIGTERM, twice, under load",
    made: "150 checks a second at one instance; its record and its memory are compared with the answers",
    runs: 1,
    requests: fired.length,
    lost: answered.filter(({ id }) => !kept.has(id)).length + differing.length,
    countedTwice: 0,
  });
});

t.test(
  "one of two is killed under load: the other goes on, and each sale counts once",
  skip,
  async (t) => {
    const at = await place(t);
    const guards = [await start(at, "one"), await start(at, "two")] as const;
    const tills = [new Till(guards[0].url), new Till(guards[1].url)] as const;
    t.teardown(() => {
      for (const till of tills) till.close();
    });
    const PEOPLE = 120;
    const sales = Array.from({ length: PEOPLE }, (_, number) => ({
      body: nativeBody(quotaSale("heir", `HEIR-${number}`, number)),
      home: number % 2,
    }));
    const killing = delay(500).then(() => guards[0].kill());
    let repeated = 0;
    const asking = sales.map(async ({ body, home }, number) => {
      await delay(number * 8);
      const first = home === 0 ? tills[0] : tills[1];
      // No answer: once more with the same id, at the other one.
      return first.check(body).catch(() => {
        repeated += 1;
        return tills[1].check(body);
      });
    });
    const answers = await Promise.all(asking);
    await killing;
    t.same([...new Set(answers.map(({ status }) => status))], [200], "everybody was answered");
    t.ok(repeated > 0, `${repeated} tills asked the other guard`);
    const repeats = await Promise.all(sales.map(({ body }) => tills[1].check(body)));
    t.same(repeats.map(told), answers.map(told), "and is answered alike when it asks again there");

    // Twelve packs of each: another dozen would make 24, and 36 where a sale was counted twice.
    const seen = await Promise.all(
      sales.map((_, number) => tills[1].check(inquiryOf(number)).then(packs30dOf)),
    );
    const once = 2 * QUOTA_PACKS;
    t.same(
      seen,
      sales.map(() => once),
      "each sale is counted once",
    );
    const kept = [await recorded(guards[0].dataDir), await recorded(guards[1].dataDir)];
    const unrecorded = sales.filter(
      ({ body }) => !kept.some((ids) => ids.has(String(body["swipeId"]))),
    );
    t.equal(unrecorded.length, 0, "and on record at one of them at least");
    faultRow({
      fault: "kill -9 of one of two instances under load",
      made: "tills without an answer repeat with the same id at the other one",
      runs: 1,
      requests: 3 * PEOPLE + repeated,
      lost: unrecorded.length + seen.filter((packs) => packs < once).length,
      countedTwice: seen.filter((packs) => packs > once).length,
    });
  },
);

function inquiryOf(number: number): Record<string, unknown> {
  const sale = quotaSale("probe", `HEIR-${number}`, number);
  return { ...nativeBody(sale), stage: "inquiry" };
}

function packs30dOf({ body }: Answer): number {
  const hit = (body.hits ?? []).find(({ rule }) => rule === "OQ-05") as
    | { readonly evidence?: { readonly packs30d?: number } }
    | undefined;
  return hit?.evidence?.packs30d ?? 0;
}
