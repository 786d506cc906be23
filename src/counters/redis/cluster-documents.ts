import type { DurationMs, Timers } from "../../units.ts";
import { StoreUnavailableError } from "../contract.ts";
import type { SharedDocuments } from "../control-documents.ts";
import { patienceOf } from "./cluster-patience.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { redisDocuments } from "./redis-documents.ts";

/**
 * Hash tags whose slots lie a third of the Cluster apart (1,205 and 6,607; the document's own is 12,069), so that three
 * primaries with a third of the slots each hold one copy each.
 */
const COPIES = ["{control-189}", "{control-22}"] as const;
/** A primary that has not told by then is asked for no document: the next copy is. */
const READ_WAIT: DurationMs = 250;

/**
 * Documents of a Cluster: every instance must know which memory lives, also while the primary of that document does not
 * answer, or has come back without it. So what changes is written to three primaries and read of the first that has it: whoever makes a change goes on only
 * when all three have taken it, and makes it again until they have.
 */
export function clusterDocuments(
  connection: RedisConnection,
  generation: string,
  timers: Timers,
  now: () => DurationMs,
): SharedDocuments {
  const own = redisDocuments(connection, generation);
  const copyOf = (tag: string, name: string) => `${generation}:${tag}{control}${name}`;

  /** Undefined where this copy does not tell in time; `text` undefined where there is no such document. */
  const hear = (reading: Promise<string | undefined>) =>
    patienceOf(timers, READ_WAIT, now).heard(
      reading.then((text) => ({ text })),
      1,
    );

  return {
    ...own,
    read: async (name) => {
      const told = await hear(own.read(name));
      if (told?.text !== undefined) return told.text;
      let isTold = told !== undefined;
      for (const tag of COPIES) {
        const copy = await hear(connection.send("GET", [copyOf(tag, name)]).then(textOf));
        isTold ||= copy !== undefined;
        if (copy?.text === undefined) continue;
        // Its primary was replaced by an empty one: whoever changes it next must find what is to be replaced.
        if (told !== undefined) await hear(own.replace(name, undefined, copy.text).then(String));
        return copy.text;
      }
      if (isTold) return undefined;
      throw new StoreUnavailableError("No primary tells the store's documents.");
    },
    replace: async (name, before, after) => {
      // What already stands is written again: it may not have reached its copies.
      const isWritten =
        (await own.replace(name, before, after)) || (await own.read(name)) === after;
      if (!isWritten) return false;
      await Promise.all(COPIES.map((tag) => connection.send("SET", [copyOf(tag, name), after])));
      return true;
    },
  };
}

function textOf(reply: unknown): string | undefined {
  return Buffer.isBuffer(reply) ? reply.toString() : undefined;
}
