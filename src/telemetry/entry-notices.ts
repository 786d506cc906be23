import { counter, gauge, type NoticeDefinition } from "./notice-definition.ts";

const FLAG = ["true", "false"];
/** Kinds of steps; as in the table of notices. */
const STEP = /^[a-z]{2,16}$/;

/** What is told of swipes and steps that the store has yet to be told of. */
export const ENTRY_NOTICES = {
  "entry.waiting": {
    meaning: "Swipes and steps held that wait to be told the store. Value: how many.",
    labels: {},
    metrics: [gauge("guard_entry_waiting", "Swipes and steps that wait for the store.")],
  },
  "entry.oldest": {
    meaning: "How long the oldest of them has waited. Value: seconds.",
    labels: {},
    metrics: [gauge("guard_entry_oldest_seconds", "How long the oldest of them has waited.")],
  },
  "entry.entered": {
    meaning:
      "A swipe was entered late. `counted` false: another instance had decided it, or its key was never the store's.",
    labels: { counted: FLAG },
    metrics: [counter("guard_entry_entered_total", "Swipes entered late.", ["counted"])],
  },
  "entry.foreignKey": {
    meaning: "What waits was pseudonymised by a key that the store did not take.",
    labels: {},
    metrics: [counter("guard_entry_foreign_key_total", "What waited under a key not taken.")],
  },
  "entry.failed": {
    meaning: "What waits could not be entered, and not because of the store.",
    labels: {},
    metrics: [counter("guard_entry_failed_total", "Tries to enter that failed by themselves.")],
  },
  "step.waits": {
    meaning:
      "A settlement, reversal or the like was recorded for later: the store does not answer.",
    labels: { step: STEP },
    metrics: [counter("guard_steps_waiting_total", "Steps recorded for later.", ["step"])],
  },
  "step.entered": {
    meaning: "A step that waited was taken. `outcome`: applied, refused.",
    labels: { step: STEP, outcome: ["applied", "refused"] },
    metrics: [counter("guard_steps_entered_total", "Steps taken late.", ["step", "outcome"])],
  },
} as const satisfies Readonly<Record<string, NoticeDefinition>>;
