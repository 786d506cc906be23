/** What a swipe has on average, in lines and in trace codes. */
export const LINES_A_SWIPE = 1.6;
export const CODES_A_SWIPE = 2.2;
/** So far the sums may stand off before a sale is left out for it: baskets vary by more than one line. */
const SLACK = 40;

/** Leaves sales out so that those kept have the lines and codes of the canonical swipe; the same ones each time. */
export class Thinning {
  #lines = 0;
  #codes = 0;

  keeps({ lines, codes }: { readonly lines: number; readonly codes: number }): boolean {
    const linesOff = this.#lines + lines - LINES_A_SWIPE;
    const codesOff = this.#codes + codes - CODES_A_SWIPE;
    const off = Math.abs(linesOff) + Math.abs(codesOff);
    if (off > SLACK && off > Math.abs(this.#lines) + Math.abs(this.#codes)) return false;
    this.#lines = linesOff;
    this.#codes = codesOff;
    return true;
  }
}
