import { StoreUnavailableError, StoreUnreadableError } from "../contract.ts";
import { sameBytes } from "../ledger-layout.ts";

export type Argument = string | number | Buffer;

/** An error that the server itself answered; every other one is the connection's. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === "ReplyError";
}

/** The server does not know the script yet, or no longer. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("NOSCRIPT");
}

/** Redis' name of a script, where an error arose in one. */
const IN_SCRIPT = "user_script";

/** What a caller is told of a command's error. */
export function notCarriedOut(said: Error, isRefused: boolean): StoreUnavailableError {
  const message = "The store did not carry out the command.";
  // A script that stumbles over what is there would stumble again.
  const isScripts = isReply(said) && !isRefused && said.message.includes(IN_SCRIPT);
  return isScripts
    ? new StoreUnreadableError(message, { cause: said })
    : new StoreUnavailableError(message, { cause: said });
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
  return Buffer.isBuffer(told) && told.length === ticket.length && sameBytes(told, 0, ticket);
}
