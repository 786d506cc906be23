import { cpSync } from "node:fs";
import fc from "fast-check";
import t from "tap";
import { systemTimers } from "../../src/config/machine.ts";
import { StoreUnavailableError } from "../../src/counters/contract.ts";
import type { ByteShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createDiskShelf } from "../../src/counters/embedded/disk-shelf.ts";
import { delay } from "../services/service-process.ts";
import { type Faults, faultyDisk, putThree, TINY, three } from "./faulty-disk.ts";

type Step =
  | { readonly kind: "commands"; readonly count: number; readonly length: number }
  | { readonly kind: "room"; readonly bytes: number }
  | { readonly kind: "fault"; readonly which: "flushFails" | "removeFails"; readonly to: boolean }
  | { readonly kind: "pause"; readonly ms: number }
  | { readonly kind: "kill" | "stop" };

const WELL = Number.POSITIVE_INFINITY;
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("commands" as const),
      ...{ count: fc.integer({ min: 1, max: 9 }), length: fc.nat(900) },
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("room" as const),
      bytes: fc.oneof(fc.nat(6_000), fc.constant(WELL)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("fault" as const),
      which: fc.constantFrom("flushFails" as const, "removeFails" as const),
      to: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant("pause" as const), ms: fc.nat(15) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom("kill" as const, "stop" as const) }) },
);

/** A shelf on a failing disk, through kills and stops; each command puts its own number. */
class Life {
  private readonly start: string;
  private path: string;
  private folders = 0;
  private shelf: ByteShelf;
  private faults: Faults;
  private given = 0;
  /** The last command that was answered. */
  private answered = 0;
  /** What is found that must not be. */
  readonly findings: string[] = [];

  constructor(start: string) {
    this.start = start;
    this.path = start;
    const { disk, faults } = faultyDisk();
    this.faults = faults;
    this.shelf = createDiskShelf(start, systemTimers, TINY, disk);
  }

  async step(of: Step): Promise<void> {
    if (of.kind === "commands") return this.commands(of.count, "x".repeat(of.length));
    if (of.kind === "pause") return delay(of.ms);
    if (of.kind === "room") this.faults.room = of.bytes;
    else if (of.kind === "fault") this.faults[of.which] = of.to;
    else await this.end(of.kind);
  }

  async end(how: "kill" | "stop"): Promise<void> {
    const before = this.shelf;
    if (how === "stop") await before.close();
    const left = `${this.start}-${++this.folders}`;
    cpSync(this.path, left, { recursive: true });
    this.path = left;
    const { disk, faults } = faultyDisk();
    this.faults = faults;
    this.shelf = createDiskShelf(left, systemTimers, TINY, disk);
    if (how === "kill") await before.close();
    const [first = "0", ...others] = three(this.shelf).map((text) => text?.split(" ")[0] ?? "0");
    if (others.some((other) => other !== first)) this.findings.push(`a part of ${first}`);
    if (Number(first) < this.answered) this.findings.push(`${first} and not ${this.answered}`);
    this.answered = Number(first);
  }

  async close(): Promise<void> {
    await this.end("kill");
    await this.shelf.close();
  }

  private async commands(count: number, text: string): Promise<void> {
    const put = async () => {
      const number = ++this.given;
      await putThree(this.shelf, `${number} ${text}`);
      this.answered = Math.max(this.answered, number);
    };
    for (const { status, ...rest } of await Promise.allSettled(Array.from({ length: count }, put)))
      if (
        status === "rejected" &&
        !("reason" in rest && rest.reason instanceof StoreUnavailableError)
      )
        this.findings.push("another error");
  }
}

t.test(
  "through a failing disk, kills and stops every answered command is there, and no part of one",
  async (t) => {
    const folder = t.testdir();
    let lives = 0;
    const holds = async (steps: readonly Step[]) => {
      const life = new Life(`${folder}/life-${++lives}`);
      for (const each of steps) await life.step(each);
      await life.close();
      return life.findings.length === 0;
    };
    const steps = fc.array(step, { minLength: 20, maxLength: 60 });
    await fc.assert(fc.asyncProperty(steps, holds), { numRuns: 25 });
    t.ok(lives >= 25);
  },
);
