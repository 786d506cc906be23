import { counter, type NoticeDefinition } from "./notice-definition.ts";

const OUTCOME = /^[a-z]{2,16}(?:_[a-z]{2,16}){0,3}$/;
const OPERATIONS = ["check", "settlement", "reversal", "acknowledgement", "find", "nhsa"];

/** What comes beside the living counter: uploads of tills that were offline, and the test pharmacy. */
export const BATCH_NOTICES = {
  "batch.line": {
    meaning:
      "A line of an upload of a till that was offline was taken. `outcome`: played, or the code of its problem.",
    labels: { outcome: OUTCOME },
    metrics: [counter("guard_batch_lines_total", "Lines of uploads taken.", ["outcome"])],
  },
  "test.request": {
    meaning: "The test pharmacy asked something; it is counted and recorded nowhere but here.",
    labels: { op: OPERATIONS },
    metrics: [
      counter("guard_test_pharmacy_requests_total", "Requests of the test pharmacy.", ["op"]),
    ],
  },
} as const satisfies Readonly<Record<string, NoticeDefinition>>;
