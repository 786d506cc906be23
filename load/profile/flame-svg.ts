import { element, escapeText, svg, text } from "../report/svg.ts";
import type { Flame } from "./flame-tree.ts";
import { STEPS, type StepId } from "./steps.ts";

const WIDTH = 1_200;
const MARGIN = 12;
const ROW = 18;
const LETTER = 6.7;
const LEGEND_COLUMNS = 8;
const LEGEND_ROW = 18;
const HEAD = 54;

/** Light enough for dark letters, far enough apart for neighbours. */
const COLOURS: Readonly<Record<StepId, string>> = {
  ...{
    http: "#c9d3df",
    parse: "#9fc9ef",
    pseudonyms: "#b9a6e8",
    plan: "#8fd6c4",
    encode: "#6fc3a4",
  },
  ...{
    redis: "#f0a08c",
    decode: "#a8dd8d",
    judge: "#f5cf6b",
    record: "#f2b27a",
    serialise: "#8fb4e0",
  },
  ...{
    afterSale: "#d9a3c7",
    behind: "#c9b38f",
    conduct: "#dcdcdc",
    metrics: "#c3c98f",
    gc: "#e38a9b",
  },
  ...{ native: "#eeeeee", threads: "#bbbbbb" },
};

/** Of a box around several steps. */
const AROUND = "#e4e8ed";

const STYLE = [
  "text{font:11px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace;fill:#1b1f24}",
  ".ground{fill:#fff}.head{font-size:15px;font-weight:600}.note{fill:#57606a}",
  ".box{stroke:#fff;stroke-width:.6}",
  "@media(prefers-color-scheme:dark){.ground{fill:#0d1117}.head,.note{fill:#e6edf3}.box{stroke:#0d1117}}",
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
  const boxes: string[] = [];
  const draw = (flame: Flame, left: number, depth: number) => {
    boxes.push(box(flame, { left, top: top + depth * ROW, scale, root, usPerSwipe }));
    let at = left;
    for (const child of flame.children) {
      draw(child, at, depth + 1);
      at += child.totalUs * scale;
    }
  };
  draw(root, MARGIN, 0);
  const height = top + depthOf(root) * ROW + MARGIN;
  const note = `${usPerSwipe.toFixed(0)} µs of the main thread a swipe; a box is a function and what it called, a library's run of calls is one box`;
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
  const fill = flame.step === undefined ? AROUND : COLOURS[flame.step];
  const shape = element("rect", { x: left, y: top, width, height: ROW - 1, fill, class: "box" });
  const letters = Math.floor((width - 6) / LETTER);
  const label = fitted(flame.label, letters);
  const name = label === "" ? "" : text({ x: left + 3, y: top + 13 }, label);
  return `<g><title>${escapeText(words)}</title>${shape}${name}</g>`;
}

/** What fits of a label; nothing where it would say nothing. */
function fitted(label: string, letters: number): string {
  if (label.length <= letters) return label;
  return letters < 4 ? "" : `${label.slice(0, letters - 1)}…`;
}

function legendOf(root: Flame): string[] {
  const seen = new Set<StepId>();
  const walk = ({ step, children }: Flame) => {
    if (step !== undefined) seen.add(step);
    for (const child of children) walk(child);
  };
  walk(root);
  const column = (WIDTH - 2 * MARGIN) / LEGEND_COLUMNS;
  return STEPS.filter(({ id }) => seen.has(id)).map(({ id, title }, index) => {
    const x = MARGIN + (index % LEGEND_COLUMNS) * column;
    const y = HEAD + Math.floor(index / LEGEND_COLUMNS) * LEGEND_ROW;
    const sign = element("rect", { x, y, width: 11, height: 11, rx: 2, fill: COLOURS[id] });
    const [name = ""] = title.split(/[:,]/);
    return sign + text({ x: x + 16, y: y + 10, class: "note" }, name);
  });
}

function depthOf({ children }: Flame): number {
  return 1 + Math.max(0, ...children.map(depthOf));
}
