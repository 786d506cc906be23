import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Bundle } from "../checkout/bundle.ts";
import type { Pseudonymiser } from "../privacy/pseudonymiser.ts";
import { createDrugKeys } from "../reference/drug-key.ts";
import type { ListPseudonyms } from "../reference/list-pseudonyms.ts";
import { loadReferenceGently } from "../reference/load.ts";
import { readReferenceFolder } from "../reference/read-folder.ts";
import type { PolicyFault } from "../rules/fault.ts";
import { type Policy, parsePolicy } from "../rules/policy.ts";
import type { EpochMs } from "../units.ts";

/** A policy file that cannot be used: every fault with its line. */
export class PolicyBrokenError extends Error {
  readonly code = "GUARD_CONTROL_POLICY_BROKEN";
  readonly faults: readonly PolicyFault[];
  constructor(file: string, faults: readonly PolicyFault[]) {
    super(faults.map((fault) => `${file}:${fault.line}: ${fault.reason}`).join("\n"));
    this.name = "PolicyBrokenError";
    this.faults = faults;
  }
}

export interface BundlePlaces {
  readonly policyFile: string;
  readonly referenceDir: string;
}

export async function readPolicyFile(file: string): Promise<Policy> {
  const text = await readFile(file, "utf8").catch(() => {
    const reason = "the file cannot be read";
    throw new PolicyBrokenError(file, [{ file, line: 1, reason }]);
  });
  const parsed = parsePolicy(text, basename(file));
  if ("faults" in parsed) throw new PolicyBrokenError(file, parsed.faults);
  return parsed.policy;
}

/**
 * Policy and reference data as one bundle, or nothing of it.
 * `pseudonymiser` is used for list ids alone, so that the live caches hold no list in clear.
 *
 * @throws PolicyBrokenError, ReferenceBrokenError
 */
export async function loadBundle(
  places: BundlePlaces,
  pseudonymiser: Pseudonymiser,
  loadedAt: EpochMs,
): Promise<Bundle> {
  const policy = await readPolicyFile(places.policyFile);
  const files = await readReferenceFolder(places.referenceDir);
  const reference = await loadReferenceGently(
    files,
    { pseudonymise: listPseudonyms(pseudonymiser), loadedAt },
    () => new Promise((resolve) => setImmediate(resolve)),
  );
  const drugKeys = createDrugKeys();
  return { policy, reference, drugKey: (identity) => drugKeys.keyOf(identity) };
}

function listPseudonyms(pseudonymiser: Pseudonymiser): ListPseudonyms {
  return {
    person: (id) => pseudonymiser.pseudonym("person", id),
    idNumber: (id) => pseudonymiser.pseudonym("id-number", id),
    credential: (id) => pseudonymiser.pseudonym("credential", id),
    card: (id) => pseudonymiser.pseudonym("card", id),
    staff: (id) => pseudonymiser.pseudonym("staff", id),
    prescriber: (id) => pseudonymiser.pseudonym("prescriber", id),
    agent: (id) => pseudonymiser.pseudonym("agent", id),
    employer: (id) => pseudonymiser.pseudonym("employer", id),
  };
}
