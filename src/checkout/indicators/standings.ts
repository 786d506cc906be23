import type { Observer } from "../../units.ts";
import type { Standing } from "./judge-indicators.ts";

/** Pharmacies shown by name; more would make the metrics grow with the city. */
export const WORST_SHOWN = 10;

/** Gauges at the close of a day: each prefecture's mean, and the ten worst pharmacies, those of the day before gone. */
export function noticeStandings(observer: Observer, standings: readonly Standing[]): void {
  observer.notice({ kind: "indicator.cleared" });
  for (const [indicator, of] of groupBy(standings, (standing) => standing.indicator.id)) {
    for (const [prefecture, here] of groupBy(of, ({ page }) => page.prefecture)) {
      const value = here.reduce((sum, { measured }) => sum + measured.value, 0) / here.length;
      observer.notice({ kind: "indicator.prefecture", labels: { indicator, prefecture }, value });
    }
    const worst = of.toSorted((a, b) => b.measured.value - a.measured.value).slice(0, WORST_SHOWN);
    for (const { page, measured } of worst) {
      const labels = { indicator, pharmacy: page.pharmacy };
      observer.notice({ kind: "indicator.worst", labels, value: measured.value });
    }
  }
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group === undefined) groups.set(key(item), [item]);
    else group.push(item);
  }
  return groups;
}
