import { parseArgs } from "node:util";

export interface BenchOptions {
  /** One round of each, a few seconds long: to see that all works, not to compare. */
  readonly quick: boolean;
  /** Subjects, or with `curves` curves, by name; empty: all. */
  readonly only: readonly string[];
  readonly rounds: number | undefined;
  /** Of each measured run. */
  readonly seconds: number | undefined;
  /** The cost curves instead of the table. */
  readonly curves: boolean;
  /** The guard under the profiler instead of the table. */
  readonly profile: boolean;
  /** With `profile`: an earlier build to profile in turn with it. */
  readonly before: string | undefined;
  /** Writes the baseline, beside the results, instead of comparing with it. */
  readonly baseline: boolean;
  /** Another build of the guard than `dist`. */
  readonly dist: string | undefined;
  readonly help: boolean;
}

/** A run longer than this is somebody's typing mistake. */
const SECONDS_MAX = 600;
const ROUNDS_MAX = 50;

export const HELP = `npm run bench -- [flags]

Measures the guard against its floors and peers on this machine: closed loops, open loops at a constant rate, and
the guard with a slow and with a dead Redis. Prints a table and the ratios to reach, writes load/results/latest.json,
and compares with load/results/baseline.json. Needs Linux and a redis-server on PATH; about sixteen minutes.

  --quick           one short round: a look, no comparison with the baseline
  --only A,B        these subjects alone (names as in the table)
  --rounds N        rounds of each phase, or of each curve: there, back, there again …
  --seconds N       seconds of each measured run
  --curves          the cost curves instead, drawn into load/results (about twenty minutes; with --rounds 1 half of
                    it); with --only these curves alone, the others stay as they are; with --quick a look that stores
                    nothing
  --profile         where the guard's time goes instead: a flame graph and a table of steps in load/results
  --before FOLDER   with --profile: an earlier build (its dist), measured in turn with this one, each with the flags of
                    the package.json beside it
  --baseline        write load/results/baseline.json too; not where one of its ratios could not be judged
  --dist FOLDER     the guard of another build instead of dist
  --help            this text

Exit status: 0; 1 where a run has less than 99.95 % full answers or the guard fell behind the baseline; 2 wrong flags.
`;

/** Wrong flags: the sentence says which. */
export class BenchOptionsError extends Error {
  override readonly name = "BenchOptionsError";
}

export function readOptions(args: readonly string[]): BenchOptions {
  const values = parse(args);
  if (values.before !== undefined && values.profile !== true)
    throw new BenchOptionsError(
      "--before says what is measured beside a profile: it needs --profile",
    );
  return {
    quick: values.quick === true,
    only: (values.only ?? "").split(",").filter((name) => name !== ""),
    rounds: positive("rounds", values.rounds, ROUNDS_MAX),
    seconds: positive("seconds", values.seconds, SECONDS_MAX),
    curves: values.curves === true,
    profile: values.profile === true,
    before: values.before,
    baseline: values.baseline === true,
    dist: values.dist,
    help: values.help === true,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        quick: { type: "boolean" },
        only: { type: "string" },
        rounds: { type: "string" },
        seconds: { type: "string" },
        curves: { type: "boolean" },
        profile: { type: "boolean" },
        before: { type: "string" },
        baseline: { type: "boolean" },
        dist: { type: "string" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new BenchOptionsError(error instanceof Error ? error.message : "wrong flags", {
      cause: error,
    });
  }
}

function positive(name: string, text: string | undefined, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 1 && value <= max)) {
    throw new BenchOptionsError(`--${name} takes a whole number from 1 to ${max}, not "${text}"`);
  }
  return value;
}
