/** A pseudonym is ten bytes in base64url. */
export const PSEUDONYM_LENGTH = 14;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/** What no letter of base64url stands for: beyond six bits. */
export const FOREIGN = 64;
const SIX_BITS = Uint8Array.from({ length: 128 }, (_, code) => {
  const place = ALPHABET.indexOf(String.fromCharCode(code));
  return place < 0 ? FOREIGN : place;
});

/** What a letter of base64url stands for, 0 to 63; else, beyond the end too, FOREIGN. */
export function sixBits(text: string, at: number): number {
  return SIX_BITS[text.charCodeAt(at)] ?? FOREIGN;
}
