/** What tap counted, read from its own closing line. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** A test file that failed, with what tap wrote of its failed assertions. */
export interface FailedFile {
  /** As tap names it, for instance `build/tests/faults/stop.test.js`. */
  readonly file: string;
  readonly said: readonly string[];
}

/** Lines told of one file: enough for the first assertions and what they saw. */
const SAID_MAX = 40;

/** Whether a file's outcome hangs on real processes, services and clocks: all others fail for reasons of their own. */
export function meetsTheMachine(file: string): boolean {
  return /\/tests\/faults\/|\.(?:redis|kafka)\.test\.js$/.test(file);
}

export function totalsOf(tap: string): Totals {
  const closing = tap.split("\n").findLast((line) => line.startsWith("# { total:")) ?? "";
  const count = (name: string): number =>
    Number(new RegExp(`\\b${name}: (\\d+)`).exec(closing)?.[1] ?? 0);
  return { passed: count("pass"), failed: count("fail"), skipped: count("skip") + count("todo") };
}

/** Files stand at the margin, what is in them is indented below their `# Subtest`. */
export function failedFiles(tap: string): readonly FailedFile[] {
  const failed: FailedFile[] = [];
  let body: string[] = [];
  for (const line of tap.split("\n")) {
    const file = /^not ok \d+ - (\S+\.test\.js)/.exec(line)?.[1];
    if (file !== undefined) failed.push({ file, said: failuresIn(body) });
    if (/^(?:not )?ok \d+ - /.test(line)) body = [];
    else body.push(line);
  }
  return failed;
}

/** Each assertion that failed, and its diagnosis, without the subtests around it that failed for its sake. */
function failuresIn(lines: readonly string[]): readonly string[] {
  const said: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (!/^\s+not ok \d+ - /.test(line)) continue;
    const isAround = line.includes(" # time=") && said.length > 0;
    if (!isAround) said.push(line.trim(), ...diagnosisAfter(lines, index));
  }
  return said.slice(0, SAID_MAX);
}

function diagnosisAfter(lines: readonly string[], index: number): readonly string[] {
  if (lines[index + 1]?.trim() !== "---") return [];
  const end = lines.findIndex((line, at) => at > index + 1 && line.trim() === "...");
  return end < 0 ? [] : lines.slice(index + 2, end);
}
