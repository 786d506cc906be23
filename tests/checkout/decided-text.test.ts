import fc from "fast-check";
import t from "tap";
import type { RecordText } from "../../src/audit/line-buffer.ts";
import { createJournalRecorder } from "../../src/checkout/journal-recorder.ts";
import type { DecidedRecord } from "../../src/checkout/recorder.ts";
import type { FeaturePlan } from "../../src/features/plan.ts";
import { ENFORCEMENTS } from "../../src/rules/enforcement.ts";
import { LEVELS } from "../../src/swipe/vocabulary.ts";

const text = fc.oneof(
  fc.string(),
  fc.constantFrom("a:b", '"', "\\", "\n", "药", "\ud800", "\u2028", "😀", "", "sha256:0a"),
);
const number = fc.oneof(fc.nat(), fc.double());
const hit = fc.record({
  rule: text,
  name: fc.record({ zh: text, en: text }),
  lines: fc.array(text),
});
const plan = { swipe: [], lines: [] } as unknown as FeaturePlan;

const recorded = fc
  .record({
    swipe: fc.record({
      swipeId: text,
      stage: fc.constantFrom("settle", "inquiry"),
      pharmacy: fc.record({ code: text }),
      person: fc.record({ id: text }),
      total: number,
    }),
    decided: fc.record({
      decision: fc.constantFrom(...LEVELS),
      wouldBe: fc.constantFrom(...LEVELS),
      enforcement: fc.constantFrom(...ENFORCEMENTS),
      mode: fc.constantFrom("full", "partial", "standIn"),
      missing: fc.array(text, { maxLength: 3 }),
      hits: fc.array(hit, { maxLength: 2 }),
      policy: fc.record({
        version: fc.constantFrom("1", '"2"'),
        hash: fc.constantFrom("one", "two"),
        reference: fc.constantFrom("one", "two"),
      }),
      keyVersion: fc.constantFrom("1", "2"),
      decidedAt: fc.integer({ min: 0, max: 4e12 }),
      elapsedMs: number,
      timings: fc.record({ observe: number, judge: number }),
      personSeq: fc.nat(),
      supersedes: fc.array(text, { maxLength: 2 }),
      vector: fc.constant({ swipe: [], lines: [] }),
    }),
    content: fc.string({ unit: fc.constantFrom("a", "\u00ff", "\u0000"), maxLength: 16 }),
    scope: fc.oneof(fc.constant(""), text),
  })
  .map((made) => ({ ...made, plan, waiting: false, entered: false }) as unknown as DecidedRecord);

t.test(
  "given any decision, when it is recorded, then its line is what its event is as JSON, key for key",
  async (t) => {
    const lines: string[] = [];
    const append = async (texts: readonly RecordText[]) => {
      lines.push(...texts.map(String));
    };
    // One recorder for all of them: what it keeps of a record must not show in the next.
    const recorder = createJournalRecorder({ append }, 'one "two"', { now: () => 1 });
    await fc.assert(
      fc.asyncProperty(recorded, async (record) => {
        lines.length = 0;
        await recorder.decided(record);
        // Recorded with the store away it is written as an event, and says two things else.
        await recorder.decided({ ...record, waiting: true });
        const [usual = "", waiting = ""] = lines;
        const state = /,"state":"(?:attempted|reserved)"\}\}\}$/;
        t.match(usual, state, { diagnostic: false });
        t.equal(usual.replace(state, ',"state":"waiting","waiting":true}}}'), waiting);
        t.equal(JSON.stringify(JSON.parse(usual)), usual, { diagnostic: false });
      }),
    );
  },
);
