import { cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import t, { type Test } from "tap";
import { systemTimers } from "../../src/config/machine.ts";
import { StoreUnavailableError } from "../../src/counters/contract.ts";
import type { ByteShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { BytesFile } from "../../src/counters/embedded/bytes-file.ts";
import { createDiskShelf } from "../../src/counters/embedded/disk-shelf.ts";
import { KeptTables } from "../../src/counters/embedded/kept-tables.ts";
import { delay } from "../services/service-process.ts";
import { mountMemory, skipWithoutMount } from "../services/volume.ts";
import { faultyDisk, KEYS, LATER, putThree, TINY, three } from "./faulty-disk.ts";

const USUAL = { logBytes: 16_000_000, tableBytes: 32_000_000 };

const all = (text: string) => KEYS.map(() => text);

const segmentsOf = (path: string) => readdirSync(path).filter((name) => name.startsWith("ahead-"));

/** What kill -9 leaves, opened again. */
async function afterKill(path: string): Promise<readonly (string | undefined)[]> {
  const left = `${path}-killed`;
  rmSync(left, { recursive: true, force: true });
  cpSync(path, left, { recursive: true });
  const shelf = createDiskShelf(left, systemTimers);
  const found = three(shelf);
  await shelf.close();
  return found;
}

/** Until it is taken: a disk that comes back is found by trying. */
async function putInTheEnd(shelf: ByteShelf, text: string): Promise<void> {
  for (;;) {
    try {
      return await putThree(shelf, text);
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      await delay(20);
    }
  }
}

function open(t: Test, sizes = USUAL) {
  const path = `${t.testdir()}/memory`;
  const { disk, faults } = faultyDisk();
  return { path, faults, shelf: createDiskShelf(path, systemTimers, sizes, disk) };
}

t.test(
  "given a disk that takes nothing, then commands are refused, and taken again once it does",
  async (t) => {
    const { path, faults, shelf } = open(t);
    await putThree(shelf, "first");
    faults.room = 0;
    await t.rejects(putThree(shelf, "second"), StoreUnavailableError);
    await t.rejects(putThree(shelf, "third"), StoreUnavailableError);
    t.same(await afterKill(path), all("first"));
    faults.room = Number.POSITIVE_INFINITY;
    await putInTheEnd(shelf, "fourth");
    t.same(three(shelf), all("fourth"));
    t.same(await afterKill(path), all("fourth"));
    await shelf.close();
    t.same(await afterKill(path), all("fourth"));
  },
);

t.test(
  "given a disk that is full in the middle of a command, then no part of it is found",
  async (t) => {
    for (const room of [1, 8, 40, 70]) {
      const { path, faults, shelf } = open(t);
      await putThree(shelf, "first");
      faults.room = room;
      await t.rejects(putThree(shelf, "second, and longer than the first"), StoreUnavailableError);
      t.same(await afterKill(path), all("first"), `${room} bytes of it`);
      faults.room = Number.POSITIVE_INFINITY;
      await putInTheEnd(shelf, "third");
      t.same(await afterKill(path), all("third"), "what was torn is written over");
      await shelf.close();
    }
  },
);

t.test(
  "given a disk that takes nothing, then a stop ends, and what was answered stays",
  async (t) => {
    const { path, faults, shelf } = open(t);
    await putThree(shelf, "first");
    faults.room = 0;
    await t.rejects(putThree(shelf, "second"), StoreUnavailableError);
    await shelf.close();
    t.same(await afterKill(path), all("first"));
  },
);

t.test(
  "given a disk that is well again at the stop, then what it owed is in the file",
  async (t) => {
    const { path, faults, shelf } = open(t);
    faults.room = 0;
    await t.rejects(putThree(shelf, "first"), StoreUnavailableError);
    faults.room = Number.POSITIVE_INFINITY;
    await shelf.close();
    t.same(segmentsOf(path), []);
    t.same(await afterKill(path), all("first"));
  },
);

t.test(
  "given a write that does not come back, then who waits is refused, and nobody is held up",
  async (t) => {
    const { path, faults, shelf } = open(t);
    await putThree(shelf, "first");
    let thaw: () => void = () => undefined;
    faults.frozen = new Promise((resolve) => {
      thaw = resolve;
    });
    const waiting = putThree(shelf, "second");
    await turnOfTheLoop();
    const behindIt = putThree(shelf, "third");
    let turns = 0;
    const ticking = setInterval(() => {
      turns += 1;
    }, 10);
    await Promise.all([waiting, behindIt].map((each) => t.rejects(each, StoreUnavailableError)));
    clearInterval(ticking);
    t.ok(turns > 10, "the event loop goes on");
    await t.rejects(putThree(shelf, "fourth"), StoreUnavailableError, "and nothing is begun");
    t.same(three(shelf), all("third"), "reads answer");
    thaw();
    await putInTheEnd(shelf, "fifth");
    t.same(await afterKill(path), all("fifth"));
    await shelf.close();
  },
);

t.test(
  "given a disk that fails while the file follows the log, when it is stopped, then the file is closed once it has followed",
  async (t) => {
    const { path, faults, shelf } = open(t, { ...USUAL, logBytes: 50_000 });
    await putThree(shelf, "first");
    const [followed = ""] = segmentsOf(path);
    await shelf.together(() => {
      for (let number = 0; number < 5_000; number += 1)
        shelf.set(`g1:${number}`, Buffer.alloc(20), LATER);
    });
    for (let turns = 0; turns < 10; turns += 1) await turnOfTheLoop();
    t.ok(segmentsOf(path).includes(followed), "it is under way");
    faults.room = 0;
    await Promise.all([t.rejects(putThree(shelf, "second"), StoreUnavailableError), shelf.close()]);
    t.notOk(segmentsOf(path).includes(followed));
    const after = createDiskShelf(path, systemTimers);
    t.same(three(after), all("first"));
    t.equal([...after.keys("g1:")].length, 5_000 + KEYS.length);
    await after.close();
  },
);

t.test("given a write that does not come back, then a stop ends once it has", async (t) => {
  const { path, faults, shelf } = open(t);
  let thaw: () => void = () => undefined;
  faults.frozen = new Promise((resolve) => {
    thaw = resolve;
  });
  const waiting = putThree(shelf, "first");
  let hasEnded = false;
  const closed = shelf.close().then(() => {
    hasEnded = true;
  });
  await t.rejects(waiting, StoreUnavailableError, "whoever waits is answered without it");
  await delay(20);
  t.notOk(hasEnded, "what comes late would fall into the next process's log");
  thaw();
  await closed;
  const found = await afterKill(path);
  t.ok([all("first"), KEYS.map(() => undefined)].some((way) => way.join() === found.join()));
});

t.test(
  "given more commands at once than the file can follow, then some are refused, and later ones taken",
  async (t) => {
    const { path, shelf } = open(t, TINY);
    const text = "x".repeat(500);
    const done = await Promise.allSettled(
      Array.from({ length: 100 }, async () => putThree(shelf, text)),
    );
    const refused = done.filter(({ status }) => status === "rejected");
    t.ok(refused.length > 0 && refused.length < 100, `${refused.length} of 100`);
    await putInTheEnd(shelf, "taken");
    t.same(await afterKill(path), all("taken"));
    await shelf.close();
  },
);

t.test("given a flush that fails, then the file takes over what it was for", async (t) => {
  const { path, faults, shelf } = open(t);
  await putThree(shelf, "first");
  faults.flushFails = true;
  const [doubtful = ""] = segmentsOf(path);
  while (segmentsOf(path).includes(doubtful)) {
    await putThree(shelf, "second");
    await delay(10);
  }
  faults.flushFails = false;
  t.same(await afterKill(path), all("second"));
  await shelf.close();
});

t.test(
  "given a log that cannot be removed once the file has it, then nothing goes back in time",
  async (t) => {
    const { path, faults, shelf } = open(t, TINY);
    faults.removeFails = true;
    for (let number = 0; number < 60; number++) await putInTheEnd(shelf, `text ${number}`);
    t.same(await afterKill(path), all("text 59"));
    await shelf.close();
    t.not(segmentsOf(path).length, 0);
    t.same(await afterKill(path), all("text 59"));
  },
);

t.test(
  "given a volume that fills up before the file has followed, then nothing is lost, and it follows later",
  { skip: skipWithoutMount() },
  async (t) => {
    const volume = mountMemory("8m");
    t.teardown(() => volume.remove());
    const path = join(volume.folder, "memory");
    const shelf = createDiskShelf(path, systemTimers, TINY);
    await putThree(shelf, "first");
    volume.fillUpTo(50_000);
    const textOf = (name: string) => name.padEnd(200);
    const names = Array.from({ length: 60 }, (_, number) => `g1:${number}`);
    for (const name of names)
      await shelf.together(() => shelf.set(name, Buffer.from(textOf(name)), LATER));
    const [oldest = ""] = segmentsOf(path);
    for (let number = 0; number < 30; number++) {
      await putThree(shelf, `text ${number}`);
      await delay(10);
    }
    t.ok(segmentsOf(path).includes(oldest), "the file does not follow");
    volume.empty();
    while (segmentsOf(path).includes(oldest)) {
      await putInTheEnd(shelf, "last");
      await delay(20);
    }
    const expected = names.map(textOf);
    const found = (of: ByteShelf) => names.map((name) => of.get(name, LATER)?.toString());
    t.same(found(shelf), expected);
    await shelf.close();
    const after = createDiskShelf(path, systemTimers);
    t.same(found(after), expected);
    await after.close();
  },
);

t.test("puts that are taken back leave the tables as large as they were", async (t) => {
  const tables = new KeptTables();
  const put = (key: string, length: number) => ({
    ...{ key, value: Buffer.alloc(length), expiresAt: LATER },
  });
  tables.put(put("a", 1_000));
  const { bytes } = tables;
  const puts = [put("a", 10), put("b", 500), put("a", 20)];
  const before = puts.map((each) => tables.put(each));
  t.not(tables.bytes, bytes);
  tables.takeBack(puts, before);
  t.equal(tables.bytes, bytes);
  t.equal(tables.get("a")?.value?.length, 1_000);
  t.equal(tables.get("b"), undefined);
});

t.test(
  "given steps that end with a slice of one or none, then the search for what has expired still reaches every key",
  async (t) => {
    const file = new BytesFile(`${t.testdir()}/memory`);
    t.teardown(() => file.close());
    const keys = Array.from(
      { length: 100 },
      (_, number) => `g1:${String(number).padStart(3, "0")}`,
    );
    file.write(keys.map((key) => ({ key, value: Buffer.from(key), expiresAt: LATER })));
    await file.settled();
    const looked = new Set<string>();
    const look = (key: string) => {
      looked.add(key);
      return false;
    };
    for (const last of [0, 1, 0, 1, 0, 1]) {
      file.sweep(30, look);
      file.sweep(last, look);
    }
    t.equal(looked.size, keys.length);
  },
);
