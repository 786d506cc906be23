import type { CallNode, Frame } from "./cpu-profile.ts";
import { stepOf } from "./step-times.ts";
import type { StepId } from "./steps.ts";

/** One box of a flame graph: a function of ours, or all that one library did in a row. */
export interface Flame {
  readonly label: string;
  /** Where most of its time went, callees included; undefined where no step had most of it. */
  readonly step: StepId | undefined;
  readonly totalUs: number;
  readonly selfUs: number;
  /** The functions a library's own time went to, largest first. */
  readonly within: readonly string[];
  readonly children: readonly Flame[];
}

interface Growing {
  readonly label: string;
  readonly steps: Map<StepId, number>;
  selfUs: number;
  readonly within: Map<string, number>;
  readonly children: Map<string, Growing>;
}

const NODE = "node";

/**
 * What is drawn as one box: a run of frames of one library is one, because a reader looks for the guard's own
 * functions and thirty frames of streams and hooks stand between them.
 */
export function labelOf({ name, path, line }: Frame): string {
  if (path.startsWith("src/")) return `${name} ${path.slice("src/".length)}:${line}`;
  if (path === "(garbage collector)") return path;
  const package_ = /^node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(path)?.[1];
  return package_ ?? NODE;
}

/** The tree of boxes: equal calls merged, libraries folded, and boxes under `least` (a share of all) left out. */
export function flameTree(root: CallNode, least: number): Flame {
  const grown = grow("the guard");
  for (const child of root.children) add(grown, child, [root.frame]);
  addSelf(grown, root, [root.frame]);
  const whole = total(grown);
  return settled(grown, whole * least);
}

function grow(label: string): Growing {
  return { label, steps: new Map(), selfUs: 0, within: new Map(), children: new Map() };
}

function add(parent: Growing, node: CallNode, above: readonly Frame[]): void {
  const stack = [...above, node.frame];
  const label = labelOf(node.frame);
  const box = label === parent.label ? parent : childOf(parent, label);
  addSelf(box, node, stack);
  for (const child of node.children) add(box, child, stack);
}

function childOf(parent: Growing, label: string): Growing {
  const child = parent.children.get(label) ?? grow(label);
  parent.children.set(label, child);
  return child;
}

function addSelf(box: Growing, { selfUs, frame }: CallNode, stack: readonly Frame[]): void {
  if (selfUs <= 0) return;
  box.selfUs += selfUs;
  const step = stepOf(stack);
  box.steps.set(step, (box.steps.get(step) ?? 0) + selfUs);
  if (frame.path.startsWith("src/")) return;
  const name = frame.path === "" ? frame.name : `${frame.name} ${frame.path}:${frame.line}`;
  box.within.set(name, (box.within.get(name) ?? 0) + selfUs);
}

function total(box: Growing): number {
  let sum = box.selfUs;
  for (const child of box.children.values()) sum += total(child);
  return sum;
}

function settled(box: Growing, leastUs: number): Flame {
  const children = [...box.children.values()]
    .map((child) => settled(child, leastUs))
    .filter(({ totalUs }) => totalUs >= leastUs)
    .sort((a, b) => b.totalUs - a.totalUs);
  const within = [...box.within].sort((a, b) => b[1] - a[1]).map(([name]) => name);
  return {
    ...{ label: box.label, step: mainStep(box), totalUs: total(box), selfUs: box.selfUs },
    ...{ within, children },
  };
}

/** A box belongs to a step that has at least so much of its time: a box around several belongs to none. */
const MOST = 0.6;

function mainStep(box: Growing): StepId | undefined {
  const times = new Map<StepId, number>();
  const walk = ({ steps, children }: Growing) => {
    for (const [step, us] of steps) times.set(step, (times.get(step) ?? 0) + us);
    for (const child of children.values()) walk(child);
  };
  walk(box);
  const [largest] = [...times].sort((a, b) => b[1] - a[1]);
  return largest !== undefined && largest[1] >= MOST * total(box) ? largest[0] : undefined;
}
