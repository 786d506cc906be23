/** Below this share of full answers, of all checks that were due, a run has failed. */
export const FULL_SHARE_MIN = 0.9995;

interface Answers {
  readonly fullShare: number | undefined;
  readonly swipes: number;
  readonly checks: number;
}

/** Share of the checks due that count: decided in full, or, of a subject that knows no mode, answered 2xx. */
export function countingShare({ fullShare, swipes, checks }: Answers): number {
  if (checks === 0) return 0;
  return fullShare ?? swipes / checks;
}

export function hasFailed(answers: Answers): boolean {
  return countingShare(answers) < FULL_SHARE_MIN;
}
