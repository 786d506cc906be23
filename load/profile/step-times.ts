import type { CallNode, Frame } from "./cpu-profile.ts";
import { LIBRARY_RULES, SHARED_CODE, STEP_RULES, type StepId, type StepRule } from "./steps.ts";

/** The step a frame speaks for by itself; undefined: its caller is asked. */
export function stepOfFrame(frame: Frame): StepId | undefined {
  if (SHARED_CODE.includes(frame.path)) return undefined;
  return STEP_RULES.find((rule) => fits(rule, frame))?.step;
}

function fits({ path, name }: StepRule, frame: Frame): boolean {
  return frame.path.startsWith(path) && (name === undefined || name.test(frame.name));
}

/** The step of work done by the last of these frames: its own, or else that of the nearest caller that has one. */
export function stepOf(stack: readonly Frame[]): StepId {
  for (let index = stack.length - 1; index >= 0; index--) {
    const frame = stack[index];
    const step = frame && stepOfFrame(frame);
    if (step !== undefined) return step;
  }
  return sharedStep(stack) ?? libraryStep(stack);
}

function sharedStep(stack: readonly Frame[]): StepId | undefined {
  const ours = stack.findLast((frame) => SHARED_CODE.includes(frame.path));
  return ours && STEP_RULES.find((rule) => fits(rule, ours))?.step;
}

function libraryStep(stack: readonly Frame[]): StepId {
  const named = LIBRARY_RULES.filter(({ path }) => path !== "");
  const frame = stack.findLast((frame) => named.some((rule) => fits(rule, frame)));
  return (frame && named.find((rule) => fits(rule, frame))?.step) ?? "native";
}

/** µs of the main thread a step; together all of the tree's time. */
export function stepTimes(root: CallNode): ReadonlyMap<StepId, number> {
  const times = new Map<StepId, number>();
  const walk = (node: CallNode, above: readonly Frame[]) => {
    const stack = [...above, node.frame];
    if (node.selfUs > 0) {
      const step = stepOf(stack);
      times.set(step, (times.get(step) ?? 0) + node.selfUs);
    }
    for (const child of node.children) walk(child, stack);
  };
  walk(root, []);
  return times;
}

/** Time of a tree, callees included, µs. */
export function totalUs(node: CallNode): number {
  return node.children.reduce((sum, child) => sum + totalUs(child), node.selfUs);
}

/** CPU of the guard under the profiler, µs, and of a guard without one, µs a swipe. */
export interface CpuToShare {
  readonly mainUs: number;
  readonly allUs: number;
  readonly swipeUs: number;
}

/** What one swipe costs in each step, µs of CPU; together the whole process' CPU a swipe. */
export type StepCosts = Readonly<Record<StepId, number>>;

/**
 * Samples are of the clock, and the profiler slows what it watches: so samples say how the main thread's time is
 * shared out, and a run without the profiler how much there is to share.
 */
export function stepCosts(
  root: CallNode,
  { mainUs, allUs, swipeUs }: CpuToShare,
): Partial<StepCosts> {
  const times = stepTimes(root);
  const whole = [...times.values()].reduce((sum, us) => sum + us, 0);
  const ofMain = (Math.min(mainUs, allUs) / allUs) * swipeUs;
  const costs: Partial<Record<StepId, number>> = {};
  for (const [step, us] of times) costs[step] = (us / whole) * ofMain;
  costs.threads = swipeUs - ofMain;
  return costs;
}
