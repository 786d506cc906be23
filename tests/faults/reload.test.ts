import {
  appendFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { packageRoot } from "../../src/config/package-root.ts";
import { eventually, type Guard, startGuard } from "./guard-process.ts";
import { nativeSwipe, newId } from "./swipes.ts";
import { type Answer, Till } from "./till.ts";

const SHIPPED = join(packageRoot(), "deploy/reference");

/** A guard on a copy of the shipped reference files, and a till at its door. */
async function open(t: Test) {
  const folder = t.testdir({});
  cpSync(SHIPPED, join(folder, "first"), { recursive: true });
  symlinkSync(join(folder, "first"), join(folder, "reference"));
  const reference = join(folder, "reference");
  const guard = await startGuard(join(folder, "data"), {
    GUARD_REFERENCE: reference,
    // A machine that is busy with other tests must not look like a check that failed.
    GUARD_DEADLINE_MS: "1000",
  });
  t.teardown(() => guard.kill());
  const till = new Till(guard.url);
  t.teardown(() => till.close());
  return { folder, reference, guard, till };
}

let number = 0;

/** One check of one box by somebody; each of its own person unless one is named. */
function check(till: Till, person?: string): Promise<Answer> {
  number += 1;
  const id = newId("reload", number);
  return till.check(nativeSwipe({ id, person: person ?? `R${number}`, terminal: `T${number}` }));
}

function rulesOf({ body }: Answer): readonly string[] {
  return (body.hits ?? []).map(({ rule }) => rule);
}

/** Tills that go on selling until told to stop; resolves with every answer they got. */
function selling(till: Till): { stop(): Promise<readonly Answer[]> } {
  let isOver = false;
  const answers: Answer[] = [];
  const one = async () => {
    while (!isOver) answers.push(await check(till));
  };
  const all = Promise.all([one(), one(), one()]);
  return {
    async stop() {
      isOver = true;
      await all;
      return answers;
    },
  };
}

function journalText({ dataDir }: Guard): string {
  const folder = join(dataDir, "journal");
  const names = readdirSync(folder);
  return names.map((name) => readFileSync(join(folder, name), "utf8")).join("");
}

t.test("a list changes while sales go on: none fails, and the next one knows", async (t) => {
  const { reference, guard, till } = await open(t);
  const person = "21010219550101003X-LOST";
  const before = await check(till, person);
  t.notOk(rulesOf(before).includes("IM-04"));
  const sales = selling(till);
  appendFileSync(join(reference, "lists/deceased.csv"), `${person},2020-01-01,,test,\n`);
  let after = before;
  await eventually(async () => {
    after = await check(till, person);
    return rulesOf(after).includes("IM-04");
  });
  const answers = await sales.stop();

  t.match(after.body, { decision: "deny", mode: "full" });
  const [old, now] = [before, after].map(({ body }) => body.policy?.reference);
  t.not(old, now);
  t.ok(answers.length > 0);
  for (const { status, body } of answers) {
    if (status !== 200 || body.mode !== "full") t.fail(`${status} ${body.mode} ${body.code}`);
  }
  const named = answers.map(({ body }) => body.policy?.reference);
  t.strictSame(new Set([...named, old, now]), new Set([old, now]), "each names the one it used");
  const text = journalText(guard);
  const changes = text.split("\n").filter((line) => line.includes('"list.changed"'));
  t.equal(changes.length, 1);
  t.match(changes[0], /"list":"deceased"/);
  t.equal(text.match(/"type":"reference\.loaded"/g)?.length, 2, "at the start and now");
  t.ok(text.includes(String(now)));
  t.notMatch(text, person);
  t.notMatch(guard.said(), person);
});

t.test("a broken file leaves what was loaded in force and says so everywhere", async (t) => {
  const { reference, guard, till } = await open(t);
  const before = await check(till);
  const file = join(reference, "drugs.csv");
  const good = readFileSync(file, "utf8");
  const rows = good.split("\n");
  rows[3] = (rows[3] ?? "").replace(",1,", ",perhaps,");
  writeFileSync(file, rows.join("\n"));
  await eventually(() =>
    /The reload was refused.*drugs\.csv:4: prescription must/.test(guard.said()),
  );
  const degraded = async () =>
    ((await till.get("/readyz")).body.degraded ?? []).map(({ name }) => name);
  t.strictSame(await degraded(), ["reference"]);
  const { text } = await till.get("/metrics");
  t.match(text, 'guard_bundle_refused_total{what="reference"} 1');
  t.match(text, 'guard_bundle_reloads_total{outcome="refused"} 1');
  t.match(text, "guard_bundle_waiting_state 1");
  const during = await check(till);
  t.match(during, { status: 200, body: { mode: "full" } });
  t.equal(during.body.policy?.reference, before.body.policy?.reference);

  writeFileSync(file, good.replace("48.00", "49.00"));
  await eventually(async () => (await degraded()).length === 0);
  const after = await check(till);
  t.not(after.body.policy?.reference, before.body.policy?.reference);
  t.notMatch(guard.said(), /perhaps/, "cells are not repeated");
});

for (const [how, replace] of Object.entries({
  "a folder moved into its place": (folder: string) => {
    renameSync(join(folder, "first"), join(folder, "gone"));
    renameSync(join(folder, "second"), join(folder, "first"));
  },
  "a symbolic link that is switched": (folder: string) => {
    symlinkSync(join(folder, "second"), join(folder, "reference.new"));
    renameSync(join(folder, "reference.new"), join(folder, "reference"));
  },
})) {
  t.test(`the whole folder is replaced at once: ${how}`, async (t) => {
    const { folder, guard, till } = await open(t);
    const second = join(folder, "second");
    cpSync(SHIPPED, second, { recursive: true });
    const ours = "P21010200123";
    const pharmacies = readFileSync(join(second, "pharmacies.csv"), "utf8");
    const suspended = pharmacies.replace(
      /^P21010200123,(.*),active,2024-01-01/m,
      `${ours},$1,suspended,2024-01-01`,
    );
    t.not(suspended, pharmacies);
    writeFileSync(join(second, "pharmacies.csv"), suspended);
    t.notOk(rulesOf(await check(till)).includes("PH-01"));
    const sales = selling(till);
    replace(folder);
    await eventually(async () => rulesOf(await check(till)).includes("PH-01"));
    const answers = await sales.stop();
    t.ok(answers.every(({ status, body }) => status === 200 && body.mode === "full"));
    t.notMatch(guard.said(), /refused/, "half of one and half of the other was never taken");
  });
}

t.test("SIGHUP reads the folder at once", async (t) => {
  const { reference, guard, till } = await open(t);
  const before = (await check(till)).body.policy?.reference;
  appendFileSync(join(reference, "lists/dealers.csv"), "TEST-PERSON-DEALER-0002,,,test,\n");
  guard.signal("SIGHUP");
  await eventually(() => (guard.said().match(/ decides, with /g) ?? []).length >= 2);
  t.not((await check(till)).body.policy?.reference, before);
});
