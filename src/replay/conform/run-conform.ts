import { TEST_PHARMACY } from "../../checkout/test-pharmacy.ts";
import { AFTERWARDS } from "./afterwards.ts";
import { CHECKS } from "./checks.ts";
import { DOORS } from "./doors.ts";
import { LEVEL_POINTS } from "./levels.ts";
import { LOST_ANSWERS } from "./lost-answers.ts";
import { NHSA } from "./nhsa.ts";
import { ONE_SALE } from "./one-sale.ts";
import { type Group, OtherPolicyError, OtherwiseError, type Point } from "./point.ts";
import { refusedAt } from "./problems.ts";
import { REFUSALS } from "./refusals.ts";
import { Scene, type SceneParts } from "./scene.ts";
import { UPLOADS } from "./uploads.ts";
import { NotHeardError } from "./wire.ts";

export const POINTS: readonly Point[] = [
  ...DOORS,
  ...CHECKS,
  ...REFUSALS,
  ...LEVEL_POINTS,
  ...AFTERWARDS,
  ...ONE_SALE,
  ...LOST_ANSWERS,
  ...UPLOADS,
  ...NHSA,
];

/** `other`: a point of the shipped policy, answered by another one. */
export type Verdict = "passed" | "failed" | "other";

export interface PointResult {
  readonly group: Group;
  readonly expects: string;
  readonly verdict: Verdict;
  /** It depends on the shipped policy, all of it enforced. */
  readonly shipped: boolean;
  /** What was seen instead; never anybody's data. */
  readonly seen?: string;
}

/** Whoever does not know the test pharmacy would count every swipe that is played: nothing is, then. */
export class TestPharmacyUnknownError extends Error {
  readonly code = "GUARD_CONFORM_TEST_PHARMACY";
  constructor(seen: string, options?: ErrorOptions) {
    super(
      `This guard does not keep the test pharmacy ${TEST_PHARMACY} apart (${seen}), so nothing was played: every swipe would be counted.`,
      options,
    );
    this.name = "TestPharmacyUnknownError";
  }
}

/**
 * Plays all points one after the other; never rejects for what a point finds.
 * @throws TestPharmacyUnknownError, NotHeardError before anything was played
 */
export async function runConform(
  parts: SceneParts,
  tell: (result: PointResult) => void,
  points: readonly Point[] = POINTS,
): Promise<readonly PointResult[]> {
  const scene = new Scene(parts);
  await assertTestPharmacy(scene);
  const results: PointResult[] = [];
  let unheard = 0;
  for (const point of points) {
    const result = unheard < UNHEARD_MAX ? await played(point, scene) : notPlayed(point);
    unheard = result.isUnheard ? unheard + 1 : 0;
    const { isUnheard: _, ...told } = result;
    results.push(told);
    tell(told);
  }
  if (unheard < UNHEARD_MAX) await scene.leave();
  return results;
}

/** Its code under another id is refused by a guard that knows it; as an inquiry it would hold nothing by any other. */
async function assertTestPharmacy(scene: Scene): Promise<void> {
  const swipeId = scene.newId().replace(TEST_PHARMACY, "CONFORM-ING-");
  const heard = await scene.post("/v1/swipes", scene.swipe({ swipeId, stage: "inquiry" }));
  try {
    refusedAt(heard, "swipeId");
  } catch (error) {
    if (error instanceof OtherwiseError)
      throw new TestPharmacyUnknownError(error.message, { cause: error });
    throw error;
  }
}

/** A guard that is gone need not be waited for at every point. */
const UNHEARD_MAX = 3;

interface Played extends PointResult {
  readonly isUnheard: boolean;
}

function notPlayed(point: Point): Played {
  const { group, expects, shipped = false } = point;
  const seen = "not played: the guard had not been heard before";
  return { group, expects, shipped, verdict: "failed", seen, isUnheard: true };
}

async function played(point: Point, scene: Scene): Promise<Played> {
  const { group, expects, shipped = false } = point;
  const as = (verdict: Verdict, seen?: string, isUnheard = false): Played => ({
    ...{ group, expects, verdict, shipped, isUnheard },
    ...(seen === undefined ? {} : { seen }),
  });
  try {
    await point.play(scene);
    return as("passed");
  } catch (error) {
    if (error instanceof OtherPolicyError) return as("other", error.message);
    if (error instanceof NotHeardError) return as("failed", error.message, true);
    const isSaid = error instanceof OtherwiseError;
    return as("failed", isSaid ? error.message : "the answer could not be read");
  }
}

const MARKS: Readonly<Record<Verdict, string>> = { passed: "pass", failed: "FAIL", other: "other" };

export function pointText({ group, expects, verdict, shipped, seen }: PointResult): string {
  const policy = shipped ? " [shipped policy]" : "";
  const instead = seen === undefined ? "" : `\n       seen: ${seen}`;
  return `${MARKS[verdict].padEnd(5)} ${group}: ${expects}${policy}${instead}\n`;
}

export function conformSummary(results: readonly PointResult[]) {
  const count = (wanted: Verdict) => results.filter(({ verdict }) => verdict === wanted).length;
  return {
    points: results.length,
    passed: count("passed"),
    failed: count("failed"),
    other: count("other"),
  };
}
