import { randomBytes } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { GuardEvent } from "../../src/audit/event.ts";
import { eventSchema } from "../../src/audit/event.ts";
import type { RecordText } from "../../src/audit/line-buffer.ts";
import { systemTimers } from "../../src/config/machine.ts";
import { activation } from "../../src/control/activation.ts";
import { createBundleLoader } from "../../src/control/load-bundle.ts";
import { createReloading } from "../../src/control/reloading.ts";
import { openSharedKeyring } from "../../src/control/shared-keyring.ts";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { embeddedDocuments } from "../../src/counters/embedded/embedded-documents.ts";
import { generateKey } from "../../src/privacy/key-file.ts";
import { folderState } from "../../src/reference/folder-state.ts";
import type { Notice } from "../../src/units.ts";
import { recordOf } from "../audit/record-of.ts";

const POLICY = `version: 1.0.0
features:
  persons: { entity: terminal, distinct: person, window: 10m, exact: 64 }
rules:
  - id: CF-01
    category: card-farming
    name: { zh: 人多, en: Many }
    source: measured
    levels: { warn: persons >= 8.0 }
    message: { zh: 请核对, en: Check }
`;
const DRUGS = "code,name,prescription\nXC10AAA067A001,a,1\n";
const PERSON = "TEST-PERSON-0001";

/** Everything real but the timer that makes the guard look at the folder, and the journal, which keeps records here. */
async function open(t: Test) {
  const folder = t.testdir({
    "policy.yaml": POLICY,
    reference: { "drugs.csv": DRUGS, lists: { "deceased.csv": "id\n" } },
  });
  const places = {
    policyFile: join(folder, "policy.yaml"),
    referenceDir: join(folder, "reference"),
  };
  const notices: Notice[] = [];
  const events: GuardEvent[] = [];
  const journal = { isFull: false };
  const later = { by: 0 };
  const clock = { now: () => performance.now() + 1_790_000_000_000 + later.by };
  const observer = { notice: (notice: Notice) => void notices.push(notice) };
  const loader = createBundleLoader(places, clock, systemTimers);
  const keyring = await openSharedKeyring({
    keys: {
      text: JSON.stringify(generateKey(randomBytes)),
      generated: true,
      keep: async () => undefined,
    },
    documents: embeddedDocuments(createMemoryShelf(), "g1"),
    observer,
    timers: systemTimers,
    load: loader.load,
  });
  const sink = {
    async append(texts: readonly RecordText[]) {
      if (journal.isFull) throw new Error("full");
      events.push(...texts.map((text) => recordOf(text).event));
    },
  };
  const active = activation(sink, "test", clock);
  await active.announce(keyring.bundle(), keyring.current().fingerprint);
  let due: (() => void) | undefined;
  const timers = {
    after: (_: number, run: () => void) => {
      due = run;
      return () => undefined;
    },
  };
  const reloading = createReloading({
    keyring,
    activation: active,
    folder: { now: () => folderState(places.referenceDir), lastRead: loader.lastRead },
    observer,
    timers,
    clock,
  });
  reloading.watch();
  t.teardown(() => reloading.close());
  return {
    keyring,
    reloading,
    notices,
    events,
    journal,
    later,
    /** The timer fires: the guard looks at the folder, and is done when it waits for the next time. */
    async look() {
      const run = due;
      due = undefined;
      run?.();
      while (due === undefined) await new Promise((resolve) => setImmediate(resolve));
    },
    write: (name: string, text: string) => writeFileSync(join(folder, name), text),
    remove: (name: string) => rmSync(join(folder, name)),
    hash: () => keyring.bundle().reference.hash,
    isDeceased() {
      const { reference } = keyring.bundle();
      return reference.listed("deceased", keyring.current().pseudonym("person", PERSON), 20_000);
    },
    loads: () => notices.filter(({ kind }) => kind === "bundle.reloaded").map(outcomeOf),
    refusals: () => notices.filter(({ kind }) => kind === "bundle.refused"),
  };
}

function outcomeOf({ labels }: Notice): string | undefined {
  return labels?.["outcome"];
}

t.test("a changed folder is loaded once it has rested, and only then", async (t) => {
  const guard = await open(t);
  await guard.look();
  await guard.look();
  t.strictSame(guard.loads(), [], "nothing has changed");
  const before = guard.keyring.bundle();
  guard.write("reference/lists/deceased.csv", `id\n${PERSON}`);
  await guard.look();
  t.equal(guard.keyring.bundle(), before, "somebody may still be writing");
  guard.write("reference/lists/deceased.csv", `id\n${PERSON}\nB\n`);
  await guard.look();
  t.equal(guard.keyring.bundle(), before, "somebody was");
  await guard.look();
  t.not(guard.keyring.bundle(), before);
  t.ok(guard.isDeceased());
  t.equal(guard.keyring.bundle().policy, before.policy);
  t.ok(Object.isFrozen(guard.keyring.bundle()));
  await guard.look();
  t.strictSame(guard.loads(), ["changed"], "and once");
});

t.test(
  "how old each list is can be seen, and a new delivery makes all of them young",
  async (t) => {
    const guard = await open(t);
    const ages = () =>
      guard.notices
        .splice(0)
        .filter(({ kind }) => kind === "list.age")
        .map(({ labels, value = -1 }) => [labels?.["list"], Math.floor(value / 60)]);
    await guard.look();
    t.strictSame(ages().slice(-1), [["deceased", 0]], "of those that are installed");
    guard.later.by = 90 * 60_000;
    await guard.look();
    t.strictSame(ages(), [["deceased", 90]]);
    guard.write("reference/lists/dealers.csv", "id\n");
    await guard.look();
    await guard.look();
    t.strictSame(ages().slice(-2), [
      ["deceased", 0],
      ["dealers", 0],
    ]);
  },
);

t.test("what changed is recorded with hashes: what a list says, never whom it names", async (t) => {
  const guard = await open(t);
  t.strictSame(
    guard.events.map(({ type }) => type),
    ["policy.activated", "reference.loaded"],
    "at the start everything is new, and no list has changed",
  );
  guard.write("reference/lists/deceased.csv", `id\n${PERSON}\n`);
  guard.write("reference/lists/dealers.csv", "id\nA\nB\n");
  guard.write("reference/drugs.csv", DRUGS.replace(",1", ",0"));
  await guard.look();
  await guard.look();
  const [loaded, ...lists] = guard.events.slice(2);
  t.match(loaded, {
    type: "reference.loaded",
    data: {
      hash: guard.hash(),
      files: ["drugs.csv", "lists/dealers.csv", "lists/deceased.csv"],
      changed: ["drugs.csv", "lists/dealers.csv", "lists/deceased.csv"],
    },
  });
  t.match(lists, [
    { type: "list.changed", subject: "list dealers", data: { list: "dealers", entries: 2 } },
    { type: "list.changed", subject: "list deceased", data: { list: "deceased", entries: 1 } },
  ]);
  guard.remove("reference/lists/dealers.csv");
  await guard.look();
  await guard.look();
  t.match(guard.events.slice(5), [
    { type: "reference.loaded", data: { changed: ["lists/dealers.csv"] } },
    { type: "list.changed", data: { list: "dealers", version: "", entries: 0 } },
  ]);
  for (const event of guard.events) t.ok(eventSchema(event.type).parse(event), event.type);
  t.equal(new Set(guard.events.map(({ id }) => id)).size, guard.events.length);
  t.notMatch(JSON.stringify(guard.events), PERSON);
});

t.test("the same content written again is a fresh load and no change", async (t) => {
  const guard = await open(t);
  const { hash, loadedAt } = guard.keyring.bundle().reference;
  guard.write("reference/drugs.csv", DRUGS.replaceAll("\n", "\r\n"));
  await guard.look();
  await guard.look();
  t.strictSame(guard.loads(), ["unchanged"]);
  t.equal(guard.hash(), hash);
  t.ok(
    guard.keyring.bundle().reference.loadedAt > loadedAt,
    "a list's age counts from its last load",
  );
  t.equal(guard.events.length, 2, "nothing is recorded");
});

t.test("a broken folder is refused once, with its line, and the one before decides", async (t) => {
  const guard = await open(t);
  const before = guard.keyring.bundle();
  guard.write("reference/drugs.csv", "code,name,prescription\nXC10AAA067A001,a,perhaps\n");
  guard.write("reference/lists/deceased.csv", `id\n${PERSON}\n`);
  for (let looks = 0; looks < 4; looks += 1) await guard.look();
  t.equal(guard.keyring.bundle(), before, "nothing of it");
  t.strictSame(guard.loads(), ["refused"]);
  t.match(guard.refusals(), [
    {
      labels: { what: "reference" },
      level: "error",
      message: /what was loaded stays in force: .*\n?drugs\.csv:2: prescription must be 0 or 1/s,
    },
  ]);
  t.strictSame(guard.reloading.refused(), ["reference"]);
  t.equal(guard.events.length, 2);

  guard.write("reference/drugs.csv", DRUGS);
  await guard.look();
  await guard.look();
  t.ok(guard.isDeceased(), "mended, it comes into force by itself");
  t.strictSame(guard.reloading.refused(), []);
  t.equal(guard.notices.findLast(({ kind }) => kind === "bundle.waiting")?.value, 0);
});

t.test("a policy waits for SIGHUP, also when the reference files change", async (t) => {
  const guard = await open(t);
  guard.write("policy.yaml", POLICY.replace("1.0.0", "1.0.1"));
  guard.write("reference/lists/deceased.csv", `id\n${PERSON}\n`);
  await guard.look();
  await guard.look();
  t.ok(guard.isDeceased());
  t.equal(guard.keyring.bundle().policy.version, "1.0.0");
  await guard.reloading.reload();
  t.equal(guard.keyring.bundle().policy.version, "1.0.1");
  t.match(guard.events.at(-1), { type: "policy.activated", data: { version: "1.0.1" } });
});

t.test("SIGHUP takes policy and reference files together or not at all", async (t) => {
  const guard = await open(t);
  const before = guard.keyring.bundle();
  guard.write("policy.yaml", POLICY.replace("1.0.0", "1.0.1"));
  guard.write("reference/drugs.csv", "code\n");
  await guard.reloading.reload();
  t.equal(guard.keyring.bundle(), before, "a good policy beside broken files");
  t.strictSame(guard.reloading.refused(), ["reference"]);
  guard.write("policy.yaml", "version: 2\n");
  guard.write("reference/drugs.csv", DRUGS.replace(",a", ",b"));
  await guard.reloading.reload();
  t.equal(guard.keyring.bundle(), before, "good files beside a broken policy");
  t.match(guard.refusals().at(-1), { labels: { what: "policy" }, message: /policy\.yaml:\d+: / });
  await guard.look();
  await guard.look();
  t.equal(guard.keyring.bundle().reference.drug("XC10AAA067A001")?.name, "b");
  t.strictSame(guard.reloading.refused(), ["policy"], "the policy on disk is still broken");
  guard.write("policy.yaml", POLICY.replace("1.0.0", "1.0.2"));
  await guard.reloading.reload();
  t.equal(guard.keyring.bundle().policy.version, "1.0.2");
  t.strictSame(guard.reloading.refused(), []);
});

t.test("what the journal could not take is recorded later", async (t) => {
  const guard = await open(t);
  guard.journal.isFull = true;
  guard.write("reference/lists/deceased.csv", `id\n${PERSON}\n`);
  await guard.look();
  await guard.look();
  t.ok(guard.isDeceased(), "it decides all the same");
  t.equal(guard.events.length, 2);
  guard.journal.isFull = false;
  await guard.look();
  t.strictSame(
    guard.events.slice(2).map(({ type }) => type),
    ["reference.loaded", "list.changed"],
  );
});

t.test("loads wait for each other, and closing waits for the one under way", async (t) => {
  const guard = await open(t);
  guard.write("reference/lists/deceased.csv", `id\n${PERSON}\n`);
  const both = [guard.reloading.reload(), guard.reloading.reload()];
  const closed = guard.reloading.close();
  await closed;
  t.strictSame(guard.loads(), ["changed", "unchanged"]);
  await Promise.all(both);
});
