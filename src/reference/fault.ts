/** One mistake in one file. `reason` never quotes a cell: a list's cell may be a person's number. */
export interface ReferenceFault {
  /** Name inside the folder, for instance `lists/deceased.csv`; the folder itself when that cannot be read. */
  readonly file: string;
  /** The first line is 1; 0 when the fault is not on a line. */
  readonly line: number;
  readonly reason: string;
}

/** More faults than this are counted, not listed: a file in the wrong format has one a row. */
export const FAULTS_LISTED_MAX = 50;

/** The files were refused as a whole; what was loaded before stays in force. */
export class ReferenceBrokenError extends Error {
  readonly code = "GUARD_REFERENCE_BROKEN";
  /** At most `FAULTS_LISTED_MAX`, file by file; what concerns several files together comes last. */
  readonly faults: readonly ReferenceFault[];
  /** How many more there are beyond those listed. */
  readonly more: number;

  constructor(
    faults: readonly ReferenceFault[],
    options?: ErrorOptions & { readonly more?: number },
  ) {
    const more = options?.more ?? 0;
    super(sentence(faults, more), options);
    this.name = "ReferenceBrokenError";
    this.faults = faults;
    this.more = more;
  }
}

function sentence(faults: readonly ReferenceFault[], more: number): string {
  const [first] = faults;
  const total = faults.length + more;
  const where =
    first === undefined ? "" : ` The first: ${first.file}, line ${first.line}: ${first.reason}.`;
  return (
    `The reference files were refused as a whole (${total} ${total === 1 ? "mistake" : "mistakes"}).${where} ` +
    "Correct the files named in `faults` and load them again; what was loaded before stays in force."
  );
}

/** Each mistake by file and line, for whoever has to mend it. */
export function faultLines({ faults, more }: ReferenceBrokenError): string {
  const lines = faults.map(({ file, line, reason }) => `${file}:${line}: ${reason}`);
  const others = more === 0 ? [] : [`and ${more} more`];
  return ["The reference files have mistakes:", ...lines, ...others].join("\n");
}

/** Collects mistakes, so that all are told at once. */
export interface FaultLog {
  add(file: string, line: number, reason: string): void;
  readonly count: number;
  /** Throws ReferenceBrokenError when anything was added. */
  throwIfAny(): void;
}

export function createFaultLog(): FaultLog {
  const faults: ReferenceFault[] = [];
  let count = 0;
  return {
    add(file, line, reason) {
      count += 1;
      if (faults.length < FAULTS_LISTED_MAX) faults.push({ file, line, reason });
    },
    get count() {
      return count;
    },
    throwIfAny() {
      if (count > 0) throw new ReferenceBrokenError(faults, { more: count - faults.length });
    },
  };
}
