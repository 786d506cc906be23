import { type DestinationStream, type Logger, pino } from "pino";

/**
 * Names under which a swipe's parts would appear if somebody logged an object too many.
 * Nobody does; this is the net below (promise 8), not the rule.
 */
const NEVER_LOGGED = [
  "body",
  "headers",
  "query",
  "person",
  "credential",
  "agent",
  "prescription",
  "traceCodes",
  "lines",
  "input",
  "guard",
  "password",
];

export interface LoggerOptions {
  /** A pino level. */
  readonly level: string;
  /** Absent: standard output. */
  readonly destination?: DestinationStream;
}

/** One JSON line an event, UTC times, level as a word. */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      name: "guard",
      level: options.level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }) },
      redact: {
        paths: NEVER_LOGGED.flatMap((name) => [name, `*.${name}`]),
        censor: "[not logged]",
      },
      serializers: {
        err: describeError,
        error: describeError,
        req: () => undefined,
        res: () => undefined,
      },
    },
    options.destination ?? standardOutput(),
  );
}

/** Lines kept while standard output takes none; more are dropped. */
const UNWRITTEN_MAX = 1_000_000;

/** A log that cannot be written (a file on a full disk) must not end the guard: it goes on once there is room. */
function standardOutput(): DestinationStream {
  const output = pino.destination({ fd: 1, maxLength: UNWRITTEN_MAX });
  output.on("error", () => undefined);
  return output;
}

export interface DescribedError {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
  readonly stack?: string;
}

/**
 * An error as the log may have it. Messages of libraries can quote their input (JSON.parse does), so a message is
 * kept only when the guard wrote it (`GUARD_…`) or the operating system did (it has a `syscall`).
 */
export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error };
  const code = "code" in error && typeof error.code === "string" ? error.code : undefined;
  const trusted = code?.startsWith("GUARD_") === true || "syscall" in error;
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    ...(trusted ? { message: error.message } : {}),
    ...framesOf(error),
  };
}

/** Where it happened, without the first lines, which repeat the message. */
function framesOf(error: Error): { stack?: string } {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return frames.length === 0 ? {} : { stack: frames.slice(0, 20).join("\n") };
}
