import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import type { Bundle } from "../checkout/bundle.ts";
import type { Pseudonymiser } from "../privacy/pseudonymiser.ts";
import type { ReferenceBundle } from "../reference/bundle.ts";
import { createDrugKeys } from "../reference/drug-key.ts";
import { ReferenceBrokenError } from "../reference/fault.ts";
import type { ListPseudonyms } from "../reference/list-pseudonyms.ts";
import { loadReferenceGently } from "../reference/load.ts";
import type { LoadMemory } from "../reference/load-memory.ts";
import { readSettledFolder } from "../reference/read-folder.ts";
import type { PolicyFault } from "../rules/fault.ts";
import { type Policy, parsePolicy } from "../rules/policy.ts";
import type { Clock, DurationMs, EpochMs, Timers } from "../units.ts";

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
 * Policy and reference data as one bundle, or nothing of it; nobody else is kept waiting for meanwhile.
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
  const { files } = await readSettledFolder(places.referenceDir, nextTurn);
  if (files instanceof ReferenceBrokenError) throw files;
  const options = { pseudonymise: listPseudonyms(pseudonymiser), loadedAt };
  return bundleOf(policy, await loadReferenceGently(files, options, nextTurn));
}

/** Loads bundles one after the other while a server answers. */
export interface BundleLoader {
  /** `policy`: keep this one and read the reference files alone. */
  load(pseudonymiser: Pseudonymiser, policy?: Policy): Promise<Bundle>;
  /** What `folderState` said of the reference folder when it was last read, taken or refused; "" before. */
  lastRead(): string;
}

/** Work at a stretch, and what is left to others after it: loading takes at most half of the process. */
const WORK: DurationMs = 2;
const REST: DurationMs = 2;
/** Time for a writer to finish before a folder that changed is read again. */
const SETTLE: DurationMs = 500;

export function createBundleLoader(
  places: BundlePlaces,
  clock: Clock,
  timers: Timers,
): BundleLoader {
  let lastRead = "";
  let isFirst = true;
  let key: string | undefined;
  let memory: LoadMemory = {};
  const wait = (delay: DurationMs) =>
    new Promise<void>((resolve) => {
      timers.after(delay, resolve);
    });
  return {
    lastRead: () => lastRead,
    async load(pseudonymiser, kept) {
      const policy = kept ?? (await readPolicyFile(places.policyFile));
      const { files, state } = await readSettledFolder(places.referenceDir, () => wait(SETTLE));
      lastRead = state;
      if (files instanceof ReferenceBrokenError) throw files;
      if (pseudonymiser.fingerprint !== key) memory = {};
      key = pseudonymiser.fingerprint;
      const options = {
        pseudonymise: listPseudonyms(pseudonymiser),
        loadedAt: clock.now(),
        memory,
      };
      // The first is loaded before anybody is answered.
      const rest = isFirst ? nextTurn : restAfter(WORK, clock, () => wait(REST));
      const reference = await loadReferenceGently(files, options, rest);
      isFirst = false;
      return bundleOf(policy, reference);
    },
  };
}

/** Rests once so much time has gone into work; asked between small steps of it. */
function restAfter(work: DurationMs, clock: Clock, rest: () => Promise<void>): () => Promise<void> {
  let began = clock.now();
  return async () => {
    if (clock.now() - began < work) return;
    await rest();
    began = clock.now();
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function bundleOf(policy: Policy, reference: ReferenceBundle): Bundle {
  const drugKeys = createDrugKeys();
  return Object.freeze<Bundle>({
    policy,
    reference,
    drugKey: (identity) => drugKeys.keyOf(identity),
  });
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
