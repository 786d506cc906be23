import t from "tap";
import { z } from "zod";
import {
  AcknowledgementBody,
  parseAcknowledgement,
  parseReversal,
  parseSettlement,
  ReversalBody,
  SettlementBody,
} from "../../src/swipe/after-bodies.ts";
import { DecisionAnswer, SwipeState } from "../../src/swipe/answer.ts";
import { CheckBody, parseCheck } from "../../src/swipe/check-body.ts";
import type { Outcome } from "../../src/swipe/problem.ts";
import { accepted, leastCheck, refused } from "./bodies.ts";

function pathsOf(outcome: Outcome<unknown>): readonly string[] {
  return (refused(outcome).paths ?? []).map(({ path }) => path);
}

t.test("a settlement names what was dispensed, and may carry its check", async (t) => {
  t.strictSame(
    accepted(
      parseSettlement({
        settlementId: "S1",
        visitId: "V1",
        lines: [{ line: "0001", quantity: 1.5 }],
        funds: { pooled: 12.3 },
      }),
    ),
    {
      settlementId: "S1",
      visitId: "V1",
      lines: [{ line: "0001", quantity: 15_000 }],
      funds: { pooled: 1_230 },
    },
  );
  t.strictSame(
    accepted(parseSettlement({ settlementId: "S1", visitId: "V1", swipe: leastCheck() })).swipe,
    accepted(parseCheck(leastCheck())),
  );
  t.strictSame(
    pathsOf(
      parseSettlement({ settlementId: "S1", visitId: "V1", swipe: { ...leastCheck(), total: 1 } }),
    ),
    ["swipe.total"],
  );
  t.strictSame(pathsOf(parseSettlement({ visitId: "V1" })), ["settlementId"]);
  t.strictSame(pathsOf(parseSettlement({ settlementId: "S1", visitId: "V1", lines: [] })), [
    "lines",
  ]);
});

t.test("a partial reversal needs its id, a whole one does not", async (t) => {
  t.strictSame(accepted(parseReversal({ reason: "timeout" })), { reason: "timeout" });
  const lines = [{ line: "0001", quantity: 1, traceCodes: ["83386520001941653320"] }];
  t.strictSame(accepted(parseReversal({ reversalId: "r1", reason: "refund", lines })), {
    reversalId: "r1",
    reason: "refund",
    lines: [{ line: "0001", quantity: 10_000, traceCodes: ["83386520001941653320"] }],
  });
  t.strictSame(pathsOf(parseReversal({ reason: "refund", lines })), ["reversalId"]);
  t.strictSame(
    pathsOf(parseReversal({ reversalId: "r1", reason: "refund", lines: [...lines, ...lines] })),
    ["lines[1].line"],
  );
  t.strictSame(pathsOf(parseReversal({ reason: "because" })), ["reason"]);
});

t.test("an acknowledgement has no room for free text", async (t) => {
  t.strictSame(accepted(parseAcknowledgement({ by: "L0031", choice: "cash", code: "OTHER" })), {
    by: "L0031",
    choice: "cash",
    code: "OTHER",
  });
  t.strictSame(pathsOf(parseAcknowledgement({ by: "L0031", choice: "cash", code: "he said so" })), [
    "code",
  ]);
  t.strictSame(pathsOf(parseAcknowledgement({ by: "L0031", choice: "cash", note: "x" })), ["note"]);
});

t.test("every body and answer can be published as JSON Schema", async (t) => {
  for (const schema of [CheckBody, SettlementBody, ReversalBody, AcknowledgementBody]) {
    const published = z.toJSONSchema(schema, { io: "input" });
    t.equal(published.additionalProperties, false);
  }
  for (const schema of [DecisionAnswer, SwipeState]) {
    t.equal(z.toJSONSchema(schema, { io: "output" }).type, "object");
  }
  const amount = JSON.stringify(z.toJSONSchema(CheckBody, { io: "input" }));
  t.match(amount, /yuan, 2 decimals/);
});
