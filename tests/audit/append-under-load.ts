/** Appends to a journal until it is killed; says every acknowledged id on standard output. */
import { writeSync } from "node:fs";
import { open, record } from "./support.ts";

const WRITERS = 20;
const folder = process.argv[2] ?? "";
const { journal } = await open(folder, { segmentBytes: 200_000 });

async function write(key: string): Promise<void> {
  for (let number = 1; ; number++) {
    const each = record(key, number, "x".repeat((number * 37) % 3_000));
    await journal.append([each]);
    writeSync(1, `${each.event.id}\n`);
  }
}

await Promise.all(Array.from({ length: WRITERS }, (_, writer) => write(`w${writer}`)));
