import { mkdtempSync, rmSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { skipWithoutRedisServer, startRedis, type TestRedis } from "../services/redis.ts";
import { auditOf } from "./cluster-audit.ts";
import { faultRow } from "./fault-row.ts";
import { eventually, type Guard, startGuard } from "./guard-process.ts";
import { ask } from "./private-redis.ts";
import {
  cutInTheMiddle,
  doubled,
  halved,
  type Meddler,
  noise,
  otherShapes,
  proxyRedis,
  type RedisProxy,
  swallowing,
} from "./redis-proxy.ts";
import {
  type Burst,
  DEADLINE_MS,
  load,
  modes,
  plainSwipes,
  recovered,
  within,
} from "./store-load.ts";
import { type Answer, Till } from "./till.ts";

const CHECKS = 60;
const EVERY_MS = 8;
const skip = { skip: skipWithoutRedisServer() };

interface World {
  readonly redis: TestRedis;
  readonly proxy: RedisProxy;
  readonly guard: Guard;
  readonly till: Till;
}

interface Fault {
  readonly name: string;
  readonly made: string;
  /** What `readyz` says of it, where that does not change from moment to moment. */
  readonly says?: RegExp;
  make(world: World): Promise<void> | void;
  mend(world: World): Promise<void> | void;
  /** Some answers are full: what came through whole is used. */
  readonly someFull?: boolean;
}

const command = (...words: readonly string[]) => {
  return async ({ redis }: World) => void (await ask(redis.port, ...words));
};

/** What a proxy between the guard and Redis does. */
function wire(name: string, made: string, how: () => Meddler): Fault {
  return {
    ...{ name, made: `a proxy ${made}`, someFull: true },
    make: ({ proxy }) => proxy.meddle(how()),
    mend: ({ proxy }) => proxy.meddle(undefined),
  };
}

const WIRE_FAULTS: readonly Fault[] = [
  {
    ...{ name: "Redis slow by 10 ms", made: "a proxy delays replies" },
    make: ({ proxy }) => proxy.slow(10),
    mend: ({ proxy }) => proxy.slow(0),
    someFull: true,
  },
  {
    ...{ name: "Redis slow by 40 ms", made: "a proxy delays replies" },
    make: ({ proxy }) => proxy.slow(40),
    mend: ({ proxy }) => proxy.slow(0),
    // Just in time, where the machine gives the guard a late turn.
    someFull: true,
  },
  {
    ...{ name: "Redis slow by 200 ms", made: "a proxy delays replies", says: /too late/ },
    make: ({ proxy }) => proxy.slow(200),
    mend: ({ proxy }) => proxy.slow(0),
  },
  wire("connections cut mid-reply", "cuts every third reply in half and hangs up", () =>
    cutInTheMiddle(3),
  ),
  wire("noise instead of replies", "says random bytes", () => noise),
  wire("half replies", "says half of each reply", () => halved),
  wire("replies twice", "says everything twice", () => doubled),
  wire("replies lost", "swallows every fourth reply", () => swallowing(4)),
  wire("replies of another shape", "answers well-formed nonsense", otherShapes),
];

t.test("whatever stands between the guard and Redis", skip, async (t) => {
  const world = await open(t);
  for (const [index, fault] of WIRE_FAULTS.entries()) {
    await t.test(fault.name, (t) => suffer(t, world, fault, index * CHECKS));
  }
});

/** Connections that the test itself holds. */
class Held {
  private readonly sockets: Socket[] = [];
  async hold(port: number, words: readonly string[] = ["PING"]): Promise<void> {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("error", () => undefined);
    this.sockets.push(socket);
    const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
    await new Promise<void>((resolve) => {
      socket.write(`*${words.length}\r\n${parts.join("")}`, () => resolve());
    });
  }
  end(): void {
    for (const socket of this.sockets.splice(0)) socket.destroy();
  }
}

const held = new Held();
const SERVER_FAULTS: readonly Fault[] = [
  {
    ...{ name: "Redis out of memory", made: "maxmemory 1", says: /out of memory/ },
    make: command("CONFIG", "SET", "maxmemory", "1"),
    mend: command("CONFIG", "SET", "maxmemory", "0"),
  },
  {
    ...{ name: "Redis read-only", made: "REPLICAOF nobody", says: /read-only replica/ },
    make: command("REPLICAOF", "127.0.0.1", "1"),
    mend: command("REPLICAOF", "NO", "ONE"),
  },
  {
    ...{ name: "password changed", made: "requirepass, connections cut", says: /credentials/ },
    make: async (world) => {
      await ask(world.redis.port, "CONFIG", "SET", "requirepass", "other");
      world.proxy.cut();
    },
    mend: async ({ redis }) => {
      await held.hold(redis.port, ["AUTH", "other"]);
      held.end();
      await askAs(redis.port, "other", "CONFIG", "SET", "requirepass", "");
    },
  },
  {
    ...{ name: "permission withdrawn", made: "ACL -evalsha -eval", says: /NOPERM/ },
    make: command("ACL", "SETUSER", "default", "-evalsha", "-eval"),
    mend: command("ACL", "SETUSER", "default", "+@all"),
  },
  {
    ...{
      name: "Redis busy",
      made: "another client's endless script",
      says: /another client's script/,
    },
    make: async ({ redis }) => {
      await ask(redis.port, "CONFIG", "SET", "busy-reply-threshold", "50");
      await held.hold(redis.port, ["EVAL", "while true do end", "0"]);
    },
    mend: async (world) => {
      await command("SCRIPT", "KILL")(world);
      held.end();
    },
  },
  {
    ...{ name: "Redis without room", made: "maxclients, connections cut", says: /maxclients/ },
    make: async ({ redis, proxy }) => {
      await held.hold(redis.port);
      await ask(redis.port, "CONFIG", "SET", "maxclients", "1");
      proxy.cut();
    },
    mend: async ({ redis }) => {
      held.end();
      await eventually(async () =>
        (await ask(redis.port, "CONFIG", "SET", "maxclients", "10000")).startsWith("+OK"),
      );
    },
  },
  {
    ...{ name: "Redis loading", made: "DEBUG RELOAD, slowed", says: /loading/ },
    make: async ({ redis }) => {
      await ask(redis.port, "CONFIG", "SET", "key-load-delay", "1500");
      await held.hold(redis.port, ["DEBUG", "RELOAD"]);
      await eventually(async () => (await ask(redis.port, "PING")).startsWith("-LOADING"));
    },
    mend: async ({ redis }) => {
      await eventually(async () => (await ask(redis.port, "PING")).startsWith("+PONG"));
      held.end();
    },
  },
  {
    ...{ name: "Redis' disk gone", made: "its folder removed, BGSAVE", says: /MISCONF/ },
    make: async (world) => {
      await ask(world.redis.port, "CONFIG", "SET", "save", "3600 1");
      await ask(world.redis.port, "BGSAVE");
      const failed = async () => {
        const info = await ask(world.redis.port, "INFO", "persistence");
        return info.includes("rdb_last_bgsave_status:err");
      };
      await eventually(failed);
    },
    mend: command("CONFIG", "SET", "save", ""),
  },
];

function askAs(port: number, password: string, ...words: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    let said = "";
    socket.on("data", (bytes) => {
      said += bytes.toString();
    });
    socket.on("close", () => resolve(said));
    const encoded = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join("");
    socket.write(`AUTH ${password}\r\n*${words.length}\r\n${encoded}QUIT\r\n`);
  });
}

t.test("whatever Redis itself refuses", skip, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "guard-redis-gone-"));
  const world = await open(t, [
    ...["--dir", folder, "--enable-debug-command", "yes"],
    ...["--loading-process-events-interval-bytes", "1024"],
  ]);
  for (const [index, fault] of SERVER_FAULTS.entries()) {
    if (fault.name === "Redis' disk gone") rmSync(folder, { recursive: true, force: true });
    await t.test(fault.name, (t) => suffer(t, world, fault, index * CHECKS));
  }
});

async function open(t: Test, args: readonly string[] = []): Promise<World> {
  const redis = await startRedis({ args });
  const proxy = await proxyRedis(redis.port);
  const guard = await startGuard(t.testdir(), { REDIS_URL: proxy.url });
  const till = new Till(guard.url);
  await till.open(8);
  t.teardown(async () => {
    held.end();
    till.close();
    await guard.kill();
    await proxy.close();
    await redis.stop();
  });
  await recovered(till, "begun");
  return { redis, proxy, guard, till };
}

/** One fault under load: made, endured, mended, recovered from, and audited. */
async function suffer(t: Test, world: World, fault: Fault, first: number): Promise<void> {
  const { redis, till, guard } = world;
  const name = initialsOf(fault.name);
  const linesBefore = storeLines(guard).length;
  await fault.make(world);
  const asked = plainSwipes(name, CHECKS, first);
  const during = await load(till, asked, EVERY_MS);
  const slowestMs = within(t, during, fault.name);
  t.comment(`${fault.name}: ${JSON.stringify(modes(during.answers))}`);
  answersAreSound(t, during, fault);
  // Itself overloaded for a moment it is 503; a store that is away never makes it that.
  await eventually(async () => (await till.get("/readyz")).status === 200);
  const ready = await till.get("/readyz");
  const said = ready.body.degraded?.find((ailment) => ailment.name === "redis")?.reason ?? "";
  if (fault.says !== undefined) t.match(said, fault.says, "readyz says why");

  await fault.mend(world);
  const recoveredMs = await recovered(till, name);
  const lines = storeLines(guard).slice(linesBefore);
  t.ok(lines.length <= 6, `a line a change and not a check: ${lines.join(" | ")}`);
  const ids = during.swipes.filter((_, index) => during.answers[index]?.status === 200);
  const audit = await wholeAudit(
    redis,
    ids.map(({ swipeId }) => String(swipeId)),
  );
  t.same(audit.twice, [], "nothing is counted twice");
  t.same(audit.lost, [], "what was answered is entered");
  t.comment(`${fault.name}: full again ${recoveredMs.toFixed(0)} ms after it was mended`);
  faultRow({
    ...{ fault: fault.name, made: fault.made, runs: 1, requests: asked.length },
    ...{ lost: audit.lost.length, countedTwice: audit.twice.length },
    ...{ slowestMs, deadlineMs: DEADLINE_MS },
  });
}

/** Ids and names have little room. */
const initialsOf = (name: string) => name.toLowerCase().replaceAll(/\B[a-z']+| /g, "");

/** Stand-ins are entered behind the answers. */
async function wholeAudit(redis: TestRedis, ids: readonly string[]) {
  let audit = await auditOf([redis], ids);
  await eventually(async () => {
    audit = await auditOf([redis], ids);
    return audit.lost.length === 0 || audit.twice.length > 0;
  });
  return audit;
}

/** Never an error, and a decision only from what is known to be this person's own. */
function answersAreSound(t: Test, { answers, lagMs }: Burst, fault: Fault): void {
  const isSound = ({ status, body }: Answer) => {
    const rules = (body.hits ?? []).map(({ rule }) => rule);
    if (body.mode === "standIn") {
      return status === 200 && body.decision === "warn" && rules.join() === "SYS-01";
    }
    return fault.someFull === true && body.mode === "full" && body.decision === "allow";
  };
  const odd = answers.filter((answer) => !isSound(answer));
  const unrecorded = odd.filter(({ body }) => body.code === "journal_unavailable");
  t.ok(unrecorded.length === 0 || lagMs > 10, "the journal was quick enough");
  t.same(
    odd.filter((answer) => !unrecorded.includes(answer)).map(({ text }) => text),
    [],
    "stand-ins that say so, and full answers that are right",
  );
}

/** Log lines about the store's state. */
function storeLines(guard: Guard): string[] {
  return guard
    .said()
    .split("\n")
    .filter((line) => line.includes('"kind":"store.connection"'))
    .map((line) => String((JSON.parse(line) as { msg?: string }).msg));
}
