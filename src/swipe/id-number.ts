import { isCivilDate } from "./calendar.ts";

/** What the 18 digits of a resident identity number (GB 11643-1999) say of themselves. */
export interface IdNumberFacts {
  readonly checksumValid: boolean;
  /** yyyy-MM-dd; undefined when the digits name no day that exists. */
  readonly birthDate: string | undefined;
  /** 1 male, 2 female, as in the interface (`gend`). */
  readonly sex: "1" | "2";
}

const EIGHTEEN = /^\d{17}[\dX]$/;
/** ISO 7064 MOD 11-2: the weights are 2^(17 - i) mod 11. */
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;
const CHECK_CHARACTERS = "10X98765432";

/**
 * Undefined for whatever is not 18 digits: 15-digit numbers and permits of foreigners and of
 * residents of Hong Kong, Macao and Taiwan are skipped, never suspected (domain IM-02).
 */
export function readIdNumber(text: string): IdNumberFacts | undefined {
  const number = normaliseIdNumber(text);
  if (!EIGHTEEN.test(number)) return undefined;
  const birthDate = `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`;
  return {
    checksumValid: number[17] === checkCharacter(number),
    birthDate: isCivilDate(birthDate) ? birthDate : undefined,
    sex: Number(number[16]) % 2 === 1 ? "1" : "2",
  };
}

/** The form in which identity numbers are compared: the check character is written x as well as X. */
export function normaliseIdNumber(text: string): string {
  return text.trim().toUpperCase();
}

function checkCharacter(number: string): string | undefined {
  const sum = WEIGHTS.reduce((total, weight, index) => total + weight * Number(number[index]), 0);
  return CHECK_CHARACTERS[sum % 11];
}
