import type { EpochMs } from "../../units.ts";

export interface WaitingLine {
  readonly at: EpochMs;
  readonly text: string;
}

/** Lines that are to be written later, earliest first; those of one instant in the order they came. */
export class LineQueue {
  private readonly heap: { readonly line: WaitingLine; readonly order: number }[] = [];
  private count = 0;

  get length(): number {
    return this.heap.length;
  }

  add(line: WaitingLine): void {
    this.heap.push({ line, order: this.count });
    this.count += 1;
    for (let at = this.heap.length - 1; at > 0; ) {
      const above = (at - 1) >> 1;
      if (!this.isBefore(at, above)) return;
      this.swap(at, above);
      at = above;
    }
  }

  /** The earliest lines up to and with this instant. */
  *until(end: EpochMs): Generator<string, void> {
    for (let first = this.heap[0]; first && first.line.at <= end; first = this.heap[0]) {
      this.dropFirst();
      yield first.line.text;
    }
  }

  private dropFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    for (let at = 0; ; ) {
      const left = 2 * at + 1;
      const right = left + 1;
      if (left >= this.heap.length) return;
      const child = right < this.heap.length && this.isBefore(right, left) ? right : left;
      if (!this.isBefore(child, at)) return;
      this.swap(at, child);
      at = child;
    }
  }

  private isBefore(a: number, b: number): boolean {
    const one = this.heap[a];
    const other = this.heap[b];
    if (one === undefined || other === undefined) return false;
    return one.line.at === other.line.at ? one.order < other.order : one.line.at < other.line.at;
  }

  private swap(a: number, b: number): void {
    const one = this.heap[a];
    const other = this.heap[b];
    if (one === undefined || other === undefined) return;
    this.heap[a] = other;
    this.heap[b] = one;
  }
}
