import type { Redis } from "ioredis";
import { ReplyFrames } from "./reply-frames.ts";

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
    const replies = frames.accept(chunk);
    if (replies < 0 || replies > client.commandQueue.length) foreign(chunk);
    else parse(chunk);
  });
  stream.removeListener("data", parse);
}
