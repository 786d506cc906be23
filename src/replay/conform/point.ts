import type { Scene } from "./scene.ts";

export const GROUPS = [
  "doors",
  "checks",
  "refusals",
  "levels",
  "afterwards",
  "one sale",
  "lost answers",
  "uploads",
  "NHSA",
] as const;
export type Group = (typeof GROUPS)[number];

/** One promise of the contract, played and judged. */
export interface Point {
  readonly group: Group;
  /** What is expected, in one sentence. */
  readonly expects: string;
  /** Its outcome hangs on the shipped policy, all of it enforced: another answer there is told and is no failure. */
  readonly shipped?: true;
  play(scene: Scene): Promise<void>;
}

/** The guard did something else than the contract says: what was seen, without anybody's data. */
export class OtherwiseError extends Error {
  readonly code = "GUARD_CONFORM_OTHERWISE";
  constructor(seen: string) {
    super(seen);
    this.name = "OtherwiseError";
  }
}

/** A good answer, but another level than the shipped policy gives. */
export class OtherPolicyError extends Error {
  readonly code = "GUARD_CONFORM_OTHER_POLICY";
  constructor(seen: string) {
    super(seen);
    this.name = "OtherPolicyError";
  }
}

/** @throws OtherwiseError */
export function expect(holds: boolean, seen: string): asserts holds {
  if (!holds) throw new OtherwiseError(seen);
}

/** @throws OtherPolicyError */
export function expectOfPolicy(holds: boolean, seen: string): asserts holds {
  if (!holds) throw new OtherPolicyError(seen);
}
