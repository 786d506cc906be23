import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import type { JournalRecord } from "../../src/audit/event.ts";
import type { RecordText } from "../../src/audit/line-buffer.ts";
import { readJournal } from "../../src/audit/reader.ts";
import { FROM_THE_OLDEST, SegmentReader } from "../../src/audit/segment-reader.ts";
import { parseRecord } from "../../src/audit/segments.ts";
import { createDesk } from "../../src/checkout/create-desk.ts";
import { createJournalRecorder } from "../../src/checkout/journal-recorder.ts";
import { fixedKeyring } from "../../src/checkout/keyring.ts";
import { readConfig } from "../../src/config/read-config.ts";
import { loadBundle } from "../../src/control/load-bundle.ts";
import { pseudonymiserOf } from "../../src/control/own-keys.ts";
import type { Pseudonymiser } from "../../src/privacy/pseudonymiser.ts";
import { openReplay } from "../../src/replay/open-replay.ts";
import { DecisionMemo, Replay, type Replayed } from "../../src/replay/replay.ts";
import { createVirtualClock, PATIENT_TIMERS } from "../../src/replay/virtual-clock.ts";
import { instantText } from "../../src/swipe/calendar.ts";
import { canonicalJson } from "../../src/swipe/canonical-json.ts";
import { SILENT } from "../../src/units.ts";
import { wireReplayMemory } from "../../src/wire-memory.ts";
import { recordOf } from "../audit/record-of.ts";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { BusyCounter, type Call } from "./busy-counter.ts";
import { startGuard } from "./guard-process.ts";
import { type Answer, Till } from "./till.ts";

/** Chosen once; another gives another day. */
const SEED = 20_261_121;
const CALLS = 700;

/** What the till was told and what the journal took for it: read as soon as the answer is there (promise 5). */
interface Lived {
  readonly call: Call;
  readonly answer: Answer;
  readonly records: readonly JournalRecord[];
  readonly at: number;
}

/** Clues are worked out behind the answer: when they are written is nobody's promise. */
function isOfSwipe({ topic }: JournalRecord): boolean {
  return topic === "guard.swipes.v1";
}

/** When it happened, by the guard's own clock, where the record says it. */
function timeOf(record: JournalRecord | undefined): number | undefined {
  if (record === undefined) return undefined;
  const data = record.event.data as unknown as Record<string, unknown> & { swipe?: { at: number } };
  if (data.swipe !== undefined) return data.swipe.at;
  const text = data["settledAt"] ?? data["reversedAt"] ?? data["acknowledgedAt"];
  return text === undefined ? undefined : Date.parse(String(text));
}

async function live(till: Till, journal: string): Promise<Lived[]> {
  const reader = new SegmentReader(journal, FROM_THE_OLDEST, parseRecord);
  await reader.read(1_000);
  const counter = new BusyCounter(SEED, randomBytes(3).toString("hex"));
  const lived: Lived[] = [];
  let at = Date.now();
  for (let number = 0; number < CALLS; number++) {
    const call = counter.next(Date.now());
    const answer = await till.post(call.path, call.body);
    const { records: read } = await reader.read(1_000);
    const records = read.map(({ record }) => record).filter(isOfSwipe);
    at = Math.max(at, timeOf(records[0]) ?? at);
    lived.push({ call, answer, records, at });
  }
  await reader.close();
  return lived;
}

function lineOf({ call, at }: Lived): string {
  const { op, swipeId, body } = call;
  return JSON.stringify({ at: instantText(at), op, ...(swipeId ? { swipeId } : {}), body });
}

interface Said {
  readonly decision?: string;
  readonly mode?: string;
  readonly problem?: string;
  readonly hits?: readonly { readonly rule: string; readonly level: string }[];
}

/** What a native answer and an NHSA envelope say alike. */
function told({ call, answer }: Lived): Said {
  const body = JSON.parse(answer.text) as Record<string, unknown> & {
    output?: Said & { readonly problem?: { readonly code: string } };
  };
  if (call.op.startsWith("nhsa/")) {
    const problem = body.output?.problem as { readonly code: string } | undefined;
    if (problem) return { problem: problem.code };
    const { decision, mode } = body.output ?? {};
    return decision === undefined ? {} : { decision, ...(mode ? { mode } : {}) };
  }
  if (answer.status >= 400) return { problem: String(body["code"]) };
  if (call.op !== "check") return {};
  return { decision: String(body["decision"]), mode: String(body["mode"]) };
}

function replayed(of: Replayed | undefined): Said {
  const problem = of?.check?.problem ?? of?.problem;
  if (problem !== undefined) return { problem };
  const { decision, mode } = of?.check ?? {};
  return { ...(decision ? { decision } : {}), ...(mode ? { mode } : {}) };
}

/**
 * An event without what names the instance and measures it: all else must be equal. Its own time is the line's; of a
 * sale entered and settled by one line live had two.
 */
function factsOf({ topic, key, event }: JournalRecord): string {
  const { source: _source, time: _time, data, ...envelope } = event;
  const { elapsedMs, timings, decidedAt, enteredAt, settledAt, ...facts } = data as Record<
    string,
    unknown
  >;
  return canonicalJson({ topic, key, ...envelope, facts });
}

function hitsIn(records: readonly JournalRecord[]): string {
  return records
    .flatMap(({ event }) => ("hits" in event.data ? event.data.hits : []))
    .map(({ rule, level, shadow }) => `${rule} ${level} ${shadow}`)
    .join("; ");
}

/** By what a call is counted. */
function namesOf(one: Lived): string[] {
  const { decision, problem } = told(one);
  const events = one.records.map(({ event }) => event.type);
  const hits = one.records.flatMap(({ event }) => ("hits" in event.data ? event.data.hits : []));
  return [one.call.op, decision ?? problem ?? "done", ...events, ...hits.map(({ rule }) => rule)];
}

async function replayBundle(pseudonymiser: Pseudonymiser) {
  return loadBundle(readConfig({}), pseudonymiser, Date.now());
}

/** The same desk on a virtual clock with a record of its own, to compare every recorded fact. */
async function recordAgain(lines: readonly string[], pseudonymiser: Pseudonymiser) {
  const clock = createVirtualClock();
  const memory = await wireReplayMemory(undefined, "live", clock, SILENT);
  const bundle = await replayBundle(pseudonymiser);
  let written: JournalRecord[] = [];
  const sink = {
    append: async (texts: readonly RecordText[]) => {
      written.push(...texts.map(recordOf).filter(isOfSwipe));
    },
  };
  const desk = createDesk({
    clock,
    timers: PATIENT_TIMERS,
    observer: SILENT,
    store: memory.store,
    keyring: fixedKeyring(pseudonymiser),
    recorder: createJournalRecorder(sink, "replay", clock),
    bundle: () => bundle,
    enforce: "all",
    deadline: Number.POSITIVE_INFINITY,
    patient: true,
  });
  const replay = new Replay(desk, clock, new DecisionMemo());
  const all: JournalRecord[][] = [];
  for (const line of lines) {
    written = [];
    await replay.feed(line);
    all.push(written);
  }
  await memory.close();
  return all;
}

t.test(
  "what a guard lived through, replayed, is the same",
  {
    skip: skipWithoutRedisServer(),
  },
  async (t) => {
    const redis = await startRedis();
    // Nobody is answered without the store: a replay has no stand-ins.
    const settings = { REDIS_URL: redis.url, GUARD_DEADLINE_MS: "5000" };
    const guard = await startGuard(t.testdir(), settings);
    const till = new Till(guard.url);
    t.teardown(async () => {
      till.close();
      await guard.kill();
      await redis.stop();
    });
    await till.untilStoreAnswers();
    const journal = join(guard.dataDir, "journal");
    const lived = await live(till, journal);
    const lines = lived.map(lineOf);
    const keys = readFileSync(join(guard.dataDir, "keys.json"), "utf8");

    await t.test("the day was varied, and wholly with the store", async (t) => {
      const modes = new Set(lived.map(told).flatMap(({ mode }) => mode ?? []));
      t.same([...modes], ["full"]);
      const counts: Record<string, number> = {};
      for (const name of lived.flatMap(namesOf)) counts[name] = (counts[name] ?? 0) + 1;
      t.comment(JSON.stringify(counts));
      for (const name of ["allow", "warn", "hold", "deny", "bad_request", "content_conflict"]) {
        t.ok(name in counts, name);
      }
      for (const name of ["nhsa/3505", "nhsa/3506"]) t.ok(name in counts, name);
      for (const name of ["settled", "reversed", "acknowledged", "entered"]) {
        t.ok(`swipe.${name}` in counts, name);
      }
      const checks = Number(counts["swipe.decided"]);
      t.ok(checks >= 300, `${checks} checks were decided`);
      const rules = Object.keys(counts).filter((name) => /^[A-Z]{2}-\d\d$/.test(name));
      t.ok(rules.length >= 12, `rules that spoke: ${rules.sort().join(", ")}`);
    });

    await t.test("the same decisions and hits, in order", async (t) => {
      const clock = createVirtualClock();
      const memory = await wireReplayMemory(undefined, "again", clock, SILENT);
      t.teardown(() => memory.close());
      const pseudonymiser = pseudonymiserOf(keys);
      const bundle = await replayBundle(pseudonymiser);
      const replay = openReplay({
        clock,
        store: memory.store,
        pseudonymiser,
        bundle,
        observer: SILENT,
      });
      for (const [index, one] of lived.entries()) {
        const again = await replay.feed(lines[index] ?? "");
        t.same(replayed(again), told(one), `call ${index}: ${one.call.op}`);
        if (again?.check?.hits && one.records.some(({ event }) => event.type === "swipe.decided")) {
          const hits = again.check.hits.map(
            ({ rule, level, shadow }) => `${rule} ${level} ${shadow}`,
          );
          t.equal(hits.join("; "), hitsIn(one.records), `call ${index}: hits`);
        }
      }
    });

    await t.test("and the same records, to every feature the rules saw", async (t) => {
      const again = await recordAgain(lines, pseudonymiserOf(keys));
      for (const [index, one] of lived.entries()) {
        const facts = (again[index] ?? []).map(factsOf);
        t.same(facts, one.records.map(factsOf), `call ${index}: ${one.call.op}`);
      }
      let kept = 0;
      for await (const { record } of readJournal({ folder: journal })) {
        if (isOfSwipe(record)) kept += 1;
      }
      t.equal(again.flat().length, kept, "nothing else was recorded");
      t.comment(`${kept} events equal`);
    });
  },
);
