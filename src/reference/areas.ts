import { prefecture, province } from "../swipe/area.ts";
import type { LoadingContext } from "./loading.ts";
import { loadRows, oncePerKey } from "./loading.ts";
import type { ReferenceFile, TableShape } from "./table.ts";

const SHAPE: TableShape = {
  separator: ",",
  columns: ["area", "name", "neighbours"],
  required: ["area"],
};
/** A prefecture or a county (GB/T 2260). */
const AREA = /^\d{4}(?:\d{2})?$/;
const AREA_FORM = "4 or 6 digits";
const NAME = /^.{1,100}$/su;
const NEIGHBOURS_MAX = 200;

/** Whether two areas count as one neighbourhood. */
export type Neighbourhood = (area: string, other: string) => boolean;

export const SAME_PREFECTURE: Neighbourhood = (area, other) =>
  prefecture(area) === prefecture(other) ||
  (province(area) === province(other) && (isProvincial(area) || isProvincial(other)));

/** Insured with the province itself (…0000, or 省本级 …99): at home in all of it. */
function isProvincial(area: string): boolean {
  const within = area.slice(2, 4);
  return within === "00" || within === "99";
}

/** One row an area. Being neighbours goes both ways, whichever of the two rows says it. */
export function* loadAreas(
  file: ReferenceFile,
  context: LoadingContext,
): Generator<void, Neighbourhood> {
  const neighbours = new Map<string, ReadonlySet<string>>();
  const once = oncePerKey("area is that of line {line}; an area has one row");
  yield* loadRows(file, SHAPE, context, (row) => {
    const { read } = row;
    const [a = "", name = "", list = ""] = row.values;
    const area = read.required("area", a, read.text("area", a, AREA, AREA_FORM));
    read.text("name", name, NAME, "at most 100 characters");
    const near = list === "" ? [] : list.split(";").map((each) => each.trim());
    if (near.length > NEIGHBOURS_MAX || near.some((each) => !AREA.test(each))) {
      row.report(
        `neighbours must be at most ${NEIGHBOURS_MAX} areas of ${AREA_FORM}, separated by ;`,
      );
    } else if (area !== undefined && once(area, row)) neighbours.set(area, new Set(near));
  });
  return (area, other) =>
    SAME_PREFECTURE(area, other) ||
    names(neighbours, area, other) ||
    names(neighbours, other, area);
}

/** Whether the row of `area`, or that of its prefecture, names `other` or its prefecture. */
function names(
  neighbours: ReadonlyMap<string, ReadonlySet<string>>,
  area: string,
  other: string,
): boolean {
  for (const own of [area.slice(0, 6), prefecture(area)]) {
    const near = neighbours.get(own);
    if (near?.has(other.slice(0, 6)) === true || near?.has(prefecture(other)) === true) return true;
  }
  return false;
}
