import t from "tap";
import { z } from "zod";
import { pseudonymise } from "../../src/privacy/pseudonymise.ts";
import { Pseudonymiser } from "../../src/privacy/pseudonymiser.ts";
import { parseCheck } from "../../src/swipe/check-body.ts";
import {
  NhsaSettledEnvelope,
  parseNhsaCancel,
  parseNhsaSettled,
  parseNhsaUndo,
} from "../../src/swipe/nhsa/after.ts";
import {
  answeredMessageId,
  comparable,
  messageId,
  NhsaSaleEnvelope,
} from "../../src/swipe/nhsa/envelope.ts";
import { parseNhsaSale } from "../../src/swipe/nhsa/to-swipe.ts";
import { accepted, fullCheck, fullEnvelope, refused, withValue } from "./bodies.ts";

const AT = Date.UTC(2026, 10, 21, 2, 15, 31);
const EXCHANGE = { msgid: "P21010200123202611211015300001", readAt: AT, answeredAt: AT + 2 };

function sale(path: readonly (string | number)[], value: unknown) {
  return parseNhsaSale("2102", withValue(fullEnvelope(), path, value));
}

t.test("an NHSA message is the same swipe as its native twin", async (t) => {
  const pseudonymiser = new Pseudonymiser("1", new Uint8Array(32).fill(1));
  const nhsa = pseudonymise(accepted(parseNhsaSale("2102", fullEnvelope())), AT, pseudonymiser);
  const native = pseudonymise(accepted(parseCheck(fullCheck())), AT, pseudonymiser);
  t.strictSame({ ...nhsa, via: "native" }, native);
});

t.test("2101 is an inquiry, and a message at the wrong address is refused", async (t) => {
  const inquiry = { ...fullEnvelope(), infno: "2101" };
  t.equal(accepted(parseNhsaSale("2101", inquiry)).stage, "inquiry");
  t.match(refused(parseNhsaSale("2102", inquiry)), { paths: [{ path: "infno" }] });
});

t.test("without guard and without dev_no there still is a swipe", async (t) => {
  const { guard: _guard, dev_no: _dev, ...bare } = fullEnvelope();
  const swipe = accepted(parseNhsaSale("2102", bare));
  t.match(swipe, { codesExpected: false, channel: "counter", pharmacy: { terminal: "~0007" } });
  t.strictSame(swipe.lines[0]?.traceCodes, []);
  t.equal(swipe.funds ?? swipe.agent, undefined);
  t.equal(accepted(sale(["dev_no"], " ")).pharmacy.terminal, "~0007");
});

t.test("codes are expected as soon as there is a table for them", async (t) => {
  t.equal(accepted(sale(["guard", "drugtracinfo"], undefined)).codesExpected, false);
  t.equal(accepted(sale(["guard", "drugtracinfo"], [])).codesExpected, true);
  t.equal(accepted(sale(["guard", "drugtracinfo", 0, "trdn_flag"], "1")).lines[0]?.splitPack, true);
  t.equal(accepted(sale(["guard", "lines", 0, "min_prcunt_type"], "1")).lines[0]?.unit, "piece");
});

t.test("numbers count the same as texts and as numbers", async (t) => {
  for (const [path, written] of [
    [
      ["input", "drugdetail", 0, "cnt"],
      [2, "2", "2.0000"],
    ],
    [
      ["input", "drugdetail", 0, "pric"],
      [36.5, "36.5", "36.500000"],
    ],
    [
      ["input", "druginfo", "medfee_sumamt"],
      [73, "73", " 73.00"],
    ],
    [
      ["guard", "psn", "balc"],
      [1500, "1500", "1500.00"],
    ],
  ] as const) {
    const swipes = written.map((value) => JSON.stringify(accepted(sale(path, value))));
    t.equal(new Set(swipes).size, 1, path.join("."));
  }
  t.match(accepted(sale(["input", "drugdetail", 0, "feedetl_sn"], "0001")).lines[0], {
    line: "0001",
  });
  t.equal(accepted(sale(["guard", "psn", "balc"], "")).person.balance, undefined);
});

t.test("what is needed must have its type, and is named where the till put it", async (t) => {
  const cases: readonly (readonly [(string | number)[], unknown, string])[] = [
    [["msgid"], "x", "msgid"],
    [["fixmedins_code"], undefined, "fixmedins_code"],
    [["inf_time"], "2026-11-21", "inf_time"],
    [["inf_time"], "2026-02-30 10:00:00", "inf_time"],
    [["input"], undefined, "input"],
    [["input", "druginfo", "psn_no"], 4.3e19, "input.druginfo.psn_no"],
    [["input", "druginfo", "psn_no"], undefined, "input.druginfo.psn_no"],
    [["input", "druginfo", "medfee_sumamt"], "abc", "input.druginfo.medfee_sumamt"],
    [["input", "druginfo", "medfee_sumamt"], "-1", "input.druginfo.medfee_sumamt"],
    [["input", "drugdetail"], [], "input.drugdetail"],
    [["input", "drugdetail", 0, "cnt"], "0", "input.drugdetail[0].cnt"],
    [["input", "drugdetail", 0, "cnt"], "1.23456", "input.drugdetail[0].cnt"],
    [
      ["input", "drugdetail", 0, "det_item_fee_sumamt"],
      "73.001",
      "input.drugdetail[0].det_item_fee_sumamt",
    ],
    [["guard", "psn_name"], "x", "guard.psn_name"],
    [["guard", "rx", 0, "issuedAt"], "yesterday", "guard.rx[0].issuedAt"],
    [["guard", "drugtracinfo", 1, "feedetl_sn"], "0009", "guard.drugtracinfo[1].feedetl_sn"],
  ];
  for (const [path, value, named] of cases) {
    t.equal(refused(sale(path, value)).paths?.[0]?.path, named);
  }
  t.match(refused(sale(["input", "druginfo", "medfee_sumamt"], "99.00")), {
    code: "total_mismatch",
    paths: [{ path: "input.druginfo.medfee_sumamt" }],
  });
  let deep: unknown = 1;
  for (let level = 0; level < 2_000; level++) deep = [deep];
  t.match(refused(sale(["expContent"], deep)), { paths: [{ path: "$" }] });
  const codes = Array.from({ length: 101 }, (_, i) => ({
    feedetl_sn: "0001",
    drug_trac_codg: `8${i}`,
  }));
  t.match(refused(sale(["guard", "drugtracinfo"], codes)), {
    paths: [{ path: "guard.drugtracinfo" }],
  });
});

t.test("personal fields the guard does not need are dropped, not refused", async (t) => {
  const swipe = accepted(sale(["input", "druginfo", "certno"], "210102195603020022"));
  t.notMatch(JSON.stringify(swipe), /王某某|张收银|李医生|210102195603020022|signature/);
});

t.test("a repeat is compared by input and guard alone", async (t) => {
  const first = comparable(fullEnvelope());
  t.equal(
    comparable({
      ...fullEnvelope(),
      inf_time: "2026-11-21 10:16:00",
      cainfo: "other",
      sign_no: "S2",
    }),
    first,
  );
  const { input, guard, ...rest } = fullEnvelope();
  t.equal(comparable({ guard, input, ...rest }), first);
  t.not(comparable(withValue(fullEnvelope(), ["input", "druginfo", "invono"], "I2")), first);
  t.not(comparable(withValue(fullEnvelope(), ["guard", "device"], "x")), first);
});

t.test("a cancellation and an undoing are read in either form", async (t) => {
  const head = {
    infno: "2103",
    msgid: "P21010200123202611211030000009",
    fixmedins_code: "P21010200123",
  };
  const cancel = {
    psn_no: "43000030281000128715",
    setl_id: "S1",
    mdtrt_id: "V1",
    psn_name: "王某某",
  };
  const read = {
    msgid: head.msgid,
    pharmacy: "P21010200123",
    person: "43000030281000128715",
    settlementId: "S1",
    visitId: "V1",
  };
  t.strictSame(accepted(parseNhsaCancel({ ...head, input: cancel })), read);
  t.strictSame(accepted(parseNhsaCancel({ ...head, input: { data: cancel } })), read);
  t.notOk(
    "settlementId" in
      accepted(parseNhsaCancel({ ...head, input: { data: { ...cancel, setl_id: "" } } })),
  );
  t.strictSame(refused(parseNhsaCancel({ ...head, input: { data: {} } })).paths, [
    { path: "input.data.psn_no", reason: "is missing" },
  ]);
  const undo = {
    psn_no: "43000030281000128715",
    omsgid: "P21010200123202611211015300001",
    oinfno: "2102",
  };
  t.match(accepted(parseNhsaUndo({ ...head, infno: 2601, input: { data: undo } })), {
    undone: undo.omsgid,
    kind: "2102",
  });
  t.equal(
    accepted(parseNhsaUndo({ ...head, infno: "2601", input: { ...undo, oinfno: "2001" } })).kind,
    "other",
  );
  t.match(refused(parseNhsaUndo({ ...head, input: undo })), { paths: [{ path: "infno" }] });
});

t.test("NHSA's own answer settles or releases, and the rest of it is dropped", async (t) => {
  const setlinfo = {
    setl_id: "S1",
    mdtrt_id: "V1",
    psn_no: "43000030281000128715",
    psn_name: "王某某",
    hifp_pay: 12.3,
    acct_pay: "60.70",
    psn_cash_pay: 0,
    fund_pay_sumamt: "",
    acct_mulaid_pay: null,
  };
  const answer = {
    infcode: "0",
    inf_refmsgid: EXCHANGE.msgid,
    err_msg: "",
    output: { setlinfo, setldetail: [] },
  };
  t.strictSame(accepted(parseNhsaSettled(answer)), {
    swipeId: EXCHANGE.msgid,
    settled: true,
    settlementId: "S1",
    visitId: "V1",
    person: "43000030281000128715",
    funds: { pooled: 1_230, account: 6_070, cash: 0 },
  });
  t.strictSame(accepted(parseNhsaSettled({ ...answer, infcode: -1, output: null })), {
    swipeId: EXCHANGE.msgid,
    settled: false,
  });
  t.match(refused(parseNhsaSettled({ infcode: 0, inf_refmsgid: EXCHANGE.msgid })), {
    paths: [{ path: "output" }],
  });
  t.equal(answeredMessageId(answer), EXCHANGE.msgid);
});

t.test("a message's id is found whatever else is wrong with it", async (t) => {
  t.equal(messageId(fullEnvelope()), EXCHANGE.msgid);
  for (const broken of [null, 7, [], {}, { msgid: 7 }, { msgid: "<script>" }])
    t.equal(messageId(broken), "");
});

t.test("the envelopes can be published as JSON Schema", async (t) => {
  for (const schema of [NhsaSaleEnvelope, NhsaSettledEnvelope]) {
    t.equal(z.toJSONSchema(schema, { io: "input" }).type, "object");
  }
});
