import { createReadStream } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { EpochMs } from "../units.ts";
import type { GuardEvent } from "./event.ts";
import { writtenAt } from "./record-order.ts";

/** Text sorted at once in memory; more goes to files of their own. */
const RUN_CHARS = 32_000_000;

interface Line {
  readonly at: EpochMs;
  readonly text: string;
}

/** Events in any order, given back by time: more than memory holds, through sorted files in a folder. */
export class SortedRuns {
  private readonly folder: string;
  private readonly runChars: number;
  private lines: Line[] = [];
  private chars = 0;
  private spool: string | undefined;
  private readonly runs: string[] = [];
  private spilling: Promise<void> = Promise.resolve();

  /** `folder` gets a folder of its own inside, which `close` removes. `runChars`: text sorted at once in memory. */
  constructor(folder: string, runChars = RUN_CHARS) {
    this.folder = folder;
    this.runChars = runChars;
  }

  /** Several may add at once; of one time, what was added first is given back first. */
  async add(event: GuardEvent): Promise<void> {
    const text = JSON.stringify(event);
    this.lines.push({ at: writtenAt(event), text });
    this.chars += text.length;
    if (this.chars > this.runChars) await this.spill();
  }

  /** Everything added so far. */
  async *sorted(): AsyncGenerator<GuardEvent> {
    await this.spilling;
    this.lines.sort((one, other) => one.at - other.at);
    const sources = [...this.runs.map(inFile), inMemory(this.lines)];
    this.lines = [];
    const heads = await Promise.all(sources.map((source) => source.next()));
    for (;;) {
      const first = earliest(heads);
      const head = heads[first];
      if (head === undefined || head.done) return;
      yield JSON.parse(head.value.text) as GuardEvent;
      heads[first] = (await sources[first]?.next()) ?? { done: true, value: undefined };
    }
  }

  async close(): Promise<void> {
    this.lines = [];
    await this.spilling.catch(() => undefined);
    if (this.spool !== undefined) await rm(this.spool, { recursive: true, force: true });
  }

  /** What others add meanwhile belongs to the next run. */
  private spill(): Promise<void> {
    const lines = this.lines;
    this.lines = [];
    this.chars = 0;
    this.spilling = this.spilling.then(() => this.write(lines));
    return this.spilling;
  }

  private async write(lines: Line[]): Promise<void> {
    this.spool ??= await mkdtemp(join(this.folder, "rebuild-"));
    const path = join(this.spool, `${this.runs.length}.ndjson`);
    lines.sort((one, other) => one.at - other.at);
    const file = await open(path, "wx", 0o600);
    try {
      for (let from = 0; from < lines.length; from += 1_000) {
        const part = lines.slice(from, from + 1_000);
        await file.write(part.map(({ at, text }) => `${at} ${text}\n`).join(""));
      }
    } finally {
      await file.close();
    }
    this.runs.push(path);
  }
}

async function* inMemory(lines: readonly Line[]): AsyncGenerator<Line, undefined> {
  yield* lines;
  return undefined;
}

async function* inFile(path: string): AsyncGenerator<Line, undefined> {
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
  for await (const line of lines) {
    const gap = line.indexOf(" ");
    yield { at: Number(line.slice(0, gap)), text: line.slice(gap + 1) };
  }
  return undefined;
}

function earliest(heads: readonly IteratorResult<Line, undefined>[]): number {
  let found = 0;
  let at = Number.POSITIVE_INFINITY;
  heads.forEach((head, index) => {
    if (head.done || head.value.at >= at) return;
    found = index;
    at = head.value.at;
  });
  return found;
}
