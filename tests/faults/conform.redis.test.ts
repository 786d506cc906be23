import { randomBytes } from "node:crypto";
import t from "tap";
import { systemTimers } from "../../src/config/machine.ts";
import { asksAgain } from "../../src/replay/conform/asks-again.ts";
import type { Group } from "../../src/replay/conform/point.ts";
import { POINTS, type PointResult, runConform } from "../../src/replay/conform/run-conform.ts";
import { createHttpWire } from "../../src/replay/conform/wire.ts";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { type Guard, runCli, startGuard } from "./guard-process.ts";
import { type Lie, type Said, startLyingGuard } from "./lying-guard.ts";
import { ask } from "./private-redis.ts";
import { nativeSwipe, newId } from "./swipes.ts";
import { Till } from "./till.ts";

const PATIENCE_MS = 5_000;
const skip = { skip: skipWithoutRedisServer() };

interface Summary {
  readonly points: number;
  readonly passed: number;
  readonly failed: number;
}

/** `guard conform --json`: one line a point, then how many. */
async function conform(
  url: string,
): Promise<{ status: unknown; failed: string[]; summary: Summary }> {
  const { status, stdout } = await runCli(["conform", url, "--json"]);
  const lines = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const points = lines.slice(0, -1) as PointResult[];
  const wrong = points.filter(({ verdict }) => verdict !== "passed");
  const failed = wrong.map(({ group, expects, seen }) => `${group}: ${expects} (${seen})`);
  return { status, failed, summary: lines.at(-1) };
}

/** What the record says of swipes, findings and indicators. */
async function businessEvents(guard: Guard): Promise<string[]> {
  const { stdout } = await runCli(["events", "--json", "--journal"], {
    GUARD_DATA_DIR: guard.dataDir,
  });
  const types = stdout.split("\n").filter((line) => line !== "");
  return types
    .map((line) => JSON.parse(line).type)
    .filter((type) => !/^(policy|reference|list)\./.test(type));
}

t.test(
  "given the embedded memory, a till's whole repertoire is answered as the contract says",
  async (t) => {
    const guard = await startGuard(t.testdir());
    t.teardown(() => guard.stop());
    const { status, failed, summary } = await conform(guard.url);
    t.same(failed, []);
    t.match(summary, { points: POINTS.length, passed: POINTS.length, failed: 0 });
    t.equal(status, 0);
    const { text } = await new Till(guard.url).get("/metrics");
    t.notMatch(text, /^guard_checks_total\{/m, "no check was counted");
    t.match(
      text,
      /^guard_test_pharmacy_requests_total\{op="check"\} [1-9]/m,
      "but that it was there",
    );
    await guard.stop();
    t.same(await businessEvents(guard), [], "and nothing is on record");
  },
);

t.test(
  "given Redis, the same; and what it remembers of others is as it was, byte for byte",
  skip,
  async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    const guard = await startGuard(t.testdir(), { REDIS_URL: redis.url });
    t.teardown(() => guard.stop());
    const till = new Till(guard.url);
    t.teardown(() => till.close());
    for (let number = 0; number < 5; number += 1) {
      const id = newId("beside", number);
      await till.check(nativeSwipe({ id, person: `beside-${number}` }));
      await till.post(`/v1/swipes/${id}/settlement`, { settlementId: id, visitId: id });
    }
    const before = await remembered(redis.port);
    t.not(before.length, 0);
    const events = await businessEvents(guard);

    const { status, failed } = await conform(guard.url);
    t.same(failed, []);
    t.equal(status, 0);
    t.same(await remembered(redis.port), before, "no key of the living memory was touched");
    t.same(await businessEvents(guard), events, "nothing was added to the record");
    t.match(
      await ask(redis.port, "KEYS", "test:*"),
      /test:/,
      "its swipes are in a memory of their own",
    );
  },
);

/** Every key of the living memory and what is in it; not the test pharmacy's, and not what instances say of themselves. */
async function remembered(port: number): Promise<readonly string[]> {
  const keys = (await ask(port, "KEYS", "g*")).split("\r\n").filter((line) => /^g\d/.test(line));
  const living = keys.filter((key) => !key.includes("{control}")).sort();
  return Promise.all(living.map(async (key) => `${key} ${await ask(port, "DUMP", key)}`));
}

const json = (said: Said, change: (body: Record<string, unknown>) => object): Said => ({
  ...said,
  body: JSON.stringify(change(JSON.parse(said.body))),
});
const isCheck = ({ method, path }: { method: string; path: string }) =>
  method === "POST" && path === "/v1/swipes";

/** Each a guard that is wrong in one thing, and the points that must say so. */
const LIES: readonly {
  readonly what: string;
  readonly groups: readonly Group[];
  readonly lie: Lie;
}[] = [
  {
    what: "decides anew on a repeat",
    groups: ["checks", "lost answers"],
    lie: {
      change: (asked, said) =>
        isCheck(asked) && said.status === 200
          ? json(said, (body) => ({
              ...body,
              decidedAt: new Date().toISOString(),
              n: randomBytes(2),
            }))
          : undefined,
    },
  },
  {
    what: "takes other content under a used id",
    groups: ["checks"],
    lie: {
      change: (asked, said) =>
        isCheck(asked) && said.status === 409 ? { ...said, status: 200 } : undefined,
    },
  },
  {
    what: "names no paths in its refusals",
    groups: ["refusals"],
    lie: {
      change: (asked, said) =>
        // It does know the test pharmacy, else nothing would be played.
        isCheck(asked) && said.status === 400 && !said.body.includes("P00000000000 for the test")
          ? json(said, ({ paths: _, ...body }) => body)
          : undefined,
    },
  },
  {
    what: "repeats what it refuses",
    groups: ["refusals"],
    lie: {
      change: (asked, said) =>
        isCheck(asked) && said.status === 400
          ? json(said, (body) => ({ ...body, detail: asked.body }))
          : undefined,
    },
  },
  {
    what: "says settled and forgets it",
    groups: ["afterwards"],
    lie: {
      instead: ({ path }) =>
        path.endsWith("/settlement")
          ? {
              status: 200,
              headers: { "content-type": "application/json" },
              body: JSON.stringify({ swipeId: path.split("/")[3], state: "settled" }),
            }
          : undefined,
    },
  },
  {
    what: "answers an upload but for its last line",
    groups: ["uploads"],
    lie: {
      change: ({ path }, said) =>
        path === "/v1/swipes/batch" && said.status === 200
          ? { ...said, body: said.body.trimEnd().split("\n").slice(0, -1).join("\n") }
          : undefined,
    },
  },
  {
    what: "gives NHSA's envelope times with an offset",
    groups: ["NHSA"],
    lie: {
      change: ({ path }, said) =>
        path.startsWith("/nhsa/")
          ? json(said, (body) => ({ ...body, respond_time: "2026-11-21T10:15:31+08:00" }))
          : undefined,
    },
  },
  {
    what: "is never ready and has no metrics",
    groups: ["doors"],
    lie: {
      change: ({ path }, said) =>
        path === "/readyz" || path === "/metrics" ? { ...said, status: 503, body: "" } : undefined,
    },
  },
];

function play(url: string, points = POINTS): Promise<readonly PointResult[]> {
  const parts = {
    wire: asksAgain(createHttpWire(url, PATIENCE_MS), systemTimers),
    clock: Date,
    random: Math.random,
  };
  return runConform(parts, () => undefined, points);
}

t.test(
  "given a guard that is wrong in one thing, the points about it fail and no others do",
  async (t) => {
    const guard = await startGuard(t.testdir());
    t.teardown(() => guard.stop());
    for (const { what, groups, lie } of LIES) {
      const liar = await startLyingGuard(guard.url, lie);
      const points = POINTS.filter(({ group }) => groups.includes(group));
      const results = await play(liar.url, points);
      const failed = new Set(
        results.filter(({ verdict }) => verdict === "failed").map(({ group }) => group),
      );
      t.same([...failed].sort(), [...groups].sort(), `one that ${what}`);
      t.ok(
        results.every(({ seen }) => !/990000\d{10}/.test(seen ?? "")),
        "nobody's number is told",
      );
      await liar.close();
    }
    const liar = await startLyingGuard(guard.url, LIES[5]?.lie ?? {});
    t.equal((await conform(liar.url)).status, 1, "and the command's exit status says so");
    await liar.close();
  },
);

t.test(
  "given a guard that does not keep the test pharmacy apart, nothing is played at all",
  async (t) => {
    const asked: string[] = [];
    const liar = await startLyingGuard("http://127.0.0.1:1", {
      instead: ({ method, path }) => {
        asked.push(`${method} ${path}`);
        return { status: 200, headers: {}, body: '{"decision":"allow"}' };
      },
    });
    const { status, stderr } = await runCli(["conform", liar.url]);
    t.equal(status, 1);
    t.match(stderr, /test pharmacy P00000000000/);
    t.same(asked, ["POST /v1/swipes"], "one inquiry was asked");
    await liar.close();
    const { status: nobody, stderr: why } = await runCli(["conform", liar.url]);
    t.equal(nobody, 1);
    t.match(why, /ECONNREFUSED/);
  },
);
