import type { EventData } from "../../audit/event.ts";
import type { Indicator } from "../../rules/indicators.ts";
import { instantText } from "../../swipe/calendar.ts";
import type { EpochMs, ShanghaiDay } from "../../units.ts";
import { dayText } from "../clues/digest.ts";
import { type Measured, measure, type Pages } from "./measures.ts";
import type { Page } from "./page.ts";

/** Fewer neighbours than these say nothing of what is usual. */
const NEIGHBOURS_LEAST = 3;

/** One pharmacy's indicator on one day, and whether it left its bounds. */
export interface Standing {
  readonly indicator: Indicator;
  readonly page: Page;
  readonly day: ShanghaiDay;
  readonly measured: Measured;
  /** The same number of the prefecture's other pharmacies, where it was asked for and there are enough of them. */
  readonly area: number | undefined;
  readonly isOver: boolean;
}

/** Undefined where the pharmacy is too new or too small to be spoken of. `neighbours`: the prefecture's pharmacies. */
export function standingOf(
  indicator: Indicator,
  page: Page,
  day: ShanghaiDay,
  neighbours: () => readonly Page[],
): Standing | undefined {
  if (indicator.off !== undefined || day - page.since < indicator.history) return undefined;
  const measured = measure(indicator, page, day);
  if (measured === undefined) return undefined;
  const isAbove = measured.value > indicator.over;
  const area = isAbove ? areaValue(indicator, page, day, measured, neighbours) : undefined;
  const isOver = isAbove && exceedsArea(indicator, measured.value, area);
  return { indicator, page, day, measured, area, isOver };
}

function exceedsArea(
  { beyondArea, timesArea }: Indicator,
  value: number,
  area: number | undefined,
): boolean {
  if (area === undefined) return true;
  if (beyondArea !== undefined && value - area <= beyondArea) return false;
  return timesArea === undefined || value > area * timesArea;
}

function areaValue(
  indicator: Indicator,
  page: Page,
  day: ShanghaiDay,
  { evidence }: Measured,
  neighbours: () => readonly Page[],
): number | undefined {
  if (indicator.beyondArea === undefined && indicator.timesArea === undefined) return undefined;
  const others = neighbours().filter((other) => other !== page);
  if (others.length < NEIGHBOURS_LEAST) return undefined;
  if (indicator.measure === "topPersonsShare") return meanOf(indicator, others, day);
  const maker = evidence["maker"];
  const pooled: Pages = {
    days: others.flatMap(({ days }) => days),
    weeks: others.flatMap(({ weeks }) => weeks),
  };
  return measure(indicator, pooled, day, typeof maker === "string" ? maker : undefined)?.value;
}

/** One percent of a prefecture's persons are not one percent of each store's: their shares are averaged instead. */
function meanOf(
  indicator: Indicator,
  pages: readonly Page[],
  day: ShanghaiDay,
): number | undefined {
  const values = pages.flatMap((page) => measure(indicator, page, day)?.value ?? []);
  if (values.length < NEIGHBOURS_LEAST) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function indicatorData(
  { indicator, page, day, measured, area }: Standing,
  at: EpochMs,
): EventData<"indicator.raised"> {
  return {
    indicatorId: indicator.id,
    kind: indicator.measure,
    name: indicator.name,
    entity: page.pharmacy,
    prefecture: page.prefecture,
    day: dayText(day),
    days: indicator.days,
    value: measured.value,
    limit: indicator.over,
    ...(area === undefined ? {} : { area }),
    evidence: measured.evidence,
    raisedAt: instantText(at),
  };
}
