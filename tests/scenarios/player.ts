import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EventData } from "../../src/audit/event.ts";
import { createDesk } from "../../src/checkout/create-desk.ts";
import { fixedKeyring } from "../../src/checkout/keyring.ts";
import type { DecidedRecord, Recorder } from "../../src/checkout/recorder.ts";
import { packageRoot } from "../../src/config/package-root.ts";
import { readConfig } from "../../src/config/read-config.ts";
import { loadBundle } from "../../src/control/load-bundle.ts";
import { pseudonymiserOf } from "../../src/control/own-keys.ts";
import type { CounterStore } from "../../src/counters/contract.ts";
import { generateKey } from "../../src/privacy/key-file.ts";
import { DecisionMemo, memoRecorder, Replay, type ReplayedCheck } from "../../src/replay/replay.ts";
import {
  createVirtualClock,
  PATIENT_TIMERS,
  type VirtualClock,
} from "../../src/replay/virtual-clock.ts";
import { type Policy, parsePolicy } from "../../src/rules/policy.ts";
import { SILENT } from "../../src/units.ts";
import { type Heard, isPass, mismatch } from "./expectation.ts";
import type { Said, Told } from "./step.ts";
import type { Story, Tellable } from "./story.ts";

/** An empty memory for one story; `close` is called when it is told. */
export interface EmptyMemory {
  readonly store: CounterStore;
  close(): Promise<void>;
}

export interface Verdict {
  /** Expectations and questions. */
  readonly asked: number;
  /** What was not as expected. */
  readonly mismatches: readonly string[];
}

/** Mismatches after these are more of the same. */
const MISMATCHES_MAX = 8;

/** Plays stories against the policy and the reference data as shipped, each from an empty memory. */
export async function createPlayer(memoryFor: (clock: VirtualClock) => Promise<EmptyMemory>) {
  const pseudonymiser = pseudonymiserOf(JSON.stringify(generateKey(randomBytes)));
  const bundle = await loadBundle(
    readConfig({}),
    pseudonymiser,
    Date.parse("2026-11-21T09:00:00+08:00"),
  );
  return async (tellable: Tellable): Promise<Verdict> => {
    const story = tellable.tell();
    const told =
      story.overlay === undefined ? bundle : { ...bundle, policy: policyWith(story.overlay) };
    const clock = createVirtualClock();
    const memory = await memoryFor(clock);
    const memo = new DecisionMemo();
    const notes = new Notebook(memoRecorder(memo), (number) =>
      pseudonymiser.pseudonym("person", number),
    );
    const desk = createDesk({
      ...{ clock, timers: PATIENT_TIMERS, observer: SILENT, store: memory.store },
      ...{ keyring: fixedKeyring(pseudonymiser), recorder: notes.recorder, bundle: () => told },
      ...{ enforce: "all", deadline: Number.POSITIVE_INFINITY, patient: true },
    });
    try {
      // One each: a till's clock may go back, and a file's lines may not.
      const feed: Feed = (text) => new Replay(desk, clock, memo).feed(text);
      return await play(story, feed, notes);
    } finally {
      await memory.close();
    }
  };
}

/** The shipped policy with an overlay more; a story's mistakes in it are the policy reader's words. */
function policyWith(overlay: string): Policy {
  const shipped = readFileSync(join(packageRoot(), "deploy/policy/policy.yaml"), "utf8");
  const indented = overlay.trim().replaceAll(/^/gm, "  ");
  const parsed = parsePolicy(
    shipped.replace("\noverlays:\n", `\noverlays:\n${indented}\n\n`),
    "story",
  );
  if ("faults" in parsed) throw new TypeError(JSON.stringify(parsed.faults));
  return parsed.policy;
}

type Feed = Replay["feed"];

async function play({ steps }: Story, feed: Feed, notes: Notebook): Promise<Verdict> {
  const mismatches: string[] = [];
  let asked = 0;
  for (const step of steps) {
    if (mismatches.length >= MISMATCHES_MAX) break;
    if ("judge" in step || step.expected !== undefined) asked += 1;
    const fault = "judge" in step ? step.judge(notes) : await said(step, feed, notes);
    if (fault !== undefined) mismatches.push(`${step.what}: ${fault}`);
  }
  return { asked, mismatches };
}

/** Sends a message; says what is wrong with the answer. */
async function said(step: Said, feed: Feed, notes: Notebook): Promise<string | undefined> {
  if (step.ifPassed && !isPass(notes.answerTo(step.ifPassed) ?? { hits: [] })) return undefined;
  const { check, problem } = (await feed(JSON.stringify(step.line))) ?? {};
  if (check === undefined) return problem === undefined ? undefined : `answered ${problem}`;
  const heard = notes.hear(step, check);
  return step.expected && mismatch(step.expected, heard);
}

/** What was answered and recorded of one story. */
class Notebook implements Told {
  readonly recorder: Recorder;
  readonly clues: EventData<"clue.raised">[] = [];
  readonly indicators: EventData<"indicator.raised">[] = [];
  readonly pseudonym: (number: string) => string;
  private readonly records = new Map<string, DecidedRecord["decided"]>();
  private readonly answers = new Map<Said, Heard>();

  constructor(recorder: Recorder, pseudonym: (number: string) => string) {
    this.pseudonym = pseudonym;
    this.recorder = {
      ...recorder,
      decided: async (record) => {
        this.records.set(record.decided.swipeId, record.decided);
        await recorder.decided(record);
      },
      clue: async (data) => {
        this.clues.push(data);
      },
      indicator: async (data) => {
        this.indicators.push(data);
      },
    };
  }

  hear(said: Said, { swipeId, decision, problem }: ReplayedCheck): Heard {
    const record = this.records.get(swipeId);
    const flaw = problem === undefined && record ? flawOf(record) : undefined;
    const heard: Heard = {
      ...(decision === undefined ? {} : { decision }),
      ...(problem === undefined ? {} : { problem }),
      ...(flaw === undefined ? {} : { flaw }),
      hits: record?.hits ?? [],
    };
    this.answers.set(said, heard);
    return heard;
  }

  answerTo(said: Said): Heard | undefined {
    return this.answers.get(said);
  }
}

/** With a store that answers nothing is missing; a sentence keeps its numbers for the record. */
function flawOf({ mode, hits, answered }: DecidedRecord["decided"]): string | undefined {
  if (mode !== "full") return `the mode is ${mode}`;
  for (const { rule, evidence } of answered) {
    const hit = hits.find((one) => one.rule === rule && !one.shadow);
    const told = hit?.disclose === "sentence" ? {} : (hit?.evidence ?? {});
    if (JSON.stringify(evidence) !== JSON.stringify(told)) return `${rule} tells other evidence`;
  }
  return undefined;
}
