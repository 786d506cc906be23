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
