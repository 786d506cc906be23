import { expect, type Point } from "./point.ts";
import { refused, refusedAt } from "./problems.ts";
import type { Body, Scene } from "./scene.ts";

const group = "refusals" as const;

const REQUIRED = [
  "swipeId",
  "occurredAt",
  "pharmacy.code",
  "pharmacy.area",
  "pharmacy.terminal",
  "pharmacy.operator",
  "person.number",
  "person.insuredArea",
  "person.insurance",
  "credential.type",
  "credential.number",
  "medicalType",
  "total",
  "lines",
  "lines[0].line",
  "lines[0].drug",
  "lines[0].quantity",
  "lines[0].unitPrice",
  "lines[0].amount",
];

/** A value that must never come back: long enough to be a person's number. */
const SENTINEL = "430000-conform-sentinel-281000128715";

export const REFUSALS: readonly Point[] = [
  {
    group,
    expects: "each required field that is missing is 400, and named",
    play: async (scene) => {
      for (const path of REQUIRED) {
        const body = without(scene.swipe(), steps(path));
        refusedAt(await scene.check(body as Body), path);
      }
    },
  },
  {
    group,
    expects: "wrong values are 400 with their paths and never with themselves",
    play: async (scene) => {
      const wrong: readonly (readonly [string, Body])[] = [
        ["total", { total: SENTINEL }],
        ["occurredAt", { occurredAt: SENTINEL }],
        ["stage", { stage: SENTINEL }],
        ["lines[0].quantity", { lines: [scene.line({ quantity: SENTINEL })] }],
        ["lines[0].amount", { lines: [scene.line({ amount: 1.234 })] }],
        ["lines[0].traceCodes", { lines: [scene.line({ traceCodes: SENTINEL })] }],
      ];
      for (const [path, changes] of wrong) {
        const heard = await scene.check(scene.swipe(changes));
        refusedAt(heard, path);
        expect(!heard.text.includes(SENTINEL), `the refusal of ${path} repeats its value`);
      }
    },
  },
  {
    group,
    expects: "unknown keys are 400 at every level, and what they hold is not repeated",
    play: async (scene) => {
      const person = scene.swipe()["person"] as Body;
      for (const changes of [
        { photo: SENTINEL },
        { person: { ...person, psn_name: SENTINEL } },
        { lines: [scene.line({ phone: SENTINEL })] },
      ]) {
        const heard = await scene.check(scene.swipe(changes));
        refused(heard, 400);
        expect(!heard.text.includes(SENTINEL), "the refusal repeats what the key holds");
      }
    },
  },
  {
    group,
    expects: "more than 200 lines, 100 codes a line or 300 codes a swipe are 400",
    play: async (scene) => {
      const tooMany = [
        manyLines(scene, 201, 0),
        { total: 11.8, lines: [scene.line({ traceCodes: codes(scene, 101) })] },
        manyLines(scene, 4, 80),
      ];
      for (const changes of tooMany) refused(await scene.check(scene.swipe(changes)), 400);
    },
  },
  {
    group,
    expects: "lines that do not add up to the total are 400",
    play: async (scene) => {
      refused(await scene.check(scene.swipe({ total: 99.9 })), 400);
    },
  },
];

function manyLines(scene: Scene, count: number, codesEach: number): Body {
  const lines = Array.from({ length: count }, (_, index) =>
    scene.line({
      line: `${index + 1}`,
      amount: 1,
      unitPrice: 1,
      traceCodes: codes(scene, codesEach),
    }),
  );
  return { total: count, lines, funds: null };
}

function codes(scene: Scene, count: number): string[] {
  return Array.from({ length: count }, () => scene.newCode());
}

function steps(path: string): readonly string[] {
  return path.split(/[.[\]]+/).filter((step) => step !== "");
}

/** A copy without one field. */
function without(value: unknown, [step = "", ...rest]: readonly string[]): unknown {
  if (Array.isArray(value))
    return value.map((entry, index) => (String(index) === step ? without(entry, rest) : entry));
  const { [step]: field, ...others } = value as Record<string, unknown>;
  return rest.length === 0 ? others : { ...others, [step]: without(field, rest) };
}
