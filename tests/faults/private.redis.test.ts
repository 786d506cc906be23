import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { join, relative } from "node:path";
import t, { type Test } from "tap";
import { packageRoot } from "../../src/config/package-root.ts";
import { pseudonymiserOf } from "../../src/control/own-keys.ts";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { freePort } from "../services/service-process.ts";
import { eventually, type Guard, startGuard } from "./guard-process.ts";
import { ask } from "./private-redis.ts";
import { clearForms, digestForms, digestsOf, Search, Telltales } from "./telltale.ts";
import { checkOf, everyMessage, KEPT_IN_CLEAR, type Sent, someSales } from "./telltale-messages.ts";
import { tapWire } from "./wire-tap.ts";

/** Everything an outsider could lay hands on, by where it was. */
type Left = Map<string, Buffer>;

/** One request on a connection of its own; every byte that comes back, headers too. */
function send(guard: Guard, sent: Sent): Promise<Buffer> {
  const { hostname, port } = new URL(guard.url);
  const body = Buffer.from(sent.body ?? "");
  const lines = [
    `${sent.method ?? "POST"} ${sent.path} HTTP/1.1`,
    ...["host: guard", "connection: close", `content-type: ${sent.type ?? "application/json"}`],
    ...Object.entries(sent.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    `content-length: ${body.length}`,
  ];
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on("data", (chunk) => chunks.push(chunk));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(Buffer.concat(chunks)));
    socket.write(
      sent.raw === undefined
        ? Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body])
        : Buffer.from(sent.raw, "latin1"),
    );
  });
}

async function sendAll(guard: Guard, all: readonly Sent[], left: Left): Promise<number[]> {
  const statuses: number[] = [];
  for (const [index, sent] of all.entries()) {
    const answer = await send(guard, sent);
    left.set(`answer ${left.size}.${index} to ${sent.method ?? "POST"}`, answer);
    statuses.push(Number(/^HTTP\/1\.1 (\d+)/.exec(answer.toString("latin1"))?.[1] ?? 0));
  }
  return statuses;
}

async function watch(guard: Guard, left: Left): Promise<void> {
  for (const path of ["/metrics", "/readyz", "/healthz"]) {
    left.set(path, await send(guard, { method: "GET", path }));
  }
}

/** Every file of a data folder, the log among them; the key itself is what may not be there for others. */
function readFolder(folder: string, left: Left): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const path = join(folder, name);
    if (name === "keys.json" || !statSync(path).isFile()) continue;
    left.set(`file ${relative(folder, path)}`, readFileSync(path));
  }
}

const READ: Readonly<Record<string, (key: string) => readonly string[]>> = {
  string: (key) => ["GET", key],
  hash: (key) => ["HGETALL", key],
  list: (key) => ["LRANGE", key, "0", "-1"],
  set: (key) => ["SMEMBERS", key],
  zset: (key) => ["ZRANGE", key, "0", "-1", "WITHSCORES"],
};

async function readRedis(port: number, left: Left): Promise<number> {
  const listed = await ask(port, "SCAN", "0", "COUNT", "1000000");
  left.set("Redis: names of keys", Buffer.from(listed, "latin1"));
  const keys = [...listed.matchAll(/\$\d+\r\n([^\r]+)\r\n/g)].map(([, key = ""]) => key).slice(1);
  const size = Number(/:(\d+)/.exec(await ask(port, "DBSIZE"))?.[1]);
  if (keys.length !== size) throw new Error(`${keys.length} of ${size} keys were read`);
  for (const key of keys) {
    const type = (await ask(port, "TYPE", key)).trim().slice(1);
    const words = READ[type]?.(key);
    if (words === undefined) throw new Error(`nobody here can read a ${type}`);
    left.set(`Redis: ${key}`, Buffer.from(await ask(port, ...words), "latin1"));
  }
  return keys.length;
}

/** No identity anywhere, and what may be kept was indeed there to be found. */
function nobodyIsFound(t: Test, left: Left, some: Telltales): void {
  const search = new Search(some.all);
  let bytes = 0;
  for (const [where, haystack] of left) {
    bytes += haystack.length;
    const found = search.in(haystack);
    if (found.length > 0) t.same(found, [], where);
  }
  t.comment(
    `${some.all.length} identities in ${search.size} forms, ${left.size} places, ${bytes} bytes`,
  );
  t.ok(bytes > 250_000 && some.all.length > 300, "there was much to find, and much to look for");
}

const text = (left: Left, where: RegExp) =>
  [...left].filter(([name]) => where.test(name)).map(([, bytes]) => bytes.toString("latin1"));

/** The same persons by the guard's own key: they really are in there. */
function pseudonymsAreFound(t: Test, guard: Guard, left: Left, some: Telltales, memory: RegExp) {
  const keys = readFileSync(join(guard.dataDir, "keys.json"), "utf8");
  const pseudonymiser = pseudonymiserOf(keys);
  const persons = some.all
    .filter(({ kind }) => kind === "person number")
    .map(({ value }) => pseudonymiser.pseudonym("person", value));
  const journal = text(left, /^file journal/).join();
  const kept = text(left, memory).join();
  const inJournal = persons.filter((person) => journal.includes(person));
  t.ok(inJournal.length >= 10, `${inJournal.length} persons in the journal by pseudonym`);
  const inMemory = inJournal.filter((person) => kept.includes(person));
  t.ok(inMemory.length >= 8, `${inMemory.length} of them in the memory`);
  for (const clear of KEPT_IN_CLEAR) t.ok(journal.includes(clear), `the journal has ${clear}`);
  t.ok(journal.includes('"product":"8338652"'), "and the product of a trace code");
}

function wereVaried(t: Test, statuses: readonly number[]): void {
  const counts: Record<string, number> = {};
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1;
  t.comment(`answers: ${JSON.stringify(counts)}`);
  for (const status of [200, 400, 404, 409, 413, 415, 431]) t.ok(counts[status], `some ${status}`);
}

function findsEveryForm(t: Test, search: Search, value: string): void {
  const finds = (bytes: Buffer, what: string) => {
    const hidden = Buffer.concat([Buffer.from("…\u0000"), bytes, Buffer.from("?")]);
    if (search.in(hidden).length === 0) t.fail(`not found: ${what}`);
  };
  for (const [form, bytes] of clearForms(value)) finds(bytes, form);
  for (const [algorithm, digest] of digestsOf(value)) {
    for (const [form, bytes] of digestForms(digest)) finds(bytes, `${algorithm} ${form}`);
    for (const length of [8, 10, 16, digest.length]) {
      finds(digest.subarray(0, length), `${length} bytes of ${algorithm}`);
    }
  }
  for (const padding of ["", "x", "xy", "xyz"]) {
    const encoded = Buffer.from(`${padding}${value}${padding}`).toString("base64");
    finds(Buffer.from(encoded), "within base64");
  }
}

t.test("the search finds every form of what it looks for, and nothing else", async (t) => {
  const some = new Telltales();
  const values = [some.person(), some.employer(), some.birthDate(), some.traceCode(), some.token()];
  const search = new Search(some.all);
  for (const value of values) findsEveryForm(t, search, value);
  t.same(search.in(Buffer.from(`8338652 ${new Telltales().person()}`)), []);
});

t.test(
  "nobody is found in what a guard on Redis leaves behind",
  {
    skip: skipWithoutRedisServer(),
  },
  async (t) => {
    const redis = await startRedis();
    const wire = await tapWire(redis.port);
    const guard = await startGuard(t.testdir(), {
      REDIS_URL: `redis://127.0.0.1:${wire.port}`,
      // Nobody answers there: records wait, and what the relay says of it is in the log.
      KAFKA_BROKERS: `127.0.0.1:${await freePort()}`,
      GUARD_DEADLINE_MS: "2000",
      LOG_LEVEL: "trace",
    });
    t.teardown(async () => {
      await guard.kill();
      await redis.stop();
    });
    const some = new Telltales();
    const left: Left = new Map();
    wereVaried(t, await sendAll(guard, everyMessage(some), left));
    await ask(redis.port, "CONFIG", "SET", "maxmemory", "1");
    await sendAll(guard, someSales(some), left);
    await ask(redis.port, "CONFIG", "SET", "maxmemory", "0");
    const keys = await readRedis(redis.port, left);
    t.ok(keys > 60, `${keys} keys`);
    left.set(
      "Redis: slow log",
      Buffer.from(await ask(redis.port, "SLOWLOG", "GET", "1000"), "latin1"),
    );
    await watch(guard, left);
    await wire.close();
    const without = await sendAll(guard, someSales(some), left);
    t.notOk(without.includes(0), "everybody is answered without the store");
    await watch(guard, left);
    t.equal(await guard.stop(), "exit status 0");
    left.set("between the guard and Redis", wire.heard());
    readFolder(guard.dataDir, left);
    t.ok(guard.said().includes('"level":"debug"'), "the log was as talkative as it can be");
    nobodyIsFound(t, left, some);
    pseudonymsAreFound(t, guard, left, some, /^Redis: names/);
  },
);

t.test("nor in what a guard with a store of its own leaves behind", async (t) => {
  const some = new Telltales();
  const lists = join(t.testdir(), "reference");
  cpSync(join(packageRoot(), "deploy/reference"), lists, { recursive: true });
  const listed = some.person();
  const list = join(lists, "lists/deceased.csv");
  appendFileSync(list, `${listed},2026-01-01,,${some.name("source")},${some.name("note")}\n`);
  const dataDir = join(t.testdirName, "data");
  const guard = await startGuard(dataDir, { LOG_LEVEL: "trace", GUARD_REFERENCE: lists });
  t.teardown(() => guard.kill());
  const left: Left = new Map();
  wereVaried(t, await sendAll(guard, everyMessage(some), left));
  const denied = await send(guard, checkOf(some, listed));
  t.match(denied.toString(), /IM-04/, "the list names people by the same pseudonyms");
  left.set("answer to the listed", denied);
  await reloadBrokenList(guard, list, some);
  await watch(guard, left);
  // Pages that are free again keep their bytes: also before the stop.
  for (const [where, bytes] of folderOf(guard)) left.set(`running: ${where}`, bytes);
  t.equal(await guard.stop(), "exit status 0");
  readFolder(guard.dataDir, left);
  t.ok([...left.keys()].some((name) => name.startsWith("file memory")));
  nobodyIsFound(t, left, some);
  pseudonymsAreFound(t, guard, left, some, /^file memory/);
});

/** The lists' files hold identities in clear: whatever is wrong in one is told by its line alone. */
async function reloadBrokenList(guard: Guard, list: string, some: Telltales): Promise<void> {
  const rows = [
    `${some.person()},${some.name("name")},,,`,
    `${some.idNumber(some.birthDate())},2026-01-01`,
    `${some.person().repeat(20)},,,,`,
    `"${some.person()},,,,`,
  ];
  for (const [index, row] of rows.entries()) {
    const before = readFileSync(list);
    appendFileSync(list, `${row}\n`);
    guard.signal("SIGHUP");
    await eventually(() => guard.said().split('"bundle.refused"').length - 1 === index + 1);
    writeFileSync(list, before);
  }
}

function folderOf(guard: Guard): Left {
  const left: Left = new Map();
  readFolder(guard.dataDir, left);
  return left;
}
