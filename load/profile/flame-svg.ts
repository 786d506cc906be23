import { element, escapeText, svg, text } from "../report/svg.ts";
import type { Flame } from "./flame-tree.ts";
import { STEPS, type StepId } from "./steps.ts";

/** A README shows it about so wide: of a wider one the letters become too small. */
const WIDTH = 1_000;
const MARGIN = 12;
const ROW = 18;
const LETTER = 6.7;
/** Fewer of a label than these say nothing. */
const LETTERS_MIN = 4;
const LEGEND_COLUMNS = 6;
const LEGEND_ROW = 18;
const HEAD = 54;

/** Light enough for dark letters, far enough apart for neighbours. */
const COLOURS: Readonly<Record<StepId, string>> = {
  ...{ http: "#b9c6d6", parse: "#7fb8f0", pseudonyms: "#b79df0", plan: "#bfe6da" },
  ...{ encode: "#4fbf9f", redis: "#ef8a76", decode: "#a5d964", judge: "#f7d154" },
  ...{ record: "#e8a556", serialise: "#8f9cf2", afterSale: "#e6a6d6", behind: "#cbb08a" },
  ...{ conduct: "#cfc8bf", metrics: "#c3c66a", gc: "#e2708a", native: "#dfe3e8" },
  ...{ threads: "#bbbbbb" },
};

/** A box around several steps: paler than any of them, and dark where the ground is. */
const AROUND = { class: "around" } as const;

const STYLE = [
  "text{font:11px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1b1f24}",
  ".ground{fill:#fff}.head{font-size:15px;font-weight:600}.note{fill:#57606a}",
  ".box{stroke:#fff;stroke-width:.6}.around{fill:#f0f2f5;stroke:#c3cad2;stroke-width:.6}",
  "@media(prefers-color-scheme:dark){.ground{fill:#0d1117}.head,.note{fill:#e6edf3}.box{stroke:#0d1117}.around{fill:#21262d;stroke:#6e7681}.plain{fill:#e6edf3}}",
].join("");

export interface FlamePicture {
  readonly title: string;
  /** CPU of the main thread a swipe, µs: what the widest box stands for. */
  readonly usPerSwipe: number;
}

/** The tree hanging from its root, widths in proportion to time; a tooltip a box says how much. */
export function flameSvg(root: Flame, { title, usPerSwipe }: FlamePicture): string {
  const legend = legendOf(root);
  const top = HEAD + Math.ceil(legend.length / LEGEND_COLUMNS) * LEGEND_ROW + 8;
  const scale = (WIDTH - 2 * MARGIN) / root.totalUs;
  const shown = folded(root, narrowest() / scale);
  const boxes: string[] = [];
  const draw = (flame: Flame, left: number, depth: number) => {
    boxes.push(box(flame, { left, top: top + depth * ROW, scale, root, usPerSwipe }));
    let at = left;
    for (const child of flame.children) {
      draw(child, at, depth + 1);
      at += child.totalUs * scale;
    }
  };
  draw(shown, MARGIN, 0);
  const height = top + depthOf(shown) * ROW + MARGIN;
  const note = `${usPerSwipe.toFixed(0)} µs of the main thread a swipe; a box is a function and what it called, or a run of calls within one library`;
  const head = [
    text({ x: MARGIN, y: 24, class: "head" }, title),
    text({ x: MARGIN, y: 42, class: "note" }, note),
  ];
  return svg({
    width: WIDTH,
    height,
    title,
    style: STYLE,
    content: [...head, ...legend, ...boxes],
  });
}

/** The width of a box that just holds letters. */
function narrowest(): number {
  return LETTERS_MIN * LETTER + 6;
}

/** Of a call that passes most of a narrow box on to one other, the same step's: that much is one box. */
const PASSED_ON = 0.6;

/** Without the boxes too narrow for a name that only repeat the one above: chains of them made half of the picture. */
function folded(flame: Flame, narrowUs: number): Flame {
  const [only, ...others] = flame.children;
  const isRepeated =
    only !== undefined &&
    others.length === 0 &&
    flame.totalUs < narrowUs &&
    only.step === flame.step &&
    only.totalUs >= PASSED_ON * flame.totalUs;
  if (isRepeated) return folded({ ...flame, children: only.children }, narrowUs);
  return { ...flame, children: flame.children.map((child) => folded(child, narrowUs)) };
}

interface Place {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
  readonly root: Flame;
  readonly usPerSwipe: number;
}

function box(flame: Flame, { left, top, scale, root, usPerSwipe }: Place): string {
  const width = flame.totalUs * scale;
  const us = (part: number) => ((part / root.totalUs) * usPerSwipe).toFixed(1);
  const share = ((100 * flame.totalUs) / root.totalUs).toFixed(1);
  const most = flame.within.slice(0, 3).join(", ");
  const words = `${flame.label}: ${share} %, ${us(flame.totalUs)} µs a swipe, ${us(flame.selfUs)} in itself${most === "" ? "" : ` (most in ${most})`}`;
  const look = flame.step === undefined ? AROUND : { fill: COLOURS[flame.step], class: "box" };
  const shape = element("rect", { x: left, y: top, width, height: ROW - 1, ...look });
  const place = {
    x: left + 3,
    y: top + 13,
    ...(flame.step === undefined ? { class: "plain" } : {}),
  };
  const letters = Math.floor((width - 6) / LETTER);
  const label = fitted(flame.label, letters);
  const name = label === "" ? "" : text(place, label);
  return `<g><title>${escapeText(words)}</title>${shape}${name}</g>`;
}

/** What fits of a label; nothing where it would say nothing. */
function fitted(label: string, letters: number): string {
  if (label.length <= letters) return label;
  return letters < LETTERS_MIN ? "" : `${label.slice(0, letters - 1)}…`;
}

function legendOf(root: Flame): string[] {
  const seen = new Set<StepId>();
  const walk = ({ step, children }: Flame) => {
    if (step !== undefined) seen.add(step);
    for (const child of children) walk(child);
  };
  walk(root);
  const column = (WIDTH - 2 * MARGIN) / LEGEND_COLUMNS;
  const signs = STEPS.filter(({ id }) => seen.has(id)).map(({ id, title }) => {
    const [name = ""] = title.split(/[:,]/);
    return { name, fill: COLOURS[id], class: "box" };
  });
  return [...signs, { name: "several of them", ...AROUND }].map(({ name, ...look }, index) => {
    const x = MARGIN + (index % LEGEND_COLUMNS) * column;
    const y = HEAD + Math.floor(index / LEGEND_COLUMNS) * LEGEND_ROW;
    const sign = element("rect", { x, y, width: 11, height: 11, rx: 2, ...look });
    return sign + text({ x: x + 16, y: y + 10, class: "note" }, name);
  });
}

function depthOf({ children }: Flame): number {
  return 1 + Math.max(0, ...children.map(depthOf));
}
