export type Argument = string | number | Buffer;

/** An error that the server itself answered; every other one is the connection's. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

/** The server does not know the script yet, or no longer. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}

/** The keys a command names; the first where it is no script. */
export function keysOf(command: string, args: readonly Argument[]): readonly Argument[] {
  if (!command.startsWith("EVAL")) return args.slice(0, 1);
  return args.slice(2, 2 + Number(args[1]));
}

/** Some managed servers forbid looking and loading: then nothing is known, and scripts travel with their first call. */
export function unlessForbidden(error: unknown): undefined {
  if (error instanceof Error && error.message.startsWith("NOPERM")) return undefined;
  throw error;
}

/** A script's reply beside the ticket of the very call it answers. */
export function isTicketed(reply: unknown, ticket: string): reply is readonly [Buffer, unknown] {
  if (!Array.isArray(reply)) return false;
  const [told] = reply as readonly unknown[];
  return Buffer.isBuffer(told) && told.toString("latin1") === ticket;
}
