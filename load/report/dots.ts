import { element } from "./svg.ts";

/** Half the width of a dot. */
const HALF = 3.2;

export interface DotLook {
  readonly colour: string;
  /** Only its outline is drawn. */
  readonly isHollow?: boolean;
}

/** The mark of a line's point: each line has a shape of its own, for those who see its colour like the next one's. */
export function dot(
  line: number,
  [x, y]: readonly [x: number, y: number],
  { colour, isHollow }: DotLook,
  content = "",
): string {
  const look = isHollow === true ? { class: "hollow", stroke: colour } : { fill: colour };
  if (line % 2 === 0) return element("circle", { cx: x, cy: y, r: HALF, ...look }, content);
  const side = 2 * HALF;
  const place = { x: x - HALF, y: y - HALF, width: side, height: side };
  return element("rect", { ...place, ...look }, content);
}
