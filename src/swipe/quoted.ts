/** Nothing that JSON writes escaped. Asking JSON.stringify for every plain text costs 2 us a check more. */
const PLAIN = /^[ !#-[\]-~\u00a0-\ud7ff\ue000-\uffff]*$/;

/** True where JSON writes the text as it is, between quotes. */
export function isPlain(text: string): boolean {
  return PLAIN.test(text);
}

/** A text as JSON writes it. */
export function quoted(text: string): string {
  return isPlain(text) ? `"${text}"` : JSON.stringify(text);
}

/** A list of texts as JSON writes it. */
export function quotedList(texts: readonly string[]): string {
  return texts.length === 0 ? "[]" : `[${texts.map(quoted).join()}]`;
}

/** A number as JSON writes it: `null` for whatever is no finite one. */
export function numeral(value: number): string {
  return Number.isFinite(value) ? String(value) : "null";
}
