/** One command as MONITOR tells it. */
export interface MonitoredCommand {
  /** True where a script called it. */
  readonly isInner: boolean;
  /** In capitals. */
  readonly name: string;
  /** As MONITOR escapes them. */
  readonly args: readonly string[];
}

const LINE = /^\+?[\d.]+ \[\d+ (\S+)\] (.*)$/;
const WORD = /"((?:[^"\\]|\\.)*)"/g;
/** `\xHH`, `\n` and the like: one byte each. */
const ESCAPED = /\\(?:x[0-9a-fA-F]{2}|.)/g;

/** Undefined for what is no command, such as the `+OK` in the beginning. */
export function readMonitorLine(line: string): MonitoredCommand | undefined {
  const [, from, rest] = LINE.exec(line) ?? [];
  if (from === undefined || rest === undefined) return undefined;
  const [name, ...args] = [...rest.matchAll(WORD)].map(([, word = ""]) => word);
  if (name === undefined) return undefined;
  return { isInner: from === "lua", name: name.toUpperCase(), args };
}

/** How many bytes an escaped argument is. */
export function bytesOf(escaped: string): number {
  return escaped.replace(ESCAPED, ".").length;
}
