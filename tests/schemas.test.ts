import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { z } from "zod";
import {
  EVENT_TYPES,
  type EventType,
  eventSchema,
  type JournalRecord,
} from "../src/audit/event.ts";
import type { RecordText } from "../src/audit/line-buffer.ts";
import { createDesk } from "../src/checkout/create-desk.ts";
import { createJournalRecorder } from "../src/checkout/journal-recorder.ts";
import { fixedKeyring } from "../src/checkout/keyring.ts";
import { packageRoot } from "../src/config/package-root.ts";
import { shipped } from "../src/config/settings.ts";
import { activation } from "../src/control/activation.ts";
import { loadBundle } from "../src/control/load-bundle.ts";
import { pseudonymiserOf } from "../src/control/own-keys.ts";
import { createMemoryShelf } from "../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../src/counters/keys.ts";
import { createPackedStore } from "../src/counters/packed-store.ts";
import { readExamples } from "../src/http/examples.ts";
import { allDocuments, documentText } from "../src/http/write-schemas.ts";
import { generateKey } from "../src/privacy/key-file.ts";
import { DecisionMemo, Replay } from "../src/replay/replay.ts";
import { createVirtualClock, PATIENT_TIMERS } from "../src/replay/virtual-clock.ts";
import { guardVersion } from "../src/server-process.ts";
import { SWIPE_SCHEMAS } from "../src/swipe/published.ts";
import { SILENT } from "../src/units.ts";
import { recordOf } from "./audit/record-of.ts";

const folder = join(packageRoot(), "schemas");
const examples = join(folder, "examples");
const read = (...path: string[]) => readFileSync(join(...path), "utf8");
const lines = read(examples, "day.jsonl").trimEnd().split("\n");

t.test("what is in schemas/ is what the code writes, no file more and none less", async (t) => {
  const documents = await allDocuments(guardVersion(), readExamples(examples));
  const there = readdirSync(folder).filter((name) => name !== "examples");
  t.same(there.sort(), Object.keys(documents).sort());
  for (const [name, document] of Object.entries(documents)) {
    t.ok(read(folder, name) === documentText(document), `${name} is fresh`);
  }
});

t.test("the AsyncAPI document speaks of every event, and only of what it defines", async (t) => {
  const document = JSON.parse(read(folder, "asyncapi.json"));
  const said = Object.values<{ messages: object }>(document.channels).flatMap(({ messages }) =>
    Object.keys(messages),
  );
  t.same(said.sort(), [...EVENT_TYPES].sort());
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)];
  t.not(references.length, 0);
  for (const [, path = ""] of references) {
    let target = document;
    for (const step of path.split("/")) target = target?.[step];
    t.type(target, "object", path);
  }
});

/** Which schema an example is an example of. */
const EXAMPLES: Readonly<Record<string, z.ZodType>> = {
  "swipe.json": SWIPE_SCHEMAS.check,
  "settlement.json": SWIPE_SCHEMAS.settlement,
  "reversal.json": SWIPE_SCHEMAS.reversal,
  "acknowledgement.json": SWIPE_SCHEMAS.acknowledgement,
  "nhsa-2101.json": SWIPE_SCHEMAS["nhsa-2101"],
  "nhsa-2102.json": SWIPE_SCHEMAS["nhsa-2102"],
  "nhsa-2102-answer.json": SWIPE_SCHEMAS["nhsa-2102-answer"],
  "nhsa-2103.json": SWIPE_SCHEMAS["nhsa-2103"],
  "nhsa-2601.json": SWIPE_SCHEMAS["nhsa-2601"],
  "nhsa-3505.json": SWIPE_SCHEMAS["nhsa-3505"],
  "nhsa-3506.json": SWIPE_SCHEMAS["nhsa-3506"],
};

t.test("every example is what it is an example of", async (t) => {
  const files = readdirSync(examples).filter((name) => name.endsWith(".json"));
  t.same(files.sort(), Object.keys(EXAMPLES).sort(), "each example has its schema");
  for (const [name, schema] of Object.entries(EXAMPLES)) {
    t.same(schema.safeParse(JSON.parse(read(examples, name))).error?.issues, undefined, name);
  }
  for (const [index, text] of lines.entries()) {
    const line = SWIPE_SCHEMAS["replay-line"].parse(JSON.parse(text));
    const body = SWIPE_SCHEMAS[line.op as "check"];
    t.same(body.safeParse(line.body).error?.issues, undefined, `line ${index + 1}: ${line.op}`);
  }
});

t.test("every line of the example upload is one, with a body of its operation", async (t) => {
  const text = read(examples, "batch.ndjson").trimEnd().split("\n");
  for (const [index, line] of text.entries()) {
    const { op, body } = SWIPE_SCHEMAS["batch-line"].parse(JSON.parse(line));
    const name = op.replace(/^nhsa\/(\d+)\/?/, "nhsa-$1-").replace(/-$/, "");
    const schema = SWIPE_SCHEMAS[name as "check"];
    t.same(schema.safeParse(body).error?.issues, undefined, `line ${index + 1}: ${op}`);
  }
});

/** The desk of a server on a virtual clock, with a journal that is an array. */
async function openDesk() {
  const journal: JournalRecord[] = [];
  const sink = {
    append: async (texts: readonly RecordText[]) => void journal.push(...texts.map(recordOf)),
  };
  const clock = createVirtualClock(Date.UTC(2026, 10, 1));
  const pseudonymiser = pseudonymiserOf(
    JSON.stringify(generateKey((size) => Buffer.alloc(size, 7))),
  );
  const bundle = await loadBundle(shipped(), pseudonymiser, clock.now());
  const desk = createDesk({
    clock,
    timers: PATIENT_TIMERS,
    observer: SILENT,
    store: createPackedStore(
      createEmbeddedHome(createMemoryShelf(), clock.now),
      createKeyNames("test"),
      clock.now,
    ),
    keyring: fixedKeyring(pseudonymiser),
    recorder: createJournalRecorder(sink, "one", clock),
    bundle: () => bundle,
    enforce: "all",
    deadline: Number.POSITIVE_INFINITY,
    patient: true,
  });
  await activation(sink, "one", clock).announce(bundle, pseudonymiser.fingerprint);
  return { journal, replay: new Replay(desk, clock, new DecisionMemo()) };
}

/** Sold without a check, cancelled, acknowledged: what the day does not have. */
function unusualLines(): string[] {
  const at = "2026-11-30T09:00:00+08:00";
  const swipe = { ...JSON.parse(lines[0] ?? "").body, swipeId: "unchecked-20261130-0001" };
  const body = { settlementId: "S1", visitId: "V1", swipe };
  const nhsa = ["2101", "2102", "2102-answer", "3505", "3506", "2103", "2601"].map((name) => ({
    at,
    op: `nhsa/${name.replace("-", "/")}`,
    body: JSON.parse(read(examples, `nhsa-${name}.json`)),
  }));
  const { swipeId } = swipe;
  return [
    { at, op: "settlement", swipeId, body },
    { at, op: "acknowledgement", swipeId, body: { by: "L0031", choice: "continue" } },
    ...nhsa,
  ].map((line) => JSON.stringify(line));
}

t.test("given a day at the counter, every event it journals is what its schema says", async (t) => {
  const { journal, replay } = await openDesk();
  for (const line of [...lines, ...unusualLines()]) {
    const replayed = await replay.feed(line);
    t.notOk(replayed?.problem ?? replayed?.check?.problem, `${replayed?.line.op} was taken`);
  }
  const seen = new Set<EventType>();
  for (const { event } of journal) {
    seen.add(event.type);
    const parsed = eventSchema(event.type).safeParse(JSON.parse(JSON.stringify(event)));
    t.same(parsed.error?.issues, undefined, event.id);
  }
  t.same([...seen].sort(), [
    "clue.raised",
    "policy.activated",
    "reference.loaded",
    "swipe.acknowledged",
    "swipe.decided",
    "swipe.entered",
    "swipe.reversed",
    "swipe.settled",
  ]);
});
