import type { Checked } from "./checked.ts";
import { APPROVER } from "./chest.ts";
import { cleared } from "./expectation.ts";
import type { Story } from "./story.ts";

/** Every code clears the hit, one after the other, and these others do not. */
export function clears(
  s: Story,
  held: Checked,
  rule: string,
  codes: readonly string[],
  others: readonly string[] = ["ELDERLY"],
): void {
  const again = (code: string) =>
    s.later("5s").check(held.again({ supersedes: held, override: [code, APPROVER] }));
  for (const code of others) again(code).is("hold", { [rule]: "hold" });
  for (const code of codes) again(code).passes({ [rule]: cleared(code) });
}
