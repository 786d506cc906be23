import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { EVENTS, type EventData, type JournalRecord } from "../../src/audit/event.ts";
import type { RecordText } from "../../src/audit/line-buffer.ts";
import { RecordedSwipe, toPseudonymisedSwipe } from "../../src/audit/recorded-swipe.ts";
import type { Bundle } from "../../src/checkout/bundle.ts";
import { createDesk } from "../../src/checkout/create-desk.ts";
import type { Desk } from "../../src/checkout/desk.ts";
import { createJournalRecorder } from "../../src/checkout/journal-recorder.ts";
import { fixedKeyring } from "../../src/checkout/keyring.ts";
import { packageRoot } from "../../src/config/package-root.ts";
import { loadBundle } from "../../src/control/load-bundle.ts";
import { pseudonymiserOf } from "../../src/control/own-keys.ts";
import { type CounterStore, StoreUnavailableError } from "../../src/counters/contract.ts";
import { decideAgain, ForeignRecordError } from "../../src/decision/decide-again.ts";
import type { Verdict } from "../../src/decision/verdict.ts";
import { generateKey } from "../../src/privacy/key-file.ts";
import { DecisionMemo, Replay } from "../../src/replay/replay.ts";
import { createVirtualClock, PATIENT_TIMERS } from "../../src/replay/virtual-clock.ts";
import type { Enforcement } from "../../src/rules/enforcement.ts";
import { parsePolicy } from "../../src/rules/policy.ts";
import type { DecisionAnswer } from "../../src/swipe/answer.ts";
import { canonicalJson } from "../../src/swipe/canonical-json.ts";
import type { Outcome } from "../../src/swipe/problem.ts";
import { SILENT } from "../../src/units.ts";
import { wireReplayMemory } from "../../src/wire-memory.ts";
import type { Step } from "../scenarios/step.ts";
import { TOPICS } from "../scenarios/topics.ts";

const pseudonymiser = pseudonymiserOf(JSON.stringify(generateKey(randomBytes)));
const policyFile = join(packageRoot(), "deploy/policy/policy.yaml");
const referenceDir = join(packageRoot(), "deploy/reference");
/** Before the first line of any story, so that lists are of one age in all of them. */
const LOADED = Date.parse("2026-10-01T00:00:00+08:00");
const shipped = await loadBundle({ policyFile, referenceDir }, pseudonymiser, LOADED);

const dayLines = readFileSync(join(packageRoot(), "schemas/examples/day.jsonl"), "utf8")
  .split("\n")
  .filter((line) => line !== "");
const [firstOfDay] = dayLines.map((line) => JSON.parse(line) as { readonly body: object });
/** A sale the guard learns of when it is settled: recorded as entered. */
const unchecked = {
  at: "2026-11-01T09:00:00+08:00",
  op: "settlement",
  swipeId: "honest-20261101-0001",
  body: { settlementId: "S-1", visitId: "M-1", swipe: firstOfDay?.body },
};
/** A month of sales before a story begins is played in one form, and not in every way there is. */
const SHORT_TALE = 60;
const LONG_TALE = 700;
const told = Object.values(TOPICS)
  .flat()
  .map((story) => ({ title: story.title, steps: story.tell().steps }));
const tales = [
  dayLines,
  [JSON.stringify(unchecked)],
  ...told.filter(isTold).map(({ steps }) => steps.flatMap((step) => lineOf(step))),
];
const shortTales = tales.filter((lines) => lines.length <= SHORT_TALE);

function isTold({ title, steps }: (typeof told)[number]): boolean {
  return steps.length <= (title.endsWith("(NHSA)") ? SHORT_TALE : LONG_TALE);
}

function lineOf(step: Step): string[] {
  return "line" in step ? [JSON.stringify(step.line)] : [];
}

/** Which calls of the store fail: the number of the call, from 0. */
type Fails = (call: number) => boolean;
const NEVER: Fails = () => false;

interface Way {
  readonly bundle?: Bundle;
  readonly enforce?: Enforcement;
  readonly observeFails?: Fails;
  readonly sealFails?: Fails;
}

function failing(store: CounterStore, { observeFails = NEVER, sealFails = NEVER }: Way) {
  const calls = { observe: 0, seal: 0 };
  const away = () => Promise.reject(new StoreUnavailableError("The test took the store away."));
  return {
    ...store,
    observe: (observation) => (observeFails(calls.observe++) ? away() : store.observe(observation)),
    seal: (sealing) => (sealFails(calls.seal++) ? away() : store.seal(sealing)),
  } satisfies CounterStore;
}

interface Played {
  /** As the journal's lines say it, and nothing that JSON does not carry. */
  readonly records: readonly JournalRecord[];
  /** What native tills were told, by swipe and time. */
  readonly answers: ReadonlyMap<string, DecisionAnswer>;
}

/** A check that the store did not hear may be decided once more, so its id alone does not tell answers apart. */
const answerKey = (of: { readonly swipeId: string; readonly decidedAt: string }) =>
  `${of.swipeId} ${of.decidedAt}`;

/** One tale through a desk that records as the server does, from an empty memory. */
async function play(lines: readonly string[], way: Way): Promise<Played> {
  const clock = createVirtualClock();
  const memory = await wireReplayMemory(undefined, "again", clock, SILENT);
  const written: string[] = [];
  const answers = new Map<string, DecisionAnswer>();
  const sink = {
    append: async (texts: readonly RecordText[]) => {
      written.push(...texts.map(String));
    },
  };
  const desk = createDesk({
    clock,
    timers: PATIENT_TIMERS,
    observer: SILENT,
    store: failing(memory.store, way),
    keyring: fixedKeyring(pseudonymiser),
    recorder: createJournalRecorder(sink, "one", clock),
    bundle: () => way.bundle ?? shipped,
    enforce: way.enforce ?? "all",
    deadline: Number.POSITIVE_INFINITY,
    // A store that fails is gone without, as a server's is.
    patient: false,
  });
  const listening: Desk = {
    ...desk,
    check: async (body, arrival) => {
      const outcome: Outcome<DecisionAnswer> = await desk.check(body, arrival);
      if ("value" in outcome) answers.set(answerKey(outcome.value), outcome.value);
      return outcome;
    },
  };
  // A replay each: a till's clock may go back in a tale, and a file's lines may not.
  for (const line of lines) await new Replay(listening, clock, new DecisionMemo()).feed(line);
  await memory.close();
  return { records: written.map((text) => JSON.parse(text) as JournalRecord), answers };
}

/** What a record says was decided, or what is decided again: the parts the promise names. */
interface Outcomes {
  readonly decision: Verdict["decision"];
  readonly wouldBe?: Verdict["decision"] | undefined;
  readonly mode: Verdict["mode"];
  readonly missing: readonly string[];
  readonly hits: readonly unknown[];
}

function outcomeOf({ decision, wouldBe, mode, missing, hits }: Outcomes): string {
  return canonicalJson({ decision, wouldBe, mode, missing, hits });
}

const briefly = (hits: DecisionAnswer["hits"] | Verdict["answered"]) =>
  hits.map(({ rule, level, lines }) => `${rule} ${level} ${lines.join("+")}`).join("; ");

type DecidedData = EventData<"swipe.decided">;

function factsOf(data: DecidedData) {
  return { ...data, swipe: toPseudonymisedSwipe(RecordedSwipe.parse(data.swipe)) };
}

interface Seen {
  events: number;
  readonly counts: Map<string, number>;
}

/** Decides every record of a tale again; speaks only of what is not the same. */
function decidedAgainAlike(t: Test, { records, answers }: Played, bundle: Bundle, seen: Seen) {
  const alike = (found: string, wanted: string, what: string) => {
    if (found !== wanted) t.equal(found, wanted, what);
  };
  for (const { event } of records) {
    if (event.type !== "swipe.decided" && event.type !== "swipe.entered") continue;
    const data = EVENTS[event.type].data.parse(event.data);
    const again = decideAgain(bundle.policy, factsOf(data));
    alike(outcomeOf(again), outcomeOf(data), event.id);
    alike(bundle.policy.hash, data.policy.hash, `${event.id}: the policy it names`);
    const told = event.type === "swipe.decided" ? answers.get(answerKey(data)) : undefined;
    if (told)
      alike(briefly(again.answered), briefly(told.hits), `${event.id}: what the till was told`);
    seen.events += 1;
    const rules = [...again.hits, ...again.answered].map(({ rule, level }) => `${rule} ${level}`);
    for (const name of new Set([event.type, data.mode, data.decision, ...rules])) {
      seen.counts.set(name, (seen.counts.get(name) ?? 0) + 1);
    }
  }
}

async function allTales(t: Test, way: Way, played = shortTales): Promise<Seen> {
  const seen: Seen = { events: 0, counts: new Map() };
  for (const lines of played) {
    decidedAgainAlike(t, await play(lines, way), way.bundle ?? shipped, seen);
  }
  const sorted = [...seen.counts].sort(([a], [b]) => a.localeCompare(b, "en"));
  t.comment(`${seen.events} events decided again: ${JSON.stringify(Object.fromEntries(sorted))}`);
  return seen;
}

/** The tales must be able to show a difference: all of this has to be among what was decided again. */
function hasSeen(t: Test, { counts }: Seen, ...names: readonly string[]): void {
  const unseen = names.filter((name) => !counts.has(name));
  t.same(unseen, [], `${names.join(", ")} were among them`);
}

t.test("with the store: every decision of every tale is made again", async (t) => {
  const seen = await allTales(t, {}, tales);
  t.ok(seen.events > 1_500, `${seen.events} events`);
  hasSeen(
    t,
    seen,
    "swipe.decided",
    "swipe.entered",
    "full",
    "allow",
    "warn",
    "stepUp",
    "hold",
    "deny",
  );
  const rules = shipped.policy.rules.map(({ everywhere }) => everywhere.id);
  const never = rules.filter((id) => ![...seen.counts.keys()].some((name) => name.startsWith(id)));
  t.same(never, [], "every rule has spoken");
});

t.test("without the store: stand-ins", async (t) => {
  const seen = await allTales(t, { observeFails: () => true });
  hasSeen(t, seen, "standIn", "SYS-01 warn", "warn", "deny");
  t.notOk(seen.counts.has("full"));
});

t.test("with a store that comes and goes, before the judgement and after it", async (t) => {
  const way: Way = { observeFails: (call) => call % 3 === 1, sealFails: (call) => call % 4 === 2 };
  const seen = await allTales(t, way);
  hasSeen(t, seen, "full", "standIn", "SYS-01 warn", "hold");
});

t.test("with a list past its age, a rule in shadow, and only hard rules answered", async (t) => {
  const text = readFileSync(policyFile, "utf8")
    .replace("{ list: deceased, of: person }", "{ list: deceased, of: person }, maxAge: 1d")
    .replace("  - id: OQ-02\n", "  - id: OQ-02\n    mode: shadow\n");
  const parsed = parsePolicy(text, "policy.yaml");
  if ("faults" in parsed) throw new Error(JSON.stringify(parsed.faults));
  const bundle: Bundle = { ...shipped, policy: parsed.policy };
  for (const enforce of ["all", "hard", "none"] as const) {
    await t.test(`enforced: ${enforce}`, async (t) => {
      const seen = await allTales(t, { bundle, enforce });
      hasSeen(t, seen, "partial", "allow", "OQ-02 hold", "IM-04 allow");
      t.equal(seen.counts.has("deny"), enforce !== "none");
      t.equal(seen.counts.has("stepUp") && seen.counts.has("SYS-01 allow"), enforce === "all");
    });
  }
});

t.test("another policy does not pass for the one that decided", async (t) => {
  const { records } = await play(dayLines, {});
  const [data] = records.flatMap(({ event }) =>
    event.type === "swipe.decided" ? [EVENTS[event.type].data.parse(event.data)] : [],
  );
  if (data === undefined) throw new Error("nothing was decided");
  const { onHandDays: _gone, ...features } = data.features;
  t.throws(
    () => decideAgain(shipped.policy, factsOf({ ...data, features })),
    new ForeignRecordError("onHandDays"),
  );
});

t.test("a record changed by one fact is decided otherwise", async (t) => {
  const { records } = await play(dayLines, {});
  const changed = records.flatMap(({ event }) => {
    if (event.type !== "swipe.decided") return [];
    const data = EVENTS[event.type].data.parse(event.data);
    const personStatus = { kind: "swipe", value: { known: "2" } } as const;
    const facts = factsOf({ ...data, features: { ...data.features, personStatus } });
    return [decideAgain(shipped.policy, facts).decision];
  });
  t.ok(changed.length > 10);
  t.same([...new Set(changed)], ["deny"], "the insurance of all of them is stopped now (IM-04)");
});
