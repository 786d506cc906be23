import type { ShanghaiDay } from "../../units.ts";
import { dateText, weekdayOf } from "../days.ts";
import type { Random } from "../random.ts";

/** What the days are like. */
export interface Calendar {
  /** How many fall ill, against an ordinary day's 1. */
  illness(day: ShanghaiDay): number;
  /** The share of the ill who have the flu. */
  flu(day: ShanghaiDay): number;
  /** Fewer people are out on some days. */
  traffic(day: ShanghaiDay): number;
  /** Before long holidays people stock up. */
  isHolidayEve(day: ShanghaiDay): boolean;
  /** In the cold solstice weeks tonics are given. */
  isTonicSeason(day: ShanghaiDay): boolean;
  readonly holidays: readonly Holiday[];
}

export interface Holiday {
  readonly name: string;
  readonly from: ShanghaiDay;
  readonly to: ShanghaiDay;
}

/** First and last days off, as announced or as usual for the year. */
const HOLIDAYS: readonly { readonly name: string; readonly from: string; readonly days: number }[] =
  [
    { name: "new-year", from: "2026-01-01", days: 3 },
    { name: "spring-festival", from: "2026-02-15", days: 9 },
    { name: "labour-day", from: "2026-05-01", days: 5 },
    { name: "national-day", from: "2026-10-01", days: 7 },
    { name: "new-year", from: "2027-01-01", days: 3 },
    { name: "spring-festival", from: "2027-02-05", days: 8 },
    { name: "labour-day", from: "2027-05-01", days: 5 },
    { name: "national-day", from: "2027-10-01", days: 7 },
  ];
const EVE_DAYS = 9;
const FLU_HALF_WIDTH = 7;
const FLU_PEAK = 2.4;
const FLU_SHARE = 0.6;
const WINTER_FLU_SHARE = 0.12;

export function createCalendar(firstDay: ShanghaiDay, days: number, random: Random): Calendar {
  const peak = firstDay + Math.floor(days * random.within(0.35, 0.75));
  const holidays = HOLIDAYS.map(({ name, from, days: length }) => {
    const day = firstDay + daysBetween(dateText(firstDay), from);
    return { name, from: day, to: day + length - 1 };
  });
  const wave = (day: ShanghaiDay) => Math.max(0, 1 - Math.abs(day - peak) / FLU_HALF_WIDTH);
  return {
    illness: (day) => 1 + (FLU_PEAK - 1) * wave(day),
    flu: (day) => WINTER_FLU_SHARE + (FLU_SHARE - WINTER_FLU_SHARE) * wave(day),
    traffic: (day) => {
      if (holidays.some(({ from, to }) => day >= from && day <= to)) return 0.7;
      return weekdayOf(day) >= 6 ? 0.9 : 1.04;
    },
    isHolidayEve: (day) => holidays.some(({ from }) => day < from && day >= from - EVE_DAYS),
    isTonicSeason: (day) => {
      const date = dateText(day).slice(5);
      return date >= "12-12" && date <= "12-28";
    },
    holidays,
  };
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
