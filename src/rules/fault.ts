/** One thing wrong with a policy file. */
export interface PolicyFault {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly reason: string;
}

/** Bounds the report of a hopeless file. */
export const FAULTS_MAX = 200;

/** Collects faults, so that an analyst sees all of them at once. */
export class FaultList {
  readonly #file: string;
  readonly #faults: PolicyFault[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  add(line: number, reason: string): void {
    if (this.#faults.length < FAULTS_MAX) this.#faults.push({ file: this.#file, line, reason });
  }

  get count(): number {
    return this.#faults.length;
  }

  /** In the order of the file. */
  sorted(): readonly PolicyFault[] {
    return this.#faults.toSorted((a, b) => a.line - b.line);
  }
}
