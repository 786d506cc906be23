import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { JournalUnavailableError } from "../../src/audit/journal-error.ts";
import { readJournal } from "../../src/audit/reader.ts";
import { type JournalDisk, realDisk, segmentPath } from "../../src/audit/segments.ts";
import { DAY } from "../../src/units.ts";
import { idsIn, line, open, realTimers, until } from "./support.ts";

/** Every key's numbers go up by one from 1, and no record appears twice. */
function inOrder(ids: readonly string[]): boolean {
  const last = new Map<string, number>();
  return ids.every((id) => {
    const [key = "", number] = id.split(":");
    const expected = (last.get(key) ?? 0) + 1;
    last.set(key, expected);
    return Number(number) === expected;
  });
}

/** The real disk, except that writes beyond `room` bytes fail as a full disk does: in part, then altogether. */
function fullDisk(): { disk: JournalDisk; state: { room: number; canTruncate: boolean } } {
  const state = { room: Number.POSITIVE_INFINITY, canTruncate: true };
  const noSpace = (): Error =>
    Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  const disk: JournalDisk = {
    remove: realDisk.remove,
    open: async (path) => {
      const file = await realDisk.open(path);
      return {
        ...file,
        write: async (bytes) => {
          if (state.room === 0) throw noSpace();
          const took = await file.write(bytes.subarray(0, Math.min(bytes.length, state.room)));
          state.room -= took;
          return took;
        },
        truncate: async (length) => {
          if (!state.canTruncate) throw noSpace();
          await file.truncate(length);
        },
      };
    },
  };
  return { disk, state };
}

t.test("what was appended is read back in order, over segments and restarts", async (t) => {
  const folder = t.testdir();
  const first = await open(folder, { segmentBytes: 2_000 });
  for (let i = 1; i <= 20; i++) await first.journal.append([line("a", i), line("b", i)]);
  await first.journal.close();
  const second = await open(folder, { segmentBytes: 2_000 });
  t.same(second.journal.end(), { next: 41, oldest: 1 }, "records are counted on");
  await second.journal.append([line("a", 21)]);
  await second.journal.close();

  const ids = await idsIn(folder);
  t.equal(ids.length, 41);
  t.ok(inOrder(ids));
  t.ok(readdirSync(folder).length > 3, "in more than three segments");
  const numbers: number[] = [];
  for await (const { number } of readJournal({ folder })) numbers.push(number);
  t.same(
    numbers,
    Array.from({ length: 41 }, (_, index) => index + 1),
  );
});

t.test("everything appended is flushed behind, and the window is told", async (t) => {
  const { journal, notices } = await open(t.testdir());
  await journal.append([line("a", 1)]);
  t.same(notices.of("journal.synced"), [], "append does not wait for the disk");
  await until(() => notices.of("journal.synced").length > 0);
  t.type(notices.of("journal.synced")[0]?.value, "number");
  t.equal(journal.health().state, "ok");
  await journal.close();
  await t.rejects(journal.append([line("a", 2)]), { code: "GUARD_AUDIT_JOURNAL_UNAVAILABLE" });
});

t.test(
  "given a slow disk, a stop waits for the flush under way and flushes the rest",
  async (t) => {
    const folder = t.testdir();
    let release: () => void = () => undefined;
    let flushes = 0;
    const disk: JournalDisk = {
      remove: realDisk.remove,
      open: async (path) => {
        const file = await realDisk.open(path);
        const datasync = async () => {
          flushes += 1;
          if (flushes === 1)
            await new Promise<void>((resolve) => {
              release = () => resolve();
            });
          await file.datasync();
        };
        return { ...file, datasync };
      },
    };
    const { journal, notices } = await open(folder, { disk });
    await journal.append([line("a", 1)]);
    await until(() => flushes === 1);
    await journal.append([line("a", 2)]);
    const closed = journal.close();
    release();
    await closed;
    t.equal(flushes, 2);
    t.same(notices.of("journal.failed"), []);
    t.equal((await idsIn(folder)).length, 2);
  },
);

t.test(
  "kill -9 under load loses no acknowledged record, and a reader beside it sees whole records only",
  async (t) => {
    const folder = t.testdir();
    const script = fileURLToPath(new URL("./append-under-load.js", import.meta.url));
    for (let round = 1; round <= 3; round++) {
      const place = join(folder, String(round));
      mkdirSync(place);
      const said = join(folder, `said-${round}`);
      writeFileSync(said, "");
      const child = spawn(process.execPath, [script, place, said], { stdio: "inherit" });
      const closed = once(child, "close");
      await until(() => child.exitCode !== null || statSync(said).size > 20_000 * round);
      t.equal(child.exitCode, null, "it would go on for ever");
      t.ok(inOrder(await idsIn(place)), "read while it writes");
      child.kill("SIGKILL");
      await closed;

      const acknowledged = readFileSync(said, "utf8").split("\n").slice(0, -1);
      const { journal } = await open(place);
      await journal.append([line("after", 1)]);
      await journal.close();
      const kept = await idsIn(place);
      const there = new Set(kept);
      t.same(
        acknowledged.filter((id) => !there.has(id)),
        [],
        `all of ${acknowledged.length} are there`,
      );
      t.ok(inOrder(kept), "in order, none twice");
      t.equal(kept.at(-1), "after:1", "and it goes on after them");
    }
  },
);

t.test("a torn last record is cut off and said, and garbage of a power loss with it", async (t) => {
  for (const torn of ['{"topic":"guard.con', `${"\0".repeat(300)}\n`, '{"a":\n{"b"\n\0\0']) {
    const folder = t.testdir();
    const first = await open(folder);
    await first.journal.append([line("a", 1), line("a", 2)]);
    await first.journal.close();
    appendFileSync(segmentPath(folder, 1), torn);

    const second = await open(folder);
    t.match(second.notices.of("journal.failed"), [
      { labels: { reason: "torn" }, value: torn.length },
    ]);
    await second.journal.append([line("a", 3)]);
    await second.journal.close();
    t.same(await idsIn(folder), ["a:1", "a:2", "a:3"]);
  }
});

t.test(
  "a disk that fills takes no half record, refuses by name, and is used again once there is room",
  async (t) => {
    for (const canTruncate of [true, false]) {
      const folder = t.testdir();
      const { disk, state } = fullDisk();
      const { journal, notices } = await open(folder, { disk });
      await journal.append([line("a", 1)]);
      Object.assign(state, { room: 700, canTruncate });
      const refused = await journal
        .append([line("a", 2), line("a", 3), line("a", 4)])
        .catch((error) => error);
      t.ok(refused instanceof JournalUnavailableError);
      t.equal(refused.code, "GUARD_AUDIT_JOURNAL_UNAVAILABLE");
      await t.rejects(journal.append([line("a", 5)]), JournalUnavailableError);
      t.equal(journal.health().state, "failing");
      t.ok(notices.of("journal.failed").length > 0);

      Object.assign(state, { room: Number.POSITIVE_INFINITY, canTruncate: true });
      await journal.append([line("b", 1)]);
      t.equal(journal.health().state, "ok");
      await journal.close();
      const ids = await idsIn(folder);
      // Whole records of a refused batch may stay where not even cutting was possible; never half of one.
      const kept = canTruncate ? ids : ids.filter((id) => !["a:2", "a:3"].includes(id));
      t.same(kept, ["a:1", "b:1"]);
    }
  },
);

t.test("a real full disk behaves the same", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "guard-small-disk-"));
  const mounted =
    spawnSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]).status === 0;
  t.teardown(() => {
    if (mounted) spawnSync("umount", [folder]);
    rmdirSync(folder);
  });
  if (!mounted) {
    t.plan(0, "a file system of 1 MB cannot be mounted here: needs root");
    return;
  }
  const { journal } = await open(folder, { segmentBytes: 300_000 });
  let taken = 0;
  for (; ; taken++) {
    const answer = await journal
      .append([line("a", taken + 1, "x".repeat(5_000))])
      .catch((error) => error);
    if (answer !== undefined) break;
  }
  t.ok(taken > 150, "most of the megabyte was used");
  t.equal((await idsIn(folder)).length, taken, "exactly what was acknowledged");
  // Its space is free once the journal has flushed and closed it too.
  await realDisk.remove(segmentPath(folder, 1));
  await until(() =>
    journal.append([line("b", 1)]).then(
      () => true,
      () => false,
    ),
  );
  t.equal((await idsIn(folder)).at(-1), "b:1", "there is room again");
  await journal.close();
});

t.test(
  "without Kafka the oldest go at the limit, each time with an event and an alarm",
  async (t) => {
    const folder = t.testdir();
    const limits = { maxBytes: 40_000, maxDays: 30 };
    const { journal, notices } = await open(folder, { limits });
    for (let i = 1; i <= 200; i++) await journal.append([line("a", i, "x".repeat(500))]);
    t.ok(journal.health().bytes <= limits.maxBytes + 5_000);
    await journal.close();

    const onDisk = readdirSync(folder).reduce(
      (sum, name) => sum + statSync(join(folder, name)).size,
      0,
    );
    t.ok(onDisk <= limits.maxBytes + 5_000, "the folder keeps to its limit");
    const alarms = notices.of("journal.removed");
    const events: unknown[] = [];
    for await (const { record: read } of readJournal({ folder })) {
      if (read.event.type === "journal.trimmed") events.push(read.event.data);
    }
    t.ok(alarms.length > 0);
    t.ok(alarms.every(({ level, labels }) => level === "error" && labels?.["reason"] === "size"));
    const removed = alarms.reduce((sum, { value = 0 }) => sum + value, 0);
    t.equal(journal.end().oldest, removed + 1, "the alarms count every record that went");
    t.match(events.at(-1), { reason: "size", records: alarms.at(-1)?.value });
  },
);

t.test("records older than the days allowed go too", async (t) => {
  let now = Date.now();
  const folder = t.testdir();
  const { journal, notices } = await open(folder, {
    clock: { now: () => now },
    limits: { maxBytes: 1e9, maxDays: 2 },
  });
  for (let day = 1; day <= 6; day++) {
    await journal.append([line("a", day)]);
    now += DAY + 1;
  }
  await journal.close();
  t.match(notices.of("journal.removed"), [{ labels: { reason: "age" } }]);
  t.equal(
    (await idsIn(folder)).filter((id) => id.startsWith("a:"))[0],
    `a:${journal.end().oldest}`,
  );
});

t.test(
  "with Kafka nothing goes that it has not acknowledged: first unready, then refused",
  async (t) => {
    const folder = t.testdir();
    const { journal, notices } = await open(folder, {
      relayed: true,
      limits: { maxBytes: 40_000, maxDays: 30 },
    });
    let taken = 0;
    let unreadyAt = 0;
    for (; ; taken++) {
      if (journal.health().state === "full" && unreadyAt === 0)
        unreadyAt = journal.health().heldBytes;
      const answer = await journal
        .append([line("a", taken + 1, "x".repeat(500))])
        .catch((error) => error);
      if (answer === undefined) continue;
      t.match(answer, { code: "GUARD_AUDIT_JOURNAL_UNAVAILABLE", trouble: "full" });
      break;
    }
    t.ok(unreadyAt >= 32_000 && unreadyAt < 34_000, "unready from 80 %");
    t.equal((await idsIn(folder)).length, taken, "nothing was dropped");

    journal.release(journal.end().next);
    t.equal(journal.health().state, "ok");
    await journal.append([line("a", taken + 1)]);
    await journal.close();
    t.ok(notices.of("journal.removed").length > 0, "acknowledged ones go at the limit");
    t.ok(
      notices.of("journal.removed").every(({ level }) => level === "info"),
      "without an alarm",
    );
  },
);

t.test("a follower gets what is written later, and ends when told", async (t) => {
  const folder = t.testdir();
  const { journal } = await open(folder, { segmentBytes: 1_000 });
  const stop = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const { record: read } of readJournal({
      folder,
      follow: { timers: realTimers, signal: stop.signal },
    })) {
      seen.push(read.event.id);
    }
  })();
  for (let i = 1; i <= 12; i++) await journal.append([line("a", i)]);
  await until(() => seen.length === 12);
  stop.abort();
  await following;
  t.ok(inOrder(seen));
  await journal.close();
});

t.test("a record Kafka would never take is refused at once", async (t) => {
  const { journal } = await open(t.testdir());
  await t.rejects(journal.append([line("a", 1, "x".repeat(1_000_001))]), {
    code: "GUARD_AUDIT_RECORD_TOO_LARGE",
  });
  await journal.close();
});
