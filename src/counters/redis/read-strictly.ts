import type { Redis } from "ioredis";
import { ReplyFrames } from "./reply-frames.ts";
import { ScriptCommand } from "./script-command.ts";
import { wholeReplies } from "./whole-replies.ts";

/**
 * From here on no byte reaches the client's parser before it was looked at: the parser trusts every length and every
 * line end, takes a reply nobody asked for as the answer to the next command, and some such replies would end the
 * process. To be called for each connection, once its stream is there and before anything was read from it.
 * `foreign` is told what no Redis would have said; it must drop the connection.
 */
export function readStrictly(client: Redis, foreign: (chunk: Buffer) => void): void {
  const { stream } = client;
  const [parse] = stream.listeners("data") as ((chunk: Buffer) => void)[];
  if (parse === undefined) return;
  const frames = new ReplyFrames();
  stream.prependListener("data", (chunk: Buffer) => {
    if (frames.isBetween && answered(client, chunk)) return;
    const replies = frames.accept(chunk);
    if (replies < 0 || replies > client.commandQueue.length) foreign(chunk);
    else parse(chunk);
  });
  stream.removeListener("data", parse);
}

/** Answers script calls past the client's parser. False, and nothing is done, where the chunk is anything else. */
function answered({ commandQueue }: Redis, chunk: Buffer): boolean {
  if (!isScripts(commandQueue, 0)) return false;
  const replies = wholeReplies(chunk);
  if (replies === undefined) return false;
  for (let place = 1; place < replies.length; place += 1)
    if (!isScripts(commandQueue, place)) return false;
  for (const reply of replies) commandQueue.shift()?.command.resolve(reply);
  return true;
}

function isScripts(commandQueue: Redis["commandQueue"], place: number): boolean {
  return commandQueue.peekAt(place)?.command instanceof ScriptCommand;
}
