import t from "tap";
import { answeredHits, answerLevel, enforcementAt } from "../../src/rules/enforcement.ts";
import {
  bought,
  codes,
  drugKey,
  ledgerLine,
  line,
  pseudonym,
  reference,
} from "../features/fixtures.ts";
import { hitsOf, judged, ordinary, policyOf } from "./fixtures.ts";

const TEXT = `version: t1
features:
  onHand: { fact: onHandDays }
  packs: { fact: packs }
  status: { fact: personStatus }
rules:
  - id: OQ-02
    category: over-quantity
    name: { zh: 余药, en: Refill }
    limits: { warn: 7, hold: 30 }
    levels:
      warn: onHand > limit
      hold: onHand > limit
    ifMissing: warn
    source: test
    message: { zh: "余{onHand}天,限{limit}", en: "{onHand} days, limit {limit}" }
  - id: OQ-05
    category: over-quantity
    name: { zh: 盒数, en: Packs }
    mode: shadow
    levels: { warn: packs > 2.0 }
    source: test
    message: { zh: "{packs}盒", en: "{packs} packs" }
  - id: IM-04
    category: impersonation
    name: { zh: 状态, en: Status }
    hard: true
    levels: { deny: status != "1" }
    source: test
    message: { zh: 不能结算, en: Not valid }
overlays:
  - areas: ["21"]
    rules: { OQ-02: { limits: { hold: 60 } } }
  - areas: ["2102"]
    rules: { OQ-02: { mode: shadow } }
enforcement:
  areas: { "2103": hard }
  pharmacies: { P21030000001: none }
`;
const policy = policyOf(TEXT);
const left = (days: number) => ({ ledger: [bought(0, { lines: [ledgerLine({ days })] })] });
const at = (area: string) => ordinary({ pharmacy: { area } });

t.test("the level is the highest over the lines, and the evidence the worst line's", async (t) => {
  const lines = [
    line({ line: "1", drug: "XC08CAA187A001", traceCodes: codes("a") }),
    line({ line: "2", traceCodes: codes("b") }),
    line({ line: "3", drug: "XA10BKD256A001", traceCodes: codes("c") }),
  ];
  const key = (drug: string) => ({ ...ledgerLine(), drug });
  const observed = ordinary({ lines, pharmacy: { area: "110101" } });
  const ledger = [
    bought(0, {
      lines: [
        { ...key(drugKey("XC08CAA187A001")), days: 10 },
        { ...ledgerLine(), days: 40 },
        { ...key(drugKey("XA10BKD256A001")), days: 50 },
      ],
    }),
  ];
  const { hits, level } = judged(policy, { swipe: observed, memory: { ledger } });
  t.equal(level, "hold");
  t.match(hits[0], {
    lines: ["2", "3"],
    evidence: { onHand: 50, limit: 30 },
    message: { en: "50 days, limit 30" },
  });
});

t.test("evidence is rounded, but never onto its limit", async (t) => {
  const [hit] = judged(policy, { swipe: at("110101"), memory: left(7.04) }).hits;
  t.strictSame(hit?.evidence, { onHand: 7.04, limit: 7 });
  const [other] = judged(policy, { swipe: at("110101"), memory: left(8.123) }).hits;
  t.strictSame(other?.evidence, { onHand: 8.1, limit: 7 });
});

t.test("an area has its own numbers, and a part of it may change them again", async (t) => {
  const level = (area: string) => judged(policy, { swipe: at(area), memory: left(40) });
  t.equal(level("110101").level, "hold", "no overlay");
  t.equal(level("210102").level, "warn", "the province allows 60");
  t.equal(level("210204").level, "allow", "the prefecture only watches");
  t.strictSame(
    level("210204").hits.map(({ shadow, level: raised }) => [shadow, raised]),
    [[true, "warn"]],
    "with the province's numbers, which it does not name",
  );
});

t.test("shadow rules are recorded and never answered", async (t) => {
  const three = ordinary({ lines: [line({ quantity: 30_000, traceCodes: codes("a", "b", "c") })] });
  const judgement = judged(policy, { swipe: three });
  t.strictSame(hitsOf(judgement), { "OQ-05": "warn" });
  t.equal(judgement.level, "allow");
  t.strictSame(answeredHits(judgement, "all"), []);
});

t.test("enforcement is the milder of setting and policy", async (t) => {
  const of = (code: string, area: string, setting: "all" | "hard" | "none") =>
    enforcementAt(policy.enforcement, { code, area }, setting);
  t.equal(of("P1", "210102", "all"), "all");
  t.equal(of("P1", "210302", "all"), "hard");
  t.equal(of("P21030000001", "210302", "all"), "none", "a pharmacy before its area");
  t.equal(of("P1", "210302", "none"), "none");
  t.equal(of("P1", "210102", "hard"), "hard");
  const both = judged(policy, {
    swipe: ordinary({ person: { status: "2" }, pharmacy: { area: "110101" } }),
    memory: left(40),
  });
  t.strictSame(
    (["all", "hard", "none"] as const).map((how) => answerLevel(both, how)),
    ["deny", "deny", "allow"],
  );
  const soft = judged(policy, { swipe: at("110101"), memory: left(40) });
  t.strictSame(
    (["all", "hard", "none"] as const).map((how) => answerLevel(soft, how)),
    ["hold", "allow", "allow"],
  );
});

t.test("rules that hang on the store answer together, and are recorded one by one", async (t) => {
  const { sys01, unheard, missing, level, hits } = judged(policy, { memory: null });
  t.equal(level, "warn");
  t.match(sys01, { rule: "SYS-01", level: "warn", evidence: { rules: "OQ-02" } });
  t.strictSame(
    unheard.map(({ rule, level: raised, ifMissing }) => [rule, raised, ifMissing]),
    [["OQ-02", "warn", true]],
  );
  t.strictSame([missing, hits], [["onHand"], []]);
});

t.test("an ifMissing of stepUp is cleared by what would clear the rule", async (t) => {
  const strict = policyOf(
    TEXT.replace(
      "ifMissing: warn",
      "ifMissing: stepUp\n    clearedBy: { verification: [id-card] }",
    ),
  );
  t.equal(judged(strict, { memory: null }).level, "stepUp");
  const verified = ordinary({ verification: { method: "idCard", outcome: "pass" } });
  t.equal(
    judged(strict, { memory: null, swipe: verified }).level,
    "warn",
    "medicine is not refused twice because we were not there",
  );
});

t.test("the hash is of what the policy says, not of how it is written", async (t) => {
  t.equal(
    policyOf(`# a comment\n${TEXT.replace("{ zh: 余药, en: Refill }", "{ en: Refill, zh: 余药 }")}`)
      .hash,
    policy.hash,
  );
  t.not(policyOf(TEXT.replace("warn: 7", "warn: 8")).hash, policy.hash);
});

t.test("a judgement depends on nothing but its arguments", async (t) => {
  const given = {
    swipe: ordinary({ agent: { id: pseudonym("nurse"), registered: true } }),
    memory: left(40),
    reference: reference(),
  };
  t.strictSame(judged(policy, given), judged(policyOf(TEXT), given));
});
