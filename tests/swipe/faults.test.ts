import t from "tap";
import { shipped } from "../../src/config/settings.ts";
import { readExamples } from "../../src/http/examples.ts";
import {
  parseAcknowledgement,
  parseReversal,
  parseSettlement,
} from "../../src/swipe/after-bodies.ts";
import { parseCheck } from "../../src/swipe/check-body.ts";
import { parseNhsaCancel, parseNhsaSettled, parseNhsaUndo } from "../../src/swipe/nhsa/after.ts";
import { parseNhsaSale } from "../../src/swipe/nhsa/to-swipe.ts";
import { parseNhsaUpload } from "../../src/swipe/nhsa/uploads.ts";
import type { Outcome, Problem } from "../../src/swipe/problem.ts";
import { accepted, fullCheck, fullEnvelope, withValue } from "./bodies.ts";

const SENTINEL = "Zhang-210102195603020041";
const examples = readExamples(shipped().examplesDir);

/** Every body a till may send, and who reads it. */
const BODIES: Readonly<Record<string, readonly [unknown, (body: unknown) => Outcome<unknown>]>> = {
  check: [fullCheck(), parseCheck],
  settlement: [{ ...(examples["settlement"] as object), swipe: fullCheck() }, parseSettlement],
  reversal: [examples["reversal"], parseReversal],
  acknowledgement: [examples["acknowledgement"], parseAcknowledgement],
  "2102": [fullEnvelope(), (body) => parseNhsaSale("2102", body)],
  "2102/answer": [examples["nhsa-2102-answer"], parseNhsaSettled],
  "2103": [examples["nhsa-2103"], parseNhsaCancel],
  "2601": [examples["nhsa-2601"], parseNhsaUndo],
  "3505": [examples["nhsa-3505"], (body) => parseNhsaUpload("3505", body)],
  "3506": [examples["nhsa-3506"], (body) => parseNhsaUpload("3506", body)],
};

const WRONG: readonly unknown[] = [
  ...[undefined, null, true, 0, -1, 1.5, 1e300, Number.MAX_SAFE_INTEGER + 2],
  ...["", "  ", "-1", "1.1234567890123", "9".repeat(20), SENTINEL, "x".repeat(5_000)],
  ...[`\u0000${SENTINEL}`, [], [[]], [null], [{}], [SENTINEL], Array(1_001).fill({})],
  ...[{}, { [SENTINEL]: SENTINEL }, { surplus: SENTINEL }],
];

type Path = readonly (string | number)[];

function pathsIn(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const steps: (string | number)[] = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
  return [
    path,
    ...steps.flatMap((step) =>
      pathsIn((value as Record<string | number, unknown>)[step], [...path, step]),
    ),
  ];
}

/** Each body with each wrong value in each place that makes it refused, and how it was. */
function* refusals(): Generator<readonly [where: string, Problem]> {
  for (const [name, [body, read]] of Object.entries(BODIES)) {
    const places = pathsIn(body).flatMap((path) => WRONG.map((wrong) => [path, wrong] as const));
    for (const [path, wrong] of places) {
      const outcome = read(withValue(body, path, wrong));
      if ("problem" in outcome) yield [`${name} ${path.join(".")}`, outcome.problem];
    }
  }
}

/** Undefined where nothing is wrong with how it was told. */
function untidiness({ code, paths = [], detail = "" }: Problem): string | undefined {
  const named = paths.map(({ path }) => path);
  if (code === "bad_request" && named.length === 0) return "nothing is named";
  if (new Set(named).size < named.length) return "two sentences for one field";
  return JSON.stringify([paths, detail]).includes(SENTINEL) ? "a value is repeated" : undefined;
}

t.test(
  "whatever is wrong with a body, each fault is one sentence of ours without a value",
  async (t) => {
    for (const [name, [body, read]] of Object.entries(BODIES))
      t.ok(accepted(read(body)), `${name} is taken as it is`);
    const reasons = new Set<string>();
    for (const [where, problem] of refusals()) {
      const untidy = untidiness(problem);
      if (untidy !== undefined) t.fail(`${where}: ${untidy}`);
      for (const { reason } of problem.paths ?? []) reasons.add(reason);
    }
    t.ok(reasons.size > 30, "there are sentences");
    const library = /Invalid|expected|pattern|regex|\^|at least 1 \w+s\b|agreed form/i;
    for (const reason of reasons) {
      t.match(reason, /^(?:must|is|has|names|differs|nests)\b/, reason);
      t.notMatch(reason, library, reason);
    }
  },
);
