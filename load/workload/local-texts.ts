const SHANGHAI_OFFSET_S = 8 * 3_600;
const DAY_S = 86_400;
const TWO = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, "0"));
/** Days of one run and of its prescriptions, 84 back at most. */
const DAYS_MAX = 1_000;

/** China local times as text. A day's text is made once: Date costs more than the rest of a body. */
export class LocalTexts {
  readonly #days = new Map<number, string>();

  /** `2026-11-21T10:15:30`, so many seconds after `at` (ms since 1970), with what stands for the T. */
  local(at: number, afterS: number, separator: string): string {
    const seconds = Math.floor(at / 1_000) + afterS + SHANGHAI_OFFSET_S;
    const day = Math.floor(seconds / DAY_S);
    const rest = seconds - day * DAY_S;
    const hour = Math.floor(rest / 3_600);
    const minute = Math.floor((rest - hour * 3_600) / 60);
    return `${this.#day(day)}${separator}${TWO[hour]}:${TWO[minute]}:${TWO[rest % 60]}`;
  }

  /** `20261121101530` */
  compact(at: number): string {
    return this.local(at, 0, "").replace(/[-:]/g, "");
  }

  #day(day: number): string {
    const known = this.#days.get(day);
    if (known !== undefined) return known;
    const text = new Date(day * DAY_S * 1_000).toISOString().slice(0, 10);
    if (this.#days.size < DAYS_MAX) this.#days.set(day, text);
    return text;
  }
}
