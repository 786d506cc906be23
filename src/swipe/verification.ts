/**
 * How a person was verified, in the words tills use. Only what a check showed counts: one that was skipped, broke off or
 * could not be made says nothing about anybody, and neither does a word nobody knows (0 is success to some and failure to
 * others).
 */

/**
 * `failed`: not shown to be the person. `otherPerson`: shown to be somebody else, for instance a proxy.
 * `mismatch`: the face or the card is not the person's, which is both.
 */
export type VerificationOutcome = "passed" | "failed" | "mismatch" | "otherPerson" | "unsaid";

const OUTCOMES = spelt<VerificationOutcome>({
  passed: "pass passed ok success successful succeeded match matched verified valid true yes",
  failed: "fail failed failure reject rejected refused denied invalid false no",
  mismatch: "mismatch mismatched nomatch notmatch notmatched unmatched",
  otherPerson:
    "other otherperson another anotherperson different differentperson wrongperson notself nonself notholder " +
    "notthesame notsame proxy agent impostor imposter stranger",
});

const METHODS = spelt({
  face: "face faceid facescan facecheck facial facerecognition",
  idCard: "idcard id idcardcheck identitycard identity idnumber",
  password: "password pin passcode",
  none: "none no not notdone nothing",
});

/** Letters and digits alone, in lower case, decide: `idCard`, `id-card` and `ID_CARD` are one word. */
export function plainWord(text: string): string {
  return text.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** `face`, `idCard`, `password` or `none`; any other method in plain letters and digits. */
export function verificationMethod(method: string): string {
  const plain = plainWord(method);
  return METHODS.get(plain) ?? plain;
}

export function verificationOutcome(verification: {
  readonly method: string;
  readonly outcome: string;
}): VerificationOutcome {
  if (verificationMethod(verification.method) === "none") return "unsaid";
  return OUTCOMES.get(plainWord(verification.outcome)) ?? "unsaid";
}

/** From each spelling to what it means. */
function spelt<Meaning extends string>(
  table: Readonly<Partial<Record<Meaning, string>>>,
): ReadonlyMap<string, Meaning> {
  const meanings = new Map<string, Meaning>();
  for (const meaning in table) {
    for (const word of table[meaning]?.split(" ") ?? []) meanings.set(word, meaning);
  }
  return meanings;
}
