import type { Random } from "../random.ts";

/** ISO 7064 MOD 11-2, as the resident identity number has it. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = "10X98765432";
/** Sequence numbers end odd for men, even for women. */
const SEQUENCES = 499;

export interface Identity {
  readonly area: string;
  /** yyyy-MM-dd */
  readonly birth: string;
  readonly sex: "1" | "2";
}

/** Eighteen digits that fit the person; nobody's, but for chance. */
export function idNumberOf({ area, birth, sex }: Identity, random: Random): string {
  const sequence = 2 * random.below(SEQUENCES) + (sex === "1" ? 1 : 2);
  const body = area + birth.replaceAll("-", "") + String(sequence).padStart(3, "0");
  return body + checkOf(body);
}

/** As a forger guesses it: the check character is wrong. */
export function forgedIdNumber(identity: Identity, random: Random): string {
  const number = idNumberOf(identity, random);
  return number.slice(0, 17) + (number.endsWith("7") ? "6" : "7");
}

function checkOf(body: string): string {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(body[index]), 0);
  return CHECKS[sum % CHECKS.length] ?? "X";
}
