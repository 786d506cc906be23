import type { Decided } from "./decided.ts";

type MadeBy = Pick<Decided, "policy" | "keyVersion">;

/**
 * By which policy, reference data and key a decision was made, as its sealed form and its record each write it. The last
 * text is kept: the next decision is nearly always by the same.
 */
export class MadeByText {
  private readonly write: (by: MadeBy) => string;
  private last: { readonly by: MadeBy; readonly text: string } | undefined;

  constructor(write: (by: MadeBy) => string) {
    this.write = write;
  }

  of({ policy, keyVersion }: MadeBy): string {
    const last = this.last;
    if (last !== undefined && isSame(last.by, policy, keyVersion)) return last.text;
    const by = { policy, keyVersion };
    const text = this.write(by);
    this.last = { by, text };
    return text;
  }
}

function isSame(by: MadeBy, policy: MadeBy["policy"], keyVersion: string): boolean {
  return (
    by.policy.hash === policy.hash &&
    by.policy.reference === policy.reference &&
    by.policy.version === policy.version &&
    by.keyVersion === keyVersion
  );
}
