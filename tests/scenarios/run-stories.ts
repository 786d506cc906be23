import { randomBytes } from "node:crypto";
import { readConfig } from "../../src/config/read-config.ts";
import { loadBundle } from "../../src/control/load-bundle.ts";
import { pseudonymiserOf } from "../../src/control/own-keys.ts";
import type { CounterStore } from "../../src/counters/contract.ts";
import { generateKey } from "../../src/privacy/key-file.ts";
import { openReplay } from "../../src/replay/open-replay.ts";
import type { ReplayedCheck } from "../../src/replay/replay.ts";
import { createVirtualClock, type VirtualClock } from "../../src/replay/virtual-clock.ts";
import { levelRank } from "../../src/swipe/vocabulary.ts";
import { SILENT } from "../../src/units.ts";
import { cardFarming } from "./card-farming.ts";
import { honestCustomers } from "./honest-customers.ts";
import { impersonation } from "./impersonation.ts";
import { lifeCycle } from "./life-cycle.ts";
import { oddMessages } from "./odd-messages.ts";
import { overQuantity } from "./over-quantity.ts";
import { prescriptions } from "./prescriptions.ts";
import type { Expectation, Story, Told } from "./story.ts";
import { traceCodes } from "./trace-codes.ts";

/** All stories by topic. */
export const TOPICS: Readonly<Record<string, Told>> = {
  "card farming": cardFarming,
  "over-quantity": overQuantity,
  impersonation,
  "trace codes": traceCodes,
  "prescriptions, pharmacies, books": prescriptions,
  "the life of a sale": lifeCycle,
  "honest customers": honestCustomers,
  "odd messages": oddMessages,
};

/** An empty memory for one story; `close` is called when it is told. */
export interface EmptyMemory {
  readonly store: CounterStore;
  close(): Promise<void>;
}

export interface Verdict {
  readonly what: string;
  /** Absent: as expected. */
  readonly mismatch?: string;
}

/** Plays stories against the policy and the reference data as shipped, each from an empty memory. */
export async function createPlayer(memoryFor: (clock: VirtualClock) => Promise<EmptyMemory>) {
  const pseudonymiser = pseudonymiserOf(JSON.stringify(generateKey(randomBytes)));
  const bundle = await loadBundle(
    readConfig({}),
    pseudonymiser,
    Date.parse("2026-11-21T09:00:00+08:00"),
  );
  return async (story: Story): Promise<Verdict[]> => {
    const clock = createVirtualClock();
    const memory = await memoryFor(clock);
    try {
      const replay = openReplay({
        clock,
        store: memory.store,
        pseudonymiser,
        bundle,
        observer: SILENT,
      });
      const verdicts: Verdict[] = [];
      for (const { line, what, expected } of story.steps) {
        const { check, problem } = (await replay.feed(JSON.stringify(line))) ?? {};
        if (check && expected) verdicts.push(verdict(what, check, expected));
        else if (problem !== undefined) verdicts.push({ what, mismatch: `answered ${problem}` });
      }
      return verdicts;
    } finally {
      await memory.close();
    }
  };
}

function verdict(
  what: string,
  check: ReplayedCheck,
  { levels, hits, problem }: Expectation,
): Verdict {
  const found = new Map((check.hits ?? []).map(({ rule, level }) => [rule, level]));
  const answer = check.problem ?? check.decision ?? "nothing";
  const wanted = problem === undefined ? levels : [problem];
  const asWished =
    wanted.some((level) => level === answer) &&
    Object.entries(hits).every(([rule, level]) => found.get(rule) === level) &&
    [...found].every(([rule, level]) => rule in hits || levelRank(level) < levelRank("hold"));
  if (asWished) return { what };
  const said = `${answer} ${JSON.stringify(Object.fromEntries(found))}`;
  return { what, mismatch: `expected ${wanted.join(" or ")} ${JSON.stringify(hits)}, got ${said}` };
}
