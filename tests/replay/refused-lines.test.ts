import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { packageRoot } from "../../src/config/package-root.ts";
import { runCli } from "../faults/guard-process.ts";

const SENTINEL = "Zhang-210102195603020041";
const folder = t.testdir();
const examples = join(packageRoot(), "schemas/examples");
const example = (name: string) =>
  JSON.parse(readFileSync(join(examples, `${name}.json`), "utf8")) as Record<string, unknown>;
const swipe = example("swipe");
const at = (minute: number) => `2026-11-21T10:${String(minute).padStart(2, "0")}:00+08:00`;
const check = (minute: number, swipeId: string, change: object = {}) => ({
  at: at(minute),
  op: "check",
  swipeId,
  body: { ...swipe, swipeId, ...change },
});

interface Ran {
  readonly status: unknown;
  readonly stderr: string;
  readonly decided: readonly Record<string, unknown>[];
  readonly summary: Record<string, unknown>;
}

async function replay(name: string, lines: readonly (object | string)[]): Promise<Ran> {
  const input = join(folder, `${name}.jsonl`);
  const out = join(folder, `${name}.out.jsonl`);
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  writeFileSync(input, `${text.join("\n")}\n`);
  const { status, stdout, stderr } = await runCli(["replay", input, "--json", "--out", out]);
  const decided = readFileSync(out, "utf8").split("\n").filter(Boolean);
  return {
    status,
    stderr: stderr.replaceAll(folder, ""),
    decided: decided.map((line) => JSON.parse(line)),
    summary: JSON.parse(stdout),
  };
}

t.test(
  "given lines that cannot be played, each is named, the rest is played, and the end is a failure",
  async (t) => {
    const sale = example("nhsa-2102");
    const { status, stderr, decided, summary } = await replay("wrong", [
      check(10, "refused-line-0001"),
      { ...check(9, "refused-line-0002"), note: "earlier than the first" },
      check(10, "refused-line-0003"),
      { ...check(11, "refused-line-0004"), swipeId: "refused-line-4444" },
      { at: at(11), op: "nhsa/2102", swipeId: "refused-line-0005", body: sale },
      {
        at: at(11),
        op: "nhsa/2102/answer",
        swipeId: "refused-line-0006",
        body: example("nhsa-2102-answer"),
      },
      `{ "person": "${SENTINEL}" `,
      "",
      { at: SENTINEL, op: "check", body: swipe },
      { at: at(12), op: "settlement", body: example("settlement") },
      check(13, "refused-line-0007"),
    ]);
    t.equal(status, 1);
    t.same(stderr.trim().split("\n"), [
      "/wrong.jsonl:2: is earlier than a line before it",
      "/wrong.jsonl:4: swipeId is not the swipeId of its body",
      "/wrong.jsonl:5: swipeId is not the msgid of its body",
      "/wrong.jsonl:6: swipeId is not the inf_refmsgid of its body",
      "/wrong.jsonl:7: is not JSON",
      "/wrong.jsonl:9: at does not have the agreed form",
      "/wrong.jsonl:10: swipeId is needed for a settlement, 8 to 64 characters",
    ]);
    t.same(
      decided.map(({ swipeId }) => swipeId),
      ["refused-line-0001", "refused-line-0003", "refused-line-0007"],
      "the others are played, also at the same instant",
    );
    t.match(summary, { lines: 10, checks: 3, refused: 7 });
  },
);

t.test(
  "a body that is wrong is refused by its line; what a guard answers 404 or 409, or DQ-01, is an outcome",
  async (t) => {
    const paid = { settlementId: "S1", visitId: "V1" };
    const wrong = await replay("bodies", [
      check(1, "refused-body-0001", { total: 1 }),
      check(2, "refused-body-0002", { person: { name: SENTINEL } }),
      { at: at(3), op: "settlement", swipeId: "refused-body-0001", body: { ...paid, x: SENTINEL } },
      { at: at(3), op: "nhsa/2103", body: { infno: "2103", input: { psn_no: SENTINEL } } },
    ]);
    t.equal(wrong.status, 1);
    const told = wrong.stderr.trim().split("\n");
    t.match(told, [
      /bodies\.jsonl:2: the body was refused: person\.\w+ /,
      /bodies\.jsonl:3: the body was refused: x is not a field/,
      /bodies\.jsonl:4: the body was refused: /,
    ]);
    t.notMatch(wrong.stderr, SENTINEL);
    t.match(wrong.summary, { refused: 3, problems: { bad_request: 3, total_mismatch: 1 } });
    t.match(
      wrong.decided[0],
      { decision: "deny", hits: [{ rule: "DQ-01", level: "deny" }], problem: "total_mismatch" },
      "sums that do not agree are an answer, not a fault of the file",
    );

    const { status, stderr, summary } = await replay("outcomes", [
      check(1, "refused-none-0001"),
      { at: at(2), op: "settlement", swipeId: "refused-none-0009", body: paid },
      { at: at(2), op: "settlement", swipeId: "refused-none-0001", body: paid },
      check(3, "refused-none-0001", { medicalType: "14" }),
    ]);
    t.equal(status, 0, stderr);
    t.equal(stderr, "");
    t.match(summary, { refused: 0, problems: { swipe_unknown: 1, content_conflict: 1 } });
  },
);

t.test("of very many refused lines the first twenty are named, and all are counted", async (t) => {
  const lines = Array.from({ length: 50 }, () => "nonsense");
  const { status, stderr, summary } = await replay("nonsense", lines);
  t.equal(status, 1);
  t.equal(stderr.trim().split("\n").length, 20);
  t.match(summary, { lines: 50, refused: 50, checks: 0 });
  const text = await runCli(["replay", join(folder, "nonsense.jsonl")]);
  t.equal(text.status, 1);
  t.match(text.stderr, "50 lines refused");
  t.match((await runCli(["replay", "--help"])).stdout, /the\s+exit status is 1/);
});
