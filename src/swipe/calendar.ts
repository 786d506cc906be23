import { DAY, type DurationMs, type EpochMs, HOUR, MINUTE, SECOND } from "../units.ts";

/**
 * Instants and days as texts. Written by arithmetic (proleptic Gregorian) because nothing here may
 * depend on the machine's clock or time zone.
 */

/** China keeps UTC+8 all year (domain 1.2: envelope times are China local without offset). */
const CHINA_OFFSET: DurationMs = 8 * HOUR;

/** RFC 3339 with an offset; the day is checked apart. */
export const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d|60)(?:\.(\d{1,9}))?(?:[Zz]|([+-])([01]\d|2[0-3]):([0-5]\d))$/;
export const CIVIL_DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const CHINA_LOCAL =
  /^(\d{4})-(\d\d)-(\d\d)[ T]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?$/;
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** The instant of an RFC 3339 text, undefined when it is none or names a day that does not exist. */
export function parseInstant(text: string): EpochMs | undefined {
  const parts = INSTANT.exec(text);
  if (parts === null) return undefined;
  const local = instantOf(parts);
  if (local === undefined) return undefined;
  const shift = Number(parts[9] ?? 0) * HOUR + Number(parts[10] ?? 0) * MINUTE;
  return parts[8] === "-" ? local + shift : local - shift;
}

/** The instant of an NHSA time, `yyyy-MM-dd HH:mm:ss` in China. */
export function parseChinaLocal(text: string): EpochMs | undefined {
  const parts = CHINA_LOCAL.exec(text);
  const local = parts === null ? undefined : instantOf(parts);
  return local === undefined ? undefined : local - CHINA_OFFSET;
}

/** `yyyy-MM-dd HH:mm:ss.SSS` in China: the form of NHSA's envelope times. */
export function chinaLocalText(at: EpochMs): string {
  const local = at + CHINA_OFFSET;
  return `${dateText(local)} ${timeText(local)}`;
}

/** RFC 3339 in UTC with milliseconds. */
export function instantText(at: EpochMs): string {
  return `${dateText(at)}T${timeText(at)}Z`;
}

/** True for a yyyy-MM-dd that names a day that exists. */
export function isCivilDate(text: string): boolean {
  return parseCivilDate(text) !== undefined;
}

/** Whole years between a birth date (yyyy-MM-dd) and the Shanghai day of an instant; undefined before birth. */
export function ageAt(birthDate: string, at: EpochMs): number | undefined {
  const birth = parseCivilDate(birthDate);
  if (birth === undefined) return undefined;
  const today = civilDateOf(at + CHINA_OFFSET);
  const hadBirthday =
    today.month > birth.month || (today.month === birth.month && today.day >= birth.day);
  const age = today.year - birth.year - (hadBirthday ? 0 : 1);
  return age < 0 ? undefined : age;
}

/** The Shanghai calendar month of an instant, counted from year 0: January of a year is twelve times the year. */
export function shanghaiMonth(at: EpochMs): number {
  const { year, month } = civilDateOf(at + CHINA_OFFSET);
  return year * 12 + month - 1;
}

function parseCivilDate(text: string): CivilDate | undefined {
  const parts = CIVIL_DATE.exec(text);
  return parts === null ? undefined : civilDate(parts);
}

function civilDate(parts: RegExpExecArray): CivilDate | undefined {
  const date = { year: Number(parts[1]), month: Number(parts[2]), day: Number(parts[3]) };
  const length = MONTH_DAYS[date.month - 1];
  if (length === undefined || date.day < 1) return undefined;
  const longest = date.month === 2 && isLeap(date.year) ? 29 : length;
  return date.day <= longest ? date : undefined;
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

/** Groups 1 to 7 of the patterns above, as if they were UTC. A leap second counts as the next minute's first. */
function instantOf(parts: RegExpExecArray): EpochMs | undefined {
  const date = civilDate(parts);
  if (date === undefined) return undefined;
  const fraction = Number((parts[7] ?? "").padEnd(3, "0").slice(0, 3));
  return (
    daysFromCivil(date) * DAY +
    Number(parts[4]) * HOUR +
    Number(parts[5]) * MINUTE +
    Number(parts[6]) * SECOND +
    fraction
  );
}

/** Days since 1970-01-01; the year is taken to begin in March, so that the leap day comes last. */
function daysFromCivil({ year, month, day }: CivilDate): number {
  const marchYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(marchYear / 400);
  const yearOfEra = marchYear - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilDateOf(at: EpochMs): CivilDate {
  const days = Math.floor(at / DAY) + 719_468;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  };
}

function dateText(at: EpochMs): string {
  const { year, month, day } = civilDateOf(at);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

function timeText(at: EpochMs): string {
  const inDay = ((at % DAY) + DAY) % DAY;
  const hours = digits(Math.floor(inDay / HOUR), 2);
  const minutes = digits(Math.floor(inDay / MINUTE) % 60, 2);
  const seconds = digits(Math.floor(inDay / SECOND) % 60, 2);
  return `${hours}:${minutes}:${seconds}.${digits(Math.floor(inDay) % SECOND, 3)}`;
}

function digits(value: number, length: number): string {
  return String(value).padStart(length, "0");
}
