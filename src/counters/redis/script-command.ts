import { Command } from "ioredis";
import type { Argument } from "./redis-replies.ts";

const AS_BYTES = { replyEncoding: null };

/** Any command, its reply in bytes. */
export function plainCommand(name: string, args: readonly Argument[]): Command {
  return new Command(name, [...args], AS_BYTES);
}

/**
 * A script call whose bytes are ready, so that the client has only to write them and to match the reply. Its own way
 * (each argument measured, written and joined) took 27 µs for the two calls of a check, this one takes 11.
 */
export class ScriptCommand extends Command {
  private readonly bytes: Buffer;

  /** `ticket`: comes back beside the reply. */
  constructor(sha1: string, keys: readonly string[], plan: Buffer, ticket: string) {
    // The client asks four tables about the name, each time in small letters.
    super("evalsha", [], AS_BYTES);
    this.bytes = callBytes(sha1, keys, plan, ticket);
  }

  override toWritable(): Buffer {
    return this.bytes;
  }
}

function callBytes(sha1: string, keys: readonly string[], plan: Buffer, ticket: string): Buffer {
  let head = `*${keys.length + 5}\r\n$7\r\nEVALSHA\r\n${bulk(sha1)}${bulk(String(keys.length))}`;
  for (const key of keys) head += bulk(key);
  head += `$${plan.length}\r\n`;
  const tail = `\r\n${bulk(ticket)}`;
  const bytes = Buffer.allocUnsafe(head.length + plan.length + tail.length);
  // Lengths are told in bytes: a character of more than one would put every argument behind it out of place.
  if (bytes.write(head, 0, "utf8") !== head.length)
    throw new Error("GUARD_COUNTERS_KEYS: a key is of plain characters");
  bytes.set(plan, head.length);
  bytes.write(tail, head.length + plan.length, "latin1");
  return bytes;
}

/** How a text of so many characters begins. */
const HEADS: readonly string[] = Array.from({ length: 128 }, (_, length) => `$${length}\r\n`);

function bulk(text: string): string {
  return `${HEADS[text.length] ?? `$${text.length}\r\n`}${text}\r\n`;
}
