import { type EpochMs, SECOND } from "../../units.ts";
import { lineAmount } from "../goods/cart.ts";
import type { Random } from "../random.ts";
import type { Recourse } from "../sale.ts";
import type { Follows, Register } from "./register.ts";
import type { Again, Presentation, ScannedLine } from "./till-form.ts";

type Step = Omit<Again, "id" | "at" | "supersedes">;

const REFUSED = ["stepUp", "hold"] as const;
const STOPPED = ["hold", "deny"] as const;

/**
 * What people do when the guard asks for more: first they show who they are or register the proxy, then the
 * manager gives a true reason, if there is one. Each step is written as a line that is played only if the
 * step before was refused. Their ids, in order.
 */
export function stepsAfter(
  register: Register,
  presented: Presentation,
  random: Random,
): readonly string[] {
  const { recourse } = presented.sale;
  const other = otherwise(presented, recourse);
  const ids: string[] = [];
  let before = presented.id;
  let at = presented.at;
  const take = (step: Step, follows: Follows): string => {
    at += random.between(50, 110) * SECOND;
    const id = register.checkId(presented, at);
    ids.push(id);
    const again: Again = { ...step, id, at, supersedes: follows.swipeId };
    register.write(at, register.formOf(presented.store).again(presented, again), follows);
    register.settle(step.lines ? { ...presented, lines: step.lines } : presented, id, at);
    return id;
  };
  // Whoever takes less, or shows something else, is asked for identity only where that is what is wanted.
  const when = other === undefined ? REFUSED : (["stepUp"] as const);
  for (const step of stepsOf(presented, recourse)) before = take(step, { swipeId: before, when });
  if (other !== undefined) before = take(other, { swipeId: presented.id, when: STOPPED });
  acknowledge(register, presented, before, at, random);
  return ids;
}

/** Cumulative: whoever has shown the card has shown it at the next step too. */
function stepsOf(presented: Presentation, recourse: Recourse): Step[] {
  const { verification, agent, override } = recourse;
  const shown: Step = {
    ...(verification ? { verification } : {}),
    ...(agent ? { agent } : {}),
  };
  const steps: Step[] = [];
  if (Object.keys(shown).length > 0) steps.push(shown);
  if (override !== undefined)
    steps.push({ ...shown, override: { code: override, approver: presented.store.manager } });
  return steps;
}

/** What was held or refused is asked for otherwise: with another credential, or less of it. */
function otherwise(
  presented: Presentation,
  { credential, packs, verification }: Recourse,
): Step | undefined {
  const shown = verification ? { verification } : {};
  if (credential !== undefined) return { ...shown, credential };
  if (packs === undefined) return undefined;
  const isMore = presented.lines.some(({ line }) => !line.pieces && line.quantity > packs);
  return isMore ? { ...shown, lines: fewer(presented.lines, packs) } : undefined;
}

function fewer(lines: readonly ScannedLine[], packs: number): ScannedLine[] {
  return lines.map((scanned) => {
    const { line, codes } = scanned;
    if (line.pieces || line.quantity <= packs) return scanned;
    const days =
      line.days === undefined ? undefined : Math.round((line.days * packs) / line.quantity);
    const smaller = { ...line, quantity: packs, ...(days === undefined ? {} : { days }) };
    return lineAmount(smaller) > 0
      ? { ...scanned, line: smaller, codes: codes.slice(0, packs) }
      : scanned;
  });
}

/** Some tills tell the guard what became of its answer. */
function acknowledge(
  register: Register,
  presented: Presentation,
  last: string,
  at: EpochMs,
  random: Random,
): void {
  const { store, id } = presented;
  if (!store.habits.acknowledges) return;
  const by = store.pharmacists[0] ?? store.manager;
  const tell = (swipeId: string, choice: string) => ({
    op: "acknowledgement",
    swipeId,
    body: { by, choice },
  });
  register.write(presented.at + 10 * SECOND, tell(id, "continue"), { swipeId: id, when: ["warn"] });
  const choice = random.chance(0.7) ? "cash" : "withdraw";
  register.write(at + 30 * SECOND, tell(last, choice), { swipeId: last, when: ["hold", "deny"] });
}
