import { cpSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { systemTimers } from "../../src/config/machine.ts";
import { type ByteShelf, createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createDiskShelf } from "../../src/counters/embedded/disk-shelf.ts";
import { DAY, type EpochMs } from "../../src/units.ts";

const NOW: EpochMs = Date.UTC(2026, 10, 22);
const LATER = NOW + DAY;
/** So small that the file is brought up to date every few commands. */
const TINY = { logBytes: 6_000, tableBytes: 1_000_000 };

/** Of a segment, before its first command. */
const HEAD_BYTES = 16;

const bytes = (text: string) => Buffer.from(text);
const textAt = (shelf: ByteShelf, key: string) => shelf.get(key, NOW)?.toString();
const segmentsOf = (path: string) =>
  readdirSync(path)
    .filter((name) => name.startsWith("ahead-"))
    .sort()
    .map((name) => join(path, name));

/** A command that puts the same text under three keys. */
async function putThree(shelf: ByteShelf, text: string): Promise<void> {
  await shelf.together(() => {
    for (const key of ["a", "b", "c"]) shelf.set(`g1:${key}`, bytes(text), LATER);
  });
}

const three = (shelf: ByteShelf) => ["a", "b", "c"].map((key) => textAt(shelf, `g1:${key}`));

/** What kill -9 leaves: the folder as it is, and nobody closes anything. */
function killed(path: string): string {
  const left = `${path}-killed`;
  cpSync(path, left, { recursive: true });
  return left;
}

t.test(
  "given kill -9, when the folder is opened again, then every answered command is there",
  async (t) => {
    const path = `${t.testdir()}/memory`;
    const shelf = createDiskShelf(path, systemTimers);
    t.teardown(() => shelf.close());
    await putThree(shelf, "first");
    await putThree(shelf, "second");
    await shelf.together(() => shelf.remove("g1:b"));
    const after = createDiskShelf(killed(path), systemTimers);
    t.teardown(() => after.close());
    t.same(three(after), ["second", undefined, "second"]);
    t.same([...after.keys("g1:")].sort(), ["g1:a", "g1:c"]);
    t.equal(after.cut, 0, "nothing was cut off");
  },
);

t.test(
  "given an end cut off anywhere, then whole commands up to the cut are there and no part of another",
  async (t) => {
    const path = `${t.testdir()}/memory`;
    const shelf = createDiskShelf(path, systemTimers);
    t.teardown(() => shelf.close());
    await putThree(shelf, "first");
    const [segment = ""] = segmentsOf(path);
    const first = readFileSync(segment).length;
    await putThree(shelf, "second");
    const whole = readFileSync(segment);
    for (let cut = 0; cut < whole.length; cut += 7) {
      const left = `${path}-${cut}`;
      cpSync(path, left, { recursive: true });
      truncateSync(join(left, segment.slice(path.length)), cut);
      const after = createDiskShelf(left, systemTimers);
      const expected = cut < first ? undefined : "first";
      t.same(three(after), [expected, expected, expected], `${cut} of ${whole.length} bytes`);
      const told = cut < first ? (cut < HEAD_BYTES ? cut : cut - HEAD_BYTES) : cut - first;
      t.equal(after.cut, told, "and it says how much is no whole command");
      await after.close();
    }
  },
);

t.test(
  "given a byte gone wrong, then what it belongs to and what follows is not taken for sound",
  async (t) => {
    const path = `${t.testdir()}/memory`;
    const shelf = createDiskShelf(path, systemTimers);
    t.teardown(() => shelf.close());
    await putThree(shelf, "first");
    await putThree(shelf, "second");
    const left = killed(path);
    const [segment = ""] = segmentsOf(left);
    const broken = readFileSync(segment);
    broken[broken.length - 3] = 0xff;
    writeFileSync(segment, broken);
    const after = createDiskShelf(left, systemTimers);
    t.teardown(() => after.close());
    t.same(three(after), ["first", "first", "first"]);
    t.ok(after.cut > 0 && after.cut < broken.length / 2, `${after.cut} bytes were cut off`);
  },
);

t.test(
  "given a power loss that took the end of a segment and not the one after it, then nothing behind the gap counts, then or later",
  async (t) => {
    const path = `${t.testdir()}/memory`;
    const shelf = createDiskShelf(path, systemTimers);
    t.teardown(() => shelf.close());
    await putThree(shelf, "first");
    await putThree(shelf, "second");
    const once = killed(path);
    const second = createDiskShelf(once, systemTimers);
    t.teardown(() => second.close());
    await putThree(second, "third");
    const twice = killed(once);
    const [older = "", newer] = segmentsOf(twice);
    t.ok(newer, "a start goes on in a segment of its own");
    truncateSync(older, readFileSync(older).length - 1);
    const behind = readFileSync(newer ?? "").length;
    const third = createDiskShelf(twice, systemTimers);
    t.teardown(() => third.close());
    t.same(three(third), ["first", "first", "first"]);
    t.ok(third.cut > behind, `${third.cut} bytes were cut off, ${behind} of them behind the gap`);
    await third.together(() => third.set("g1:a", bytes("fourth"), LATER));
    const last = createDiskShelf(killed(twice), systemTimers);
    t.teardown(() => last.close());
    t.same(three(last), ["fourth", "first", "first"]);
  },
);

t.test(
  "given more than the log may hold, then the file takes it over and the log stays short",
  async (t) => {
    const path = `${t.testdir()}/memory`;
    const shelf = createDiskShelf(path, systemTimers, TINY);
    for (let number = 0; number < 400; number++) {
      await shelf.together(() => shelf.set(`g1:${number % 250}`, bytes(`text ${number}`), LATER));
    }
    await shelf.together(() => shelf.remove("g1:7"));
    const kept = segmentsOf(path).reduce((sum, name) => sum + readFileSync(name).length, 0);
    t.ok(kept < 4 * TINY.logBytes, `${kept} bytes of log`);
    t.equal(textAt(shelf, "g1:3"), "text 253");
    const crashed = createDiskShelf(killed(path), systemTimers);
    await shelf.close();
    t.same(segmentsOf(path), [], "a stop leaves everything in the file");
    const again = createDiskShelf(path, systemTimers);
    for (const after of [crashed, again]) {
      t.equal([...after.keys("g1:")].length, 249);
      t.same(
        ["g1:3", "g1:7", "g1:200"].map((key) => textAt(after, key)),
        ["text 253", undefined, "text 200"],
      );
      await after.close();
    }
  },
);

t.test(
  "given entries that are over, when the file takes over what comes later, then they leave it",
  async (t) => {
    const path = `${t.testdir()}/memory`;
    const live = async (prefix: string, now: EpochMs) => {
      const shelf = createDiskShelf(path, systemTimers);
      const names = Array.from({ length: 100 }, (_, number) => `${prefix}:${number}`);
      await shelf.together(() => {
        shelf.get(prefix, now);
        for (const name of names) shelf.set(name, bytes("text"), now);
      });
      await shelf.close();
    };
    await live("a-gone", NOW);
    for (let lives = 0; lives < 3; lives++) await live("b-new", LATER);
    const shelf = createDiskShelf(path, systemTimers);
    t.teardown(() => shelf.close());
    t.same([...shelf.keys("a-gone:")], []);
    t.equal([...shelf.keys("b-new:")].length, 100);
  },
);

t.test(
  "given a clock that was far ahead for a moment, then what is not over stays, also once the file has it",
  async (t) => {
    const path = `${t.testdir()}/memory`;
    const shelf = createDiskShelf(path, systemTimers, TINY);
    t.teardown(() => shelf.close());
    await putThree(shelf, "first");
    t.equal(shelf.get("g1:a", NOW + 100 * DAY), undefined);
    for (let number = 0; number < 400; number++) {
      await shelf.together(() => {
        shelf.get(`g1:${number}`, NOW);
        shelf.set(`g1:${number}`, bytes(`text ${number}`), LATER);
      });
    }
    t.same(three(shelf), ["first", "first", "first"]);
  },
);

t.test(
  "given a command that throws, then none of its puts is seen, nor found after a crash",
  async (t) => {
    const path = `${t.testdir()}/memory`;
    const shelf = createDiskShelf(path, systemTimers);
    t.teardown(() => shelf.close());
    await putThree(shelf, "first");
    const broken = async () =>
      shelf.together(() => {
        shelf.set("g1:a", bytes("half"), LATER);
        shelf.remove("g1:b");
        shelf.set("g1:d", bytes("half"), LATER);
        throw new Error("of its own");
      });
    await t.rejects(broken(), /of its own/);
    await shelf.together(() => shelf.set("g1:c", bytes("next"), LATER));
    const after = createDiskShelf(killed(path), systemTimers);
    t.teardown(() => after.close());
    for (const of of [shelf, after])
      t.same([...three(of), textAt(of, "g1:d")], ["first", "first", "next", undefined]);
  },
);

type Step =
  | { readonly kind: "put"; readonly key: number; readonly text: string; readonly days: number }
  | { readonly kind: "remove"; readonly key: number }
  | { readonly kind: "kill" }
  | { readonly kind: "stop" };

const KEYS = 12;
const key = fc.nat(KEYS - 1);
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant("put" as const),
      key,
      text: fc.string({ maxLength: 300 }),
      days: fc.nat(3),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("remove" as const), key }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("kill" as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("stop" as const) }) },
);

/** Lives through the steps; returns what is held at the end, on disk and in memory. */
async function live(start: string, steps: readonly Step[]): Promise<readonly string[]> {
  let path = start;
  let shelf = createDiskShelf(path, systemTimers, TINY);
  const model = createMemoryShelf();
  for (const of of steps) {
    if (of.kind === "put" || of.kind === "remove") {
      for (const each of [shelf, model]) await each.together(() => carryOut(each, of));
      continue;
    }
    const before = shelf;
    if (of.kind === "stop") await before.close();
    else path = killed(path);
    shelf = createDiskShelf(path, systemTimers, TINY);
    if (of.kind === "kill") await before.close();
  }
  const ends = [held(shelf), held(model)];
  await shelf.close();
  return ends;
}

function held(shelf: ByteShelf): string {
  const days = [0, 1, 2, 3].map((day) => NOW + day * DAY);
  const texts = Array.from({ length: KEYS }, (_, number) =>
    days.map((at) => shelf.get(`g1:${number}`, at)?.toString()),
  );
  return JSON.stringify(texts);
}

t.test(
  "through kills, stops and changes of the file it holds what a shelf in memory holds",
  async (t) => {
    const folder = t.testdir();
    let lives = 0;
    const steps = fc.array(step, { minLength: 30, maxLength: 100 });
    const isSame = async (of: readonly Step[]) => {
      const [disk, memory] = await live(`${folder}/life-${++lives}`, of);
      return disk === memory;
    };
    await fc.assert(fc.asyncProperty(steps, isSame), { numRuns: 20 });
    t.ok(lives >= 20);
  },
);

function carryOut(shelf: ByteShelf, step: Extract<Step, { kind: "put" | "remove" }>): void {
  const name = `g1:${step.key}`;
  if (step.kind === "remove") shelf.remove(name);
  else shelf.set(name, bytes(step.text), NOW + step.days * DAY - 2 * 3_600_000);
}
