/** Reasons a store manager may give for exceeding a limit (domain, section 7); always without free text. */
export const OVERRIDE_CODES = [
  "ELDERLY",
  "CHILD",
  "DISABLED",
  "MOBILITY",
  "REMOTE_AREA",
  "TRAVEL_ABROAD",
  "HOLIDAY_STOCK",
  "DOSE_CHANGE",
  "LOST_OR_DAMAGED",
  "OUT_OF_STOCK_COMPLETION",
  "REGISTERED_PROXY",
  "CARE_INSTITUTION",
  "NO_CODE_STOCK",
  "SPLIT_PACK",
  "SYSTEM_RETRY",
  "OTHER",
  "EMERGENCY",
] as const;

/** A supply for 72 hours: clears any hold, whether its rule lists it or not (domain, section 6). */
export const EMERGENCY = "EMERGENCY";
/** The approver has registered who buys: clears whatever a registered agent clears. */
export const REGISTERED_PROXY = "REGISTERED_PROXY";

/** Ways of verifying a person that a rule may accept, in the contract's spelling. */
export const VERIFICATION_METHODS = ["face", "idCard", "password"] as const;

/** Tills spell methods differently (`idCard`, `id-card`, `ID_CARD`): letters and digits alone, in lower case, decide. */
export function normaliseMethod(method: string): string {
  return method.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}
