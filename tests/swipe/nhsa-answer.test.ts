import fc from "fast-check";
import t from "tap";
import type { DecisionAnswer } from "../../src/swipe/answer.ts";
import { nhsaDecision, nhsaMatched, nhsaProblem } from "../../src/swipe/nhsa/from-answer.ts";
import { PROBLEMS, type ProblemCode } from "../../src/swipe/problem.ts";
import { LEVELS } from "../../src/swipe/vocabulary.ts";

const AT = Date.UTC(2026, 10, 21, 2, 15, 31);
const EXCHANGE = { msgid: "P21010200123202611211015300001", readAt: AT, answeredAt: AT + 2 };

const HOLD: DecisionAnswer = {
  swipeId: EXCHANGE.msgid,
  decision: "hold",
  mode: "full",
  missing: [],
  hits: [
    {
      rule: "OQ-02",
      level: "hold",
      category: "over-quantity",
      name: { zh: "余药未尽提前购药", en: "Refill too soon" },
      message: { zh: "该药尚余约41天用量,超过提前购药上限。", en: "About 41 days are left." },
      evidence: { onHandDays: 41, limit: 30 },
      lines: ["0001"],
    },
    {
      rule: "CF-01",
      level: "warn",
      category: "card-farming",
      name: { zh: "同一终端短时多人刷卡", en: "Many people at one till" },
      message: { zh: "该终端短时间内刷卡人数异常。", en: "Many people." },
      evidence: {},
      lines: [],
    },
  ],
  policy: { version: "1", hash: "sha256:0", reference: "sha256:0" },
  decidedAt: "2026-11-21T02:15:31.000Z",
  elapsedMs: 1.9,
};
const LINES = [
  { line: "0001", amount: 7_310 },
  { line: "0002", amount: 20 },
];

t.test("a decision becomes NHSA's response, in the shape of 3101", async (t) => {
  const { envelope, problem } = nhsaDecision(HOLD, LINES, EXCHANGE);
  t.equal(problem, undefined, "a refusal is an answer, not a problem");
  t.strictSame(envelope, {
    infcode: -1,
    inf_refmsgid: EXCHANGE.msgid,
    refmsg_time: "2026-11-21 10:15:31.000",
    respond_time: "2026-11-21 10:15:31.002",
    err_msg: "请店长录入授权码后重新提交:该药尚余约41天用量,超过提前购药上限。",
    output: {
      decision: "hold",
      mode: "full",
      missing: [],
      result: [
        {
          jr_id: `${EXCHANGE.msgid}-1`,
          rule_id: "OQ-02",
          rule_name: "余药未尽提前购药",
          vola_cont: "该药尚余约41天用量,超过提前购药上限。",
          vola_amt: 73.1,
          vola_amt_stas: "1",
          sev_deg: "高度可疑",
          vola_evid: "onHandDays=41; limit=30",
          vola_bhvr_type: "",
          judge_result_detail_dtos: [
            { jrd_id: `${EXCHANGE.msgid}-1-1`, rx_id: "0001", vola_item_type: "1", vola_amt: 73.1 },
          ],
        },
        {
          jr_id: `${EXCHANGE.msgid}-2`,
          rule_id: "CF-01",
          rule_name: "同一终端短时多人刷卡",
          vola_cont: "该终端短时间内刷卡人数异常。",
          vola_amt: 73.3,
          vola_amt_stas: "1",
          sev_deg: "轻度可疑",
          vola_evid: "",
          vola_bhvr_type: "",
          judge_result_detail_dtos: [],
        },
      ],
    },
  });
});

t.test("infcode is 0 exactly for allow and warn", async (t) => {
  for (const decision of LEVELS) {
    const { envelope } = nhsaDecision({ ...HOLD, decision, hits: [] }, LINES, EXCHANGE);
    t.equal(envelope.infcode, decision === "allow" || decision === "warn" ? 0 : -1);
    t.match(envelope.err_msg, /^[^。]+。$/, "one sentence, also without a reason");
  }
});

t.test("the cashier's sentence is one, and at most 100 characters", async (t) => {
  const messages = fc.array(fc.string({ unit: "binary", maxLength: 200 }), { maxLength: 5 });
  const short = () =>
    fc.assert(
      fc.property(messages, fc.constantFrom(...LEVELS), (texts, decision) => {
        const hits = texts.map((zh) => ({
          rule: "X",
          level: decision,
          category: "x",
          name: { zh, en: "" },
          message: { zh: `${zh}。`, en: "" },
          evidence: {},
          lines: [],
        }));
        const { err_msg } = nhsaDecision({ ...HOLD, decision, hits }, LINES, EXCHANGE).envelope;
        return Array.from(err_msg).length <= 100 && err_msg.indexOf("。") === err_msg.length - 1;
      }),
    );
  t.doesNotThrow(short);
  const [hit] = HOLD.hits;
  if (hit === undefined) throw new Error("the example has a hit");
  const long = { ...hit, message: { zh: `${"药".repeat(200)}。`, en: "" } };
  const { err_msg } = nhsaDecision({ ...HOLD, hits: [long] }, LINES, EXCHANGE).envelope;
  t.match(err_msg, /^.{98}…。$/u, "a long reason is cut to exactly 100 characters");
});

t.test("every problem has its envelope, and repeats no value", async (t) => {
  for (const code of Object.keys(PROBLEMS) as ProblemCode[]) {
    const { envelope, problem } = nhsaProblem({ code }, EXCHANGE);
    t.equal(problem?.code, code);
    t.match(envelope, { infcode: -1, output: { problem: { code }, result: [] } });
    t.ok(Array.from(envelope.err_msg).length <= 100);
  }
});

t.test("what matches nothing is no error", async (t) => {
  t.match(nhsaMatched(0, EXCHANGE).envelope, { infcode: 0, output: { matched: 0 } });
  t.match(nhsaMatched(1, EXCHANGE, { state: "settled" }).envelope, {
    infcode: 0,
    output: { matched: 1, state: "settled" },
  });
});
