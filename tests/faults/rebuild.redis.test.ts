import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { readJournal } from "../../src/audit/reader.ts";
import { decodeLedger } from "../../src/counters/ledger-layout.ts";
import type { RedisConnection } from "../../src/counters/redis/redis-connection.ts";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { delay } from "../services/service-process.ts";
import { faultRow } from "./fault-row.ts";
import { runCli, type Settings, startCli, startGuard } from "./guard-process.ts";
import {
  differences,
  dumpMemory,
  keysOf,
  type MemoryDump,
  openDumps,
  sequences,
} from "./memory-dump.ts";
import { type Errand, KINDS, playErrand } from "./mixed-sales.ts";
import { type Answer, Till } from "./till.ts";

const skip = skipWithoutRedisServer();
// Most of a rebuild is waiting until every instance must have followed: each test has servers and folders of its own.
t.jobs = 4;
/** Between two rounds of the tills, so that the rebuild has a part of the machine too. */
const BREATH_MS = 150;
/** A generous deadline: these tests are about what is remembered, not about lateness. */
const UNHURRIED: Settings = { GUARD_DEADLINE_MS: "4000", LOG_LEVEL: "warn" };

function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), "guard-rebuild-"));
  t.teardown(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

async function serve(t: Test, dataDir: string, url: string) {
  const guard = await startGuard(dataDir, { ...UNHURRIED, REDIS_URL: url });
  const till = new Till(guard.url);
  t.teardown(async () => {
    till.close();
    await guard.kill();
  });
  return { guard, till };
}

/** Errands through the tills in turn, some at once. */
async function play(tills: readonly Till[], from: number, count: number): Promise<Errand[]> {
  const errands: Errand[] = [];
  for (let number = from; number < from + count; number += 8) {
    const some = Array.from({ length: Math.min(8, from + count - number) }, (_, index) => {
      const till = tills[(number + index) % tills.length];
      if (till === undefined) throw new Error("no till");
      return playErrand(till, number + index);
    });
    errands.push(...(await Promise.all(some)));
  }
  return errands;
}

/** The highest sequence that was recorded of each person: what comes later must be above it. */
async function recordedSequences(folders: readonly string[]): Promise<Map<string, number>> {
  const highest = new Map<string, number>();
  for (const folder of folders) {
    for await (const { record } of readJournal({ folder: join(folder, "journal") })) {
      const { data } = record.event;
      if (!("personSeq" in data)) continue;
      const ledger = `{p${data.person}}l`;
      highest.set(ledger, Math.max(highest.get(ledger) ?? 0, data.personSeq));
    }
  }
  return highest;
}

/** Told again, word for word, by a till that lost its answer. */
async function repeated(till: Till, errand: Errand): Promise<boolean> {
  const isNhsa = "infno" in errand.check;
  const path = isNhsa ? "/nhsa/2102" : "/v1/swipes";
  const { body, text } = await till.post(path, errand.check);
  if (!isNhsa) return isSame(body, errand.told);
  return withoutTimes(text) === withoutTimes(errand.told.text);
}

function isSame(one: Answer["body"], { body: other }: Answer): boolean {
  const said = ({ decision, mode, hits, policy, decidedAt }: Answer["body"]) =>
    JSON.stringify([decision, mode, hits, policy, decidedAt]);
  return said(one) === said(other);
}

function withoutTimes(text: string): string {
  return text.replace(/"(?:refmsg_time|respond_time)":"[^"]*"/g, "");
}

t.test("what a store lost comes back from the record, to the byte", { skip }, async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const [one, other] = [folder(t), folder(t)];
  const [first, second] = await Promise.all([serve(t, one, redis.url), serve(t, other, redis.url)]);
  const errands = await play([first.till, second.till], 0, 10 * KINDS);
  t.same(
    [...new Set(errands.flatMap(({ answers }) => answers.map(({ status }) => status)))],
    [200],
  );
  const connection = await openDumps(redis.url);
  t.teardown(() => connection.close());
  const before = await dumpMemory(connection, "g1");
  let lost = 0;
  for (const [index, key] of [...before.keys()].entries()) {
    if (index % 3 !== 0) continue;
    await connection.send("DEL", [`g1:${key}`]);
    lost += 1;
  }
  for (const document of ["keys", "fingerprint"])
    t.equal(await connection.send("DEL", [`g1:{control}${document}`]), 1);

  const settings = { GUARD_DATA_DIR: one, REDIS_URL: redis.url };
  const ran = await runCli(["rebuild", "--journal", one, other, "--json"], settings);

  t.equal(ran.status, 0, ran.stderr);
  t.same(await keysOf(connection, "g1:{p"), [], "the memory before is removed");
  const documents = await keysOf(connection, "g1:");
  t.same(
    documents.filter((key) => !key.includes("{control}")),
    [],
  );
  for (const document of ["keys", "fingerprint", "generations"])
    t.ok(documents.includes(`g1:{control}${document}`), `the document ${document} is there again`);
  const report = JSON.parse(ran.stdout || "{}");
  t.ok(report.compared?.cameBack > 0, "purchases came back");
  t.equal(report.compared?.missing, 0);
  const after = await dumpMemory(connection, "g2");
  const apart = differences(before, after);
  for (const name of apart) t.comment(name, told(before, name), told(after, name));
  t.same(apart, [], `${before.size} keys, ${lost} of them lost, ${apart.length} differ`);
  const sequence = await sequences(connection, "g2");
  const recorded = await recordedSequences([one, other]);
  const behind = [...recorded].filter(([person, seq]) => (sequence.get(person) ?? 0) < seq);
  t.same(behind, [], "every person's sequence goes on from what was recorded");
  const alike = await Promise.all(errands.map((errand) => repeated(second.till, errand)));
  t.same(alike.filter((same) => !same).length, 0, "a repeat gets what its till was told");
  faultRow({
    fault: "a failover loses a third of the memory",
    made: "a third of all keys deleted; guard rebuild from two instances' journals",
    runs: 1,
    requests: errands.flatMap(({ answers }) => answers).length,
    lost: apart.length,
    countedTwice: apart.length,
  });
});

t.test("an empty store is filled again while tills go on", { skip }, async (t) => {
  const started = await startRedis();
  t.teardown(() => started.stop());
  const [one, other] = [folder(t), folder(t)];
  const guards = [serve(t, one, started.url), serve(t, other, started.url)] as const;
  const [{ till: here }, { till: there }] = await Promise.all(guards);
  const tills = [here, there] as const;
  const past = await play(tills, 0, 8 * KINDS);
  await started.stop();
  const redis = await startRedis({ port: started.port });
  t.teardown(() => redis.stop());
  const live: Errand[] = [];
  let isOver = false;
  const load = (async () => {
    for (let from = 1_000; !isOver; from += KINDS) {
      live.push(...(await play(tills, from, KINDS)));
      await delay(BREATH_MS);
    }
  })();
  const settings = { GUARD_DATA_DIR: one, REDIS_URL: redis.url };
  const command = ["rebuild", "--journal", one, other, "--json"];

  const ran = await runCli([...command, "--keep-old"], settings);
  const ended = live.length;
  while (live.length < ended + 2 * KINDS) await delay(50);
  isOver = true;
  await load;

  t.equal(ran.status, 0, ran.stderr);
  const answers = live.flatMap((errand) => errand.answers);
  t.same([...new Set(answers.map(({ status }) => status))], [200]);
  const asked = [...past, ...live.slice(0, 320)];
  for (let from = 0; from < asked.length; from += KINDS) {
    const some = asked.slice(from, from + KINDS);
    const alike = await Promise.all(
      some.map((errand) => repeated(tills[errand.person % 2 === 0 ? 1 : 0], errand)),
    );
    t.notOk(alike.includes(false), "a repeat gets what its till was told");
  }
  const connection = await openDumps(redis.url);
  t.teardown(() => connection.close());
  const living = await dumpMemory(connection, "g2");
  t.ok((await keysOf(connection, "g1:{p")).length > 0, "the memory before is kept as asked");
  const proof = await runCli(command, settings);
  t.equal(proof.status, 0, proof.stderr);
  const left = [...(await keysOf(connection, "g1:{p")), ...(await keysOf(connection, "g2:"))];
  t.same(left, [], "and removed by the next rebuild");
  const recorded = await dumpMemory(connection, "g3");
  const apart = differences(living, recorded);
  for (const line of apart) t.comment(line, told(living, line), told(recorded, line));
  t.same(apart, [], "what was written live is what the record tells of");
  const slowest = Math.max(...live.map(({ told }) => told.ms));
  t.comment(`${live.length} errands while it ran; ${ran.stdout}`);
  faultRow({
    fault: "Redis comes back empty",
    made: "Redis killed and started anew without its data; guard rebuild while tills go on",
    runs: 1,
    requests: answers.length + past.flatMap((errand) => errand.answers).length,
    lost: apart.length,
    countedTwice: apart.length,
    slowestMs: Math.round(slowest),
    deadlineMs: Number(UNHURRIED["GUARD_DEADLINE_MS"]),
  });
});

/** What a ledger says, for whoever has to find out why two differ. */
function told(dump: MemoryDump, difference: string): string {
  const name = difference.replace(/: .*$/, "");
  const text = dump.get(name) ?? "";
  if (!name.endsWith("}l")) return Buffer.from(text, "latin1").toString("base64url");
  const entries = decodeLedger(Buffer.from(`\0\0\0\0${text}`, "latin1"));
  return JSON.stringify(entries.map((entry) => ({ ...entry, swipe: base64url(entry.swipe) })));
}

function base64url(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("base64url");
}

/** Until the store's document of generations says so. */
async function untilPhase(connection: RedisConnection, phase: string): Promise<void> {
  for (;;) {
    const text = await connection.send("GET", ["g1:{control}generations"]);
    if (Buffer.isBuffer(text) && text.toString().includes(`"phase":"${phase}"`)) return;
    await delay(20);
  }
}

t.test("a rebuild that ends half way leaves the memory as it was", { skip }, async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const one = folder(t);
  const { till } = await serve(t, one, redis.url);
  const errands = await play([till], 0, 3 * KINDS);
  const connection = await openDumps(redis.url);
  t.teardown(() => connection.close());
  const before = await dumpMemory(connection, "g1");
  const settings = { GUARD_DATA_DIR: one, REDIS_URL: redis.url };

  const killed = startCli(["rebuild"], settings);
  await untilPhase(connection, "mirrored");
  // Held up here, so that it goes no further before it dies.
  killed.signal("SIGSTOP");
  const { body } = await till.get("/readyz");
  t.ok(
    body.degraded?.some(({ name }) => name === "rebuild"),
    "readyz tells of it",
  );
  const second = await runCli(["rebuild"], settings);
  t.equal(second.status, 1);
  t.match(second.stderr, /^guard: Another rebuild of this memory is running/);
  killed.signal("SIGKILL");
  await killed.ended;
  t.same(differences(before, await dumpMemory(connection, "g1")), [], "after kill -9");
  await connection.send("DEL", ["g1:{control}rebuild"]);

  const interrupted = startCli(["rebuild"], settings);
  await untilPhase(connection, "steady");
  await untilPhase(connection, "mirrored");
  interrupted.signal("SIGINT");
  const { status, stderr } = await interrupted.ended;
  t.equal(status, 130);
  t.match(stderr, /^guard: The rebuild was interrupted/);
  t.same(await keysOf(connection, "g2:"), [], "what was half filled is gone");
  t.same(differences(before, await dumpMemory(connection, "g1")), [], "after Ctrl-C");

  const elsewhere = await runCli(["rebuild"], { ...settings, GUARD_DATA_DIR: folder(t) });
  t.equal(elsewhere.status, 1);
  t.match(elsewhere.stderr, /^guard: No record can be read from/);
  rmSync(join(one, "journal", "0000000000000001.ndjson"));
  const empty = await runCli(["rebuild"], settings);
  t.equal(empty.status, 1);
  t.match(empty.stderr, /^guard: There are no records in/);
  t.same(differences(before, await dumpMemory(connection, "g1")), [], "nor by a refusal");
  t.equal(
    (await Promise.all(errands.map((errand) => repeated(till, errand)))).includes(false),
    false,
  );
  faultRow({
    fault: "a rebuild is killed or interrupted",
    made: "kill -9 while both generations are written; Ctrl-C while it fills; a record that is gone",
    runs: 4,
    requests: 2 * errands.length,
    lost: 0,
    countedTwice: 0,
  });
});

t.test("the embedded memory of a stopped guard is built again", async (t) => {
  const dataDir = folder(t);
  const settings = { ...UNHURRIED };
  const before = await startGuard(dataDir, settings);
  const till = new Till(before.url);
  const errands = await play([till], 0, 3 * KINDS);
  const running = await runCli(["rebuild"], { GUARD_DATA_DIR: dataDir });
  t.equal(running.status, 1, "not while it runs");
  till.close();
  await before.stop();
  await withLessThanEverything(t, dataDir);
  rmSync(join(dataDir, "memory"), { recursive: true, force: true });
  for (const file of readdirSync(dataDir))
    if (file.startsWith("memory")) rmSync(join(dataDir, file));

  const ran = await runCli(["rebuild", "--json"], { GUARD_DATA_DIR: dataDir });
  t.equal(ran.status, 0, ran.stderr);
  t.equal(JSON.parse(ran.stdout || "{}").living, "g2");

  const after = await startGuard(dataDir, settings);
  const again = new Till(after.url);
  t.teardown(async () => {
    again.close();
    await after.kill();
  });
  const alike = await Promise.all(errands.map((errand) => repeated(again, errand)));
  t.equal(alike.includes(false), false, "a repeat gets what its till was told");
});

/** A dry run, a record that ends too early, and the same with its gaps accepted. */
async function withLessThanEverything(t: Test, dataDir: string): Promise<void> {
  const settings = { GUARD_DATA_DIR: dataDir };
  const dry = await runCli(["rebuild", "--dry-run"], settings);
  t.equal(dry.status, 0, dry.stderr);
  t.match(dry.stdout, /^Nothing was changed \(dry run\): generation g1 lives\.\n/);
  t.match(dry.stdout, /0 swipes came back, 0 are not in the record, 0 stand otherwise/);

  const cut = folder(t);
  cpSync(join(dataDir, "journal"), join(cut, "journal"), { recursive: true });
  const segment = join(cut, "journal", "0000000000000001.ndjson");
  const lines = readFileSync(segment, "utf8").split("\n");
  writeFileSync(segment, `${lines.slice(0, lines.length / 2).join("\n")}\n`);
  const refused = await runCli(["rebuild", "--journal", cut], settings);
  t.equal(refused.status, 1);
  t.match(refused.stderr, /^guard: The record \(.*\) is not whole: the memory has [1-9]\d* swipes/);
  const accepted = await runCli(["rebuild", "--journal", cut, "--accept-gaps"], settings);
  t.equal(accepted.status, 0, accepted.stderr);
  t.match(accepted.stdout, /^The memory was rebuilt: generation g2 has taken the place of g1\.\n/);
  t.match(accepted.stdout, /, [1-9]\d* are not in the record/);
}
