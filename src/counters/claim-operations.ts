import type { ClaimMove, LocatedClaim } from "./contract.ts";
import { type KeyNames, traceField } from "./keys.ts";
import type { SealOperation } from "./operations.ts";
import { SeenNames } from "./seen-names.ts";

/** Moves a swipe's own claim to a state, or lets go of it where there is none. */
export function stateOperation(
  claim: LocatedClaim & Pick<ClaimMove, "use">,
  state: number | undefined,
  keys: KeyNames,
): SealOperation {
  if (claim.kind === "trace") {
    return {
      kind: "traceState",
      key: keys.traceBucket(claim.id),
      field: traceField(claim.id),
      state,
    };
  }
  const key = claimKey(claim, keys);
  if (claim.use === undefined) return { kind: "useState", key, state };
  return { kind: "useState", key, state, use: bounded(claim.use) };
}

/** Sums of lines may be more than 32 bits hold; their last value says "as it is" to the scripts. */
const QUANTITY_MAX = 0xfffffffe;

function bounded({ drug, quantity }: NonNullable<ClaimMove["use"]>) {
  return { drug, quantity: Math.min(quantity, QUANTITY_MAX) };
}

export function claimKey(claim: LocatedClaim, keys: KeyNames): string {
  if (claim.kind === "split") return keys.splitPack(claim.id);
  return claim.kind === "token" ? keys.token(claim.id) : keys.prescription(claim.id);
}

/** A claim named twice is moved once. */
export function distinctClaims<T extends LocatedClaim & Pick<ClaimMove, "use">>(
  claims: readonly T[],
): readonly T[] {
  if (claims.length < 2) return claims;
  const seen = new SeenNames();
  return claims.filter((claim) => seen.add(claim.kind + claim.id + (claim.use?.drug ?? "")));
}
