/** Appends to a journal until it is killed; writes every acknowledged id to a file. Arguments: the journal, the file. */
import { openSync, writeSync } from "node:fs";
import { line, open } from "./support.ts";

const WRITERS = 20;
const [folder = "", said = ""] = process.argv.slice(2);
const acknowledged = openSync(said, "a");
const { journal } = await open(folder, { segmentBytes: 200_000 });

async function write(key: string): Promise<void> {
  for (let number = 1; ; number++) {
    const each = line(key, number, "x".repeat((number * 37) % 3_000));
    await journal.append([each]);
    writeSync(acknowledged, `${key}:${number}\n`);
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(`w${writer}`)));
