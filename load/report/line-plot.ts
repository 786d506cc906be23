import { dot } from "./dots.ts";
import { short } from "./numbers.ts";
import { element, escapeText, svg, text } from "./svg.ts";
import { linearScale, type Scale, spanScale } from "./ticks.ts";

export interface Line {
  readonly name: string;
  readonly points: readonly LinePoint[];
}

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** Its run failed: the dot is hollow. */
  readonly hasFailed?: boolean;
}

/** One pair of axes; y begins at 0. */
export interface Panel {
  readonly title: string;
  /** Of y, with what it is a swipe of: `µs a swipe`. */
  readonly unit: string;
  readonly lines: readonly Line[];
  /** What y may be at most; a dashed line. */
  readonly limit?: { readonly name: string; readonly y: number };
}

export interface Plot {
  readonly title: string;
  /** What x counts, with its unit. */
  readonly x: string;
  readonly panels: readonly Panel[];
}

const PANEL = { width: 310, height: 258 } as const;
const INSET = { left: 52, right: 16, top: 58, bottom: 54 } as const;
const COLUMNS = 3;
/** So many are two rows of two. */
const SQUARE = 4;
/** Letters of the name of x that fit under an axis; a longer one has two lines. */
const NAME_LETTERS = 36;
const NAME_LINE = 14;
const HEAD = 34;
/** Of a tick's label: the width of a figure, and the least between two labels. */
const TICK_LETTER = 6.6;
const TICK_GAP = 7;
/** Strong enough on white and on black; told apart also by those who do not see red and green, and by their dots. */
const COLOURS = ["#2f81f7", "#d9822b", "#8957e5", "#2a9d8f"] as const;

const STYLE = [
  "text{font:12px system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif;fill:#24292f}",
  ".ground{fill:#fff}.head{font-size:15px;font-weight:600}.title{font-weight:600}.tick{font-size:11px;fill:#57606a}",
  ".grid{stroke:#d8dee4;stroke-width:1}.axis{stroke:#8c959f;stroke-width:1}",
  ".line{fill:none;stroke-width:2;stroke-linejoin:round}.limit{stroke:#8c959f;stroke-width:1.5;stroke-dasharray:5 4}.hollow{fill:#fff;stroke-width:2}",
  "@media(prefers-color-scheme:dark){.ground{fill:#0d1117}text{fill:#e6edf3}.tick{fill:#9198a1}.grid{stroke:#30363d}.axis{stroke:#6e7681}.hollow{fill:#0d1117}}",
].join("");

/** Panels over the same x, three in a row, as a picture that stands alone. */
export function linePlot({ title, x, panels }: Plot): string {
  const content = [text({ x: 16, y: 24, class: "head" }, title)];
  const columns = panels.length === SQUARE ? SQUARE / 2 : Math.min(panels.length, COLUMNS);
  for (const [index, panel] of panels.entries()) {
    const left = (index % columns) * PANEL.width;
    const top = HEAD + Math.floor(index / columns) * PANEL.height;
    const at = `translate(${left},${top})`;
    content.push(element("g", { transform: at }, drawn(panel, x)));
  }
  const width = columns * PANEL.width;
  const height = HEAD + Math.ceil(panels.length / columns) * PANEL.height;
  return svg({ width, height, title, style: STYLE, content });
}

function drawn({ title, unit, lines, limit }: Panel, xName: string): string {
  const points = lines.flatMap((line) => line.points);
  const axes: Axes = {
    x: spanScale(points.map(({ x }) => x)),
    y: linearScale([...points.map(({ y }) => y), ...(limit === undefined ? [] : [limit.y])]),
  };
  const bottom = PANEL.height - INSET.bottom;
  const middle = (INSET.left + PANEL.width - INSET.right) / 2;
  return [
    text({ x: INSET.left - 36, y: 20, class: "title" }, `${title}, ${unit}`),
    ...legend(lines),
    ...axes.y.ticks.map((tick) => horizontal(tick, axes)),
    element("line", {
      x1: INSET.left,
      x2: PANEL.width - INSET.right,
      y1: bottom,
      y2: bottom,
      class: "axis",
    }),
    ...verticalTicks(axes),
    ...wrapped(axes.x.isLogarithmic ? `${xName} (logarithmic)` : xName).map((words, index) =>
      text({ x: middle, y: bottom + 34 + index * NAME_LINE, "text-anchor": "middle" }, words),
    ),
    ...(limit === undefined ? [] : [limitLine(limit, axes)]),
    ...lines.map((line, index) => lineOf(line, index, axes, unit)),
  ].join("\n");
}

/** Cut at the blank nearest to its middle: a word alone under a full line looks lost. */
function wrapped(name: string): readonly string[] {
  if (name.length <= NAME_LETTERS) return [name];
  const blanks = [...name.matchAll(/ /g)].map(({ index }) => index);
  const off = (at: number) => Math.abs(at - name.length / 2);
  const [cut] = blanks.sort((one, other) => off(one) - off(other));
  return cut === undefined ? [name] : [name.slice(0, cut), name.slice(cut + 1)];
}

interface Axes {
  readonly x: Scale;
  readonly y: Scale;
}

function xAt(value: number, { x }: Axes): number {
  return INSET.left + x.at(value) * (PANEL.width - INSET.left - INSET.right);
}

function yAt(value: number, { y }: Axes): number {
  return PANEL.height - INSET.bottom - y.at(value) * (PANEL.height - INSET.bottom - INSET.top);
}

function horizontal(tick: number, axes: Axes): string {
  const y = yAt(tick, axes);
  const line = element("line", {
    x1: INSET.left,
    x2: PANEL.width - INSET.right,
    y1: y,
    y2: y,
    class: "grid",
  });
  const label = text(
    { x: INSET.left - 6, y: y + 4, "text-anchor": "end", class: "tick" },
    short(tick),
  );
  return (tick === 0 ? "" : line) + label;
}

/** Labels that would touch the one before are left out; the last one never is. */
function verticalTicks(axes: Axes): string[] {
  const bottom = PANEL.height - INSET.bottom;
  const places = axes.x.ticks.map((tick) => placeOf(tick, axes));
  const last = places.at(-1);
  let end = Number.NEGATIVE_INFINITY;
  return places.map((place) => {
    const { x, label, left, right } = place;
    const mark = element("line", { x1: x, x2: x, y1: bottom, y2: bottom + 4, class: "axis" });
    const isBeforeLast = last === undefined || place === last || right + TICK_GAP <= last.left;
    if (!isBeforeLast || left < end + TICK_GAP) return mark;
    end = right;
    return mark + text({ x, y: bottom + 17, "text-anchor": "middle", class: "tick" }, label);
  });
}

function placeOf(tick: number, axes: Axes) {
  const [x, label] = [xAt(tick, axes), short(tick)];
  const half = (label.length * TICK_LETTER) / 2;
  return { x, label, left: x - half, right: x + half };
}

function legend(lines: readonly Line[]): string[] {
  const column = (PANEL.width - INSET.left) / Math.max(2, lines.length);
  return lines.map(({ name }, index) => {
    const x = INSET.left - 36 + index * column;
    const stroke = COLOURS[index % COLOURS.length] ?? "";
    const sign = element("line", { x1: x, x2: x + 18, y1: 37, y2: 37, stroke, class: "line" });
    return sign + dot(index, [x + 9, 37], { colour: stroke }) + text({ x: x + 24, y: 41 }, name);
  });
}

function limitLine({ name, y }: { name: string; y: number }, axes: Axes): string {
  const at = yAt(y, axes);
  const [x1, x2] = [INSET.left, PANEL.width - INSET.right];
  return (
    element("line", { x1, x2, y1: at, y2: at, class: "limit" }) +
    text({ x: x2, y: at - 5, "text-anchor": "end", class: "tick" }, name)
  );
}

function lineOf({ name, points }: Line, index: number, axes: Axes, unit: string): string {
  const colour = COLOURS[index % COLOURS.length] ?? "";
  const places = points.map((point) => ({
    ...point,
    left: xAt(point.x, axes),
    top: yAt(point.y, axes),
  }));
  const path = places.map(({ left, top }) => `${left.toFixed(1)},${top.toFixed(1)}`).join(" ");
  const dots = places.map(({ x, y, left, top, hasFailed = false }) => {
    const words = `<title>${escapeText(`${name} at ${short(x)}: ${short(y)} ${unit}`)}</title>`;
    return dot(index, [left, top], { colour, isHollow: hasFailed }, words);
  });
  return [element("polyline", { points: path, stroke: colour, class: "line" }), ...dots].join("");
}
