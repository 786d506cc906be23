import { appendFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { readJournal } from "../../src/audit/reader.ts";
import { Relay, type Sink } from "../../src/audit/relay.ts";
import { positionFile } from "../../src/audit/relay-position.ts";
import { listSegments, segmentPath } from "../../src/audit/segments.ts";
import { eventOf, idsIn, line, type Opened, open, realTimers, until } from "./support.ts";

/** A folder with records a:1 to a:count, closed as it should be. */
async function written(t: Test, count: number, segmentBytes = 1_000_000): Promise<string> {
  const folder = t.testdir();
  const { journal } = await open(folder, { segmentBytes });
  for (let i = 1; i <= count; i++) await journal.append([line("a", i)]);
  await journal.close();
  return folder;
}

/** Opens what a fault left, goes on with `b:1`, and says what is there then. */
async function goOn(folder: string): Promise<Opened & { readonly ids: readonly string[] }> {
  const opened = await open(folder);
  await opened.journal.append([line("b", 1)]);
  await opened.journal.close();
  return { ...opened, ids: await idsIn(folder) };
}

const reasons = ({ notices }: Opened) =>
  notices.of("journal.failed").map(({ labels }) => labels?.["reason"]);

interface Read {
  readonly ids: readonly string[];
  readonly lost: number;
}

async function readAll(folder: string): Promise<Read> {
  const ids: string[] = [];
  let lost = 0;
  const onLost = (records: number) => {
    lost += records;
  };
  for await (const { record: read } of readJournal({ folder, onLost })) ids.push(read.event.id);
  return { ids, lost };
}

/** A sink that keeps what it is given, and a relay to it that is stopped once all is sent. */
async function relayed(opened: Opened, folder: string): Promise<string[]> {
  const sent: string[] = [];
  const sink: Sink = {
    send: async (batch) => {
      sent.push(...batch.map((each) => eventOf(each).id));
    },
    close: async () => undefined,
  };
  const { journal, notices } = opened;
  const relay = new Relay({ journal, folder, sink, timers: realTimers, observer: notices });
  relay.start();
  await relay.stop(10_000);
  return sent;
}

t.test("a last record cut at any byte is gone whole, and the record goes on behind", async (t) => {
  const folder = await written(t, 3);
  const path = segmentPath(folder, 1);
  const whole = readFileSync(path);
  const lastBegins = whole.lastIndexOf("\n", whole.length - 2) + 1;
  for (let length = lastBegins; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    const { ids, ...opened } = await goOn(folder);
    const expected = length === lastBegins ? [] : ["torn"];
    t.same([ids, reasons(opened)], [["a:1", "a:2", "b:1"], expected], `cut at byte ${length}`);
  }
});

t.test("whatever a power loss left behind the last sound record is cut off", async (t) => {
  const tails: Record<string, Buffer> = {
    "zeros of one block": Buffer.alloc(4_096),
    "zeros beyond the greatest record, as a file grown before its data": Buffer.alloc(5_000_000),
    "zeros, then a newline": Buffer.concat([Buffer.alloc(3_000_000), Buffer.from("\n")]),
    "an old block with half lines": Buffer.from('nt":1}}\n{"topic":"x"}\n17\n"text"\nnull\n{"to'),
    "nothing but newlines": Buffer.alloc(20_000, "\n"),
    "bytes of any kind": Buffer.from(Array.from({ length: 9_000 }, (_, i) => (i * 7) % 256)),
  };
  for (const [name, tail] of Object.entries(tails)) {
    const folder = await written(t, 3);
    appendFileSync(segmentPath(folder, 1), tail);
    const { ids, ...opened } = await goOn(folder);
    t.same(ids, ["a:1", "a:2", "a:3", "b:1"], name);
    t.match(opened.notices.of("journal.failed"), [
      { labels: { reason: "torn" }, value: tail.length, level: "error" },
    ]);
    rmSync(folder, { recursive: true });
  }
});

t.test("a segment of which nothing is sound is begun again", async (t) => {
  const folder = await written(t, 3);
  writeFileSync(segmentPath(folder, 1), Buffer.alloc(300));
  const { ids, ...opened } = await goOn(folder);
  t.same([ids, reasons(opened)], [["b:1"], ["torn"]]);
});

t.test("damage in the middle is counted by whoever reads, and costs no other record", async (t) => {
  const folder = await written(t, 5);
  const path = segmentPath(folder, 1);
  const lines = readFileSync(path, "utf8").split("\n");
  lines[2] = "\0".repeat(lines[2]?.length ?? 0);
  writeFileSync(path, lines.join("\n"));
  t.same(await readAll(folder), { ids: ["a:1", "a:2", "a:4", "a:5"], lost: 1 });
  const opened = await open(folder, { relayed: true });
  t.same(await relayed(opened, folder), ["a:1", "a:2", "a:4", "a:5"]);
  t.match(opened.notices.of("journal.failed"), [{ labels: { reason: "lost" }, value: 1 }]);
  await opened.journal.close();
});

t.test("a missing segment in the middle is said with the number of its records", async (t) => {
  const folder = await written(t, 30, 1_000);
  const [, second = 0, third = 0] = await listSegments(folder);
  rmSync(segmentPath(folder, second));
  const { ids, lost } = await readAll(folder);
  t.equal(lost, third - second);
  t.equal(ids.length, 30 - lost);
  const opened = await open(folder, { relayed: true });
  t.equal((await relayed(opened, folder)).length, 30 - lost);
  t.match(opened.notices.of("journal.failed"), [{ labels: { reason: "lost" }, value: lost }]);
  await opened.journal.close();
});

t.test("a torn position sends everything again, and says so", async (t) => {
  for (const text of [
    "",
    "{",
    '{"segment":1,"off',
    "\0\0\0\0",
    '{"segment":-1,"offset":0,"record":0}',
  ]) {
    const folder = await written(t, 4);
    writeFileSync(join(folder, "relay.position"), text);
    const opened = await open(folder, { relayed: true });
    t.same(await relayed(opened, folder), ["a:1", "a:2", "a:3", "a:4"]);
    t.match(opened.notices.of("relay.failed"), [{ labels: { reason: "unreadable" } }]);
    await opened.journal.close();
  }
});

t.test(
  "given a power loss that took records Kafka has, their numbers are not used again",
  async (t) => {
    const folder = await written(t, 10);
    const before = await open(folder, { relayed: true });
    t.equal((await relayed(before, folder)).length, 10);
    await before.journal.close();
    const path = segmentPath(folder, 1);
    const text = readFileSync(path, "utf8");
    truncateSync(path, text.split("\n").slice(0, 6).join("\n").length + 1);

    const opened = await open(folder, { relayed: true });
    t.match(opened.notices.of("journal.failed"), [{ labels: { reason: "lost" }, value: 4 }]);
    t.equal(opened.journal.end().next, 11, "numbers go on after what was given away");
    for (let i = 1; i <= 3; i++) await opened.journal.append([line("b", i)]);
    t.same(await relayed(opened, folder), ["b:1", "b:2", "b:3"], "what is new, and nothing twice");
    await opened.journal.close();
    t.same((await positionFile(folder).read()).record, 14);

    const { ids, lost } = await readAll(folder);
    t.same(ids, ["a:1", "a:2", "a:3", "a:4", "a:5", "a:6", "b:1", "b:2", "b:3"]);
    t.equal(lost, 4, "whoever reads the journal is told of the gap");
    const again = await open(folder, { relayed: true });
    t.equal(again.journal.end().next, 14, "also after another start");
    t.same(await relayed(again, folder), []);
    t.same(again.notices.of("journal.failed"), []);
    await again.journal.close();
  },
);

t.test(
  "a reader that stood still while its segments went is told how many it missed",
  async (t) => {
    const folder = t.testdir();
    const limits = { maxBytes: 20_000, maxDays: 30 };
    const { journal } = await open(folder, { limits });
    await journal.append([line("a", 1)]);
    const stop = new AbortController();
    const seen: string[] = [];
    let missed = 0;
    let goFurther: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      goFurther = resolve;
    });
    const following = (async () => {
      const follow = { timers: realTimers, signal: stop.signal };
      const onLost = (records: number) => {
        missed += records;
      };
      for await (const { record: read } of readJournal({ folder, follow, onLost })) {
        seen.push(read.event.id);
        if (seen.length === 1) await held;
      }
    })();
    await until(() => seen.length === 1);
    for (let i = 2; i <= 300; i++) await journal.append([line("a", i)]);
    t.ok(
      journal.health().bytes <= limits.maxBytes + 3_000,
      "an open reader keeps nothing from going",
    );
    t.ok(journal.end().oldest > 100);
    goFurther();
    const kept = await readAll(folder);
    await until(() => seen.at(-1) === kept.ids.at(-1));
    stop.abort();
    await following;
    await journal.close();
    // Without Kafka each removal is an event too: it has a number like every other record.
    const numbered = journal.end().next - 1;
    t.equal(seen.length + missed, numbered, `${seen.length} seen and ${missed} missed are all`);
    t.equal(new Set(seen).size, seen.length, "none twice");
  },
);
