import t from "tap";
import { z } from "zod";
import {
  NhsaReturnUploadEnvelope,
  NhsaSaleUploadEnvelope,
  parseNhsaUpload,
} from "../../src/swipe/nhsa/uploads.ts";
import { accepted, refused, withValue } from "./bodies.ts";

/** Every documented field of `selinfo` (domain 1.5), as a till fills it. */
const SELINFO = {
  med_list_codg: "XC10AAA067A001010100501",
  fixmedins_hilist_id: "100234",
  fixmedins_hilist_name: "阿托伐他汀钙片",
  fixmedins_bchno: "B2026112100001",
  prsc_dr_cert_type: "01",
  prsc_dr_certno: "210102197001010011",
  prsc_dr_name: "李医生",
  phar_cert_type: "01",
  phar_certno: "210102198001010011",
  phar_name: "赵药师",
  phar_prac_cert_no: "ZY0001",
  hi_feesetl_type: "1",
  setl_id: " SETL-1 ",
  mdtrt_sn: "V1",
  psn_no: "43000030281000128715",
  psn_cert_type: "01",
  certno: "210102195603020022",
  psn_name: "王某某",
  manu_lotnum: "B2207",
  manu_date: "2026-01-01",
  expy_end: "2028-06-30",
  rx_flag: 1,
  trdn_flag: "0",
  finl_trns_pric: "36.5000",
  rxno: "RX2026112100017",
  rx_circ_flag: "1",
  rtal_docno: "R1",
  stoout_no: "",
  bchno: null,
  drug_trac_codg: "",
  drug_prod_barc: "6900000000000",
  shelf_posi: "A-1",
  sel_retn_cnt: "2.0000",
  sel_retn_time: "2026-11-21 10:16:00",
  sel_retn_opter_name: "张收银",
  memo: "备注",
  mdtrt_setl_type: "1",
  drugtracinfo: [
    { drug_trac_codg: "83386520001941653320" },
    { drug_trac_codg: "83386520001941653321" },
  ],
};
const HEAD = {
  infno: "3505",
  msgid: "P21010200123202611211016000009",
  fixmedins_code: "P21010200123",
  opter_name: "张收银",
};
const message = (input: unknown, infno: string = HEAD.infno) => ({ ...HEAD, infno, input });
const sold = (changes: object) =>
  parseNhsaUpload("3505", message({ selinfo: { ...SELINFO, ...changes } }));
const only = (changes: object) => {
  const [row] = accepted(sold(changes)).rows;
  if (row === undefined) throw new Error("a row was sent");
  return row;
};
const CODES = ["83386520001941653320", "83386520001941653321"];

t.test("what is needed of an upload is read, and the rest dropped unread", async (t) => {
  const upload = accepted(sold({}));
  const [{ content, ...row } = { content: "" }] = upload.rows;
  t.strictSame(
    { ...upload, rows: [row] },
    {
      msgid: HEAD.msgid,
      pharmacy: HEAD.fixmedins_code,
      rows: [
        {
          path: "input.selinfo",
          drug: "XC10AAA067A001010100501",
          insured: true,
          person: "43000030281000128715",
          settlementId: "SETL-1",
          quantity: 20_000,
          at: Date.UTC(2026, 10, 21, 2, 16, 0),
          amount: 7_300,
          split: false,
          codes: CODES,
        },
      ],
    },
  );
  t.notMatch(JSON.stringify(row), /王某某|李医生|赵药师|张收银|210102195603020022|备注/);
  t.notMatch(JSON.stringify(row), /RX2026112100017/);
  t.ok(content.includes("B2026112100001"), "what a repeat is known by is all that was said");
});

t.test("a return names the sale it takes back", async (t) => {
  const back = { ...SELINFO, medins_prod_sel_no: "S-2026-1" };
  const read = accepted(parseNhsaUpload("3506", message({ selinfo: back }, "3506")));
  t.match(read.rows, [{ original: "S-2026-1", quantity: 20_000 }]);
});

t.test("codes are read wherever a build puts them, each once", async (t) => {
  const { drugtracinfo, ...plain } = SELINFO;
  const codesOf = (input: unknown) =>
    accepted(parseNhsaUpload("3505", message(input))).rows.map(({ codes }) => codes);
  const [one = "", two = ""] = CODES;
  for (const [input, expected] of [
    [{ selinfo: { ...plain, drug_trac_codg: one } }, [one]],
    [{ selinfo: { ...plain, drug_trac_codg: one, drugtracinfo } }, CODES],
    [{ selinfo: { ...plain, drugtracinfo: drugtracinfo[0] } }, [one]],
    [{ selinfo: { ...plain, drugtracinfo: "" }, drugtracinfo }, CODES],
    [{ selinfo: plain, drugtracinfo: drugtracinfo[1] }, [two]],
    [{ selinfo: plain }, []],
    [{ selinfo: { ...plain, drugtracinfo: [{ drug_trac_codg: ` ${one} ` }, {}] } }, [one]],
    [{ selinfo: { ...plain, drugtracinfo: [...drugtracinfo, ...drugtracinfo] } }, CODES],
  ] as const) {
    t.strictSame(codesOf(input), [expected]);
  }
  t.strictSame(
    codesOf({ selinfo: [SELINFO, plain], drugtracinfo }),
    [CODES, []],
    "beside several rows they are nobody's",
  );
});

t.test("one product or many, in each of the forms in use", async (t) => {
  for (const [input, infno, paths] of [
    [{ selinfo: SELINFO }, "3505", ["input.selinfo"]],
    [{ selinfo: [SELINFO] }, "3505", ["input.selinfo[0]"]],
    [{ selinfo: [SELINFO, SELINFO] }, "3505A", ["input.selinfo[0]", "input.selinfo[1]"]],
    [{ selinfoDetail: [SELINFO, SELINFO] }, "3505A", /selinfoDetail\[\d\]/],
  ] as const) {
    const { rows } = accepted(parseNhsaUpload("3505", message(input, infno)));
    t.match(
      rows.map(({ path }) => path),
      paths instanceof RegExp ? [paths, paths] : paths,
    );
  }
  t.match(refused(parseNhsaUpload("3505", message({ selinfo: SELINFO }, "3506"))), {
    paths: [{ path: "infno", reason: "must be 3505 or 3505A at this address" }],
  });
});

t.test("a sale for cash needs no person, an insured one does", async (t) => {
  t.equal(only({ hi_feesetl_type: "0", psn_no: "" }).insured, false);
  t.equal(only({ hi_feesetl_type: 0, psn_no: null }).insured, false);
  t.equal(only({ hi_feesetl_type: "", mdtrt_setl_type: "2", psn_no: "" }).insured, false);
  t.equal(only({ hi_feesetl_type: "2" }).insured, true);
  t.equal(only({ hi_feesetl_type: null, mdtrt_setl_type: null }).insured, true);
  t.strictSame(refused(sold({ psn_no: " " })).paths, [
    { path: "input.selinfo.psn_no", reason: "is missing" },
  ]);
  t.equal("settlementId" in only({ setl_id: "" }), false);
});

t.test("times and prices are read where they say something", async (t) => {
  t.equal("at" in only({ sel_retn_time: "2026-11-21" }), false, "a day is no time of day");
  t.equal("at" in only({ sel_retn_time: null }), false);
  t.equal("amount" in only({ finl_trns_pric: "" }), false);
  t.equal(only({ sel_retn_cnt: 0.5, finl_trns_pric: 10 }).amount, 500);
  t.equal(only({ trdn_flag: 1 }).split, true);
});

t.test("faults are named where the till put the field, without their values", async (t) => {
  const secret = "210102195603020022";
  const cases: readonly (readonly [(string | number)[], unknown, string])[] = [
    [["sel_retn_cnt"], secret, "sel_retn_cnt"],
    [["sel_retn_cnt"], 0, "sel_retn_cnt"],
    [["sel_retn_cnt"], -1, "sel_retn_cnt"],
    [["sel_retn_cnt"], undefined, "sel_retn_cnt"],
    [["med_list_codg"], "", "med_list_codg"],
    [["med_list_codg"], undefined, "med_list_codg"],
    [["psn_no"], 43_000_030, "psn_no"],
    [["psn_no"], secret.repeat(3), "psn_no"],
    [["sel_retn_time"], secret, "sel_retn_time"],
    [["finl_trns_pric"], secret.repeat(2), "finl_trns_pric"],
    [["setl_id"], { secret }, "setl_id"],
    [["drugtracinfo"], secret, "drugtracinfo"],
    [["drugtracinfo", 1, "drug_trac_codg"], 8.3e19, "drugtracinfo[1].drug_trac_codg"],
    [
      ["drugtracinfo"],
      Array.from({ length: 101 }, (_, i) => ({ drug_trac_codg: `8${i}` })),
      "drugtracinfo",
    ],
  ];
  for (const [path, value, fault] of cases) {
    for (const [input, at] of [
      [{ selinfo: withValue(SELINFO, path, value) }, "input.selinfo"],
      [{ selinfoDetail: [SELINFO, withValue(SELINFO, path, value)] }, "input.selinfoDetail[1]"],
    ] as const) {
      const problem = refused(parseNhsaUpload("3505", message(input)));
      t.match(problem, { code: "bad_request", paths: [{ path: `${at}.${fault}` }] });
      t.notOk(JSON.stringify(problem).includes(secret));
    }
  }
  t.match(refused(sold({ sel_retn_cnt: "two" })).paths, [
    { path: "input.selinfo.sel_retn_cnt", reason: "must be a number or a numeral" },
  ]);
  for (const input of [undefined, null, {}, { selinfo: null }, { data: SELINFO }]) {
    t.match(refused(parseNhsaUpload("3505", message(input))), {
      paths: [{ path: "input.selinfo", reason: "is missing" }],
    });
  }
  t.match(refused(parseNhsaUpload("3505", message({ selinfo: [] }))), {
    paths: [{ path: "input.selinfo" }],
  });
  for (const broken of [null, 7, "x", []]) {
    t.equal(refused(parseNhsaUpload("3506", broken)).code, "bad_request");
  }
  let deep: unknown = 1;
  for (let level = 0; level < 2_000; level++) deep = [deep];
  t.match(refused(sold({ memo: deep })), { paths: [{ path: "$" }] });
});

t.test("a message has its bounds", async (t) => {
  const rows = (count: number, codes: number) =>
    Array.from({ length: count }, (_, row) => ({
      ...SELINFO,
      drugtracinfo: Array.from({ length: codes }, (_, i) => ({
        drug_trac_codg: `8${String(row * 1_000 + i).padStart(19, "0")}`,
      })),
    }));
  const list = (selinfo: unknown) => parseNhsaUpload("3505", message({ selinfo }, "3505A"));
  t.equal(accepted(list(rows(200, 5))).rows.length, 200);
  t.match(refused(list(rows(201, 0))), { paths: [{ path: "input.selinfo" }] });
  t.match(refused(list(rows(200, 6))), { paths: [{ path: "input" }] });
});

t.test("the envelopes can be published as JSON Schema, and say yes to what is read", async (t) => {
  for (const schema of [NhsaSaleUploadEnvelope, NhsaReturnUploadEnvelope]) {
    t.equal(z.toJSONSchema(schema, { io: "input" }).type, "object");
    for (const input of [
      { selinfo: SELINFO },
      { selinfo: [SELINFO] },
      { selinfoDetail: [SELINFO] },
    ])
      t.ok(schema.safeParse(message(input)).success);
  }
});
