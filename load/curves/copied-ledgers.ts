import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createPseudonymiser, generateKey, parseKeyFile } from "../../src/privacy/key-file.ts";
import type { Pseudonymiser } from "../../src/privacy/pseudonymiser.ts";
import { CANONICAL_RULES } from "../workload/policies.ts";
import { personNumber } from "../workload/turns.ts";
import { type CurveGround, type KeptMemory, policyFileOf } from "./curve-point.ts";
import { FIRST_PASS, type History, SAMPLE_FROM, uploadHistory } from "./history.ts";
import type { RedisMemory } from "./redis-memory.ts";

/** Names a command of the copying carries. */
const NAMES_AT_ONCE = 2_000;
/** Copies of the goods that one run may come to; it comes to a handful. */
const PASSES_A_RUN = 25;

/**
 * Persons by the million, without millions of swipes: the guard writes the ledgers of a sample, and Redis
 * copies them under the names of other persons. The same bytes, names of the same length, the same time to
 * live; the names are those of the persons whom the traffic then brings, under a key made for the run.
 */
export class CopiedLedgers implements KeptMemory {
  readonly env: Readonly<Record<string, string>>;
  readonly #memory: RedisMemory;
  readonly #pseudonymiser: Pseudonymiser;
  #sample: readonly string[] = [];
  #prefix = "";
  #runs = 0;

  constructor(ground: CurveGround, memory: RedisMemory) {
    mkdirSync(ground.scratch, { recursive: true });
    const text = JSON.stringify(generateKey(randomBytes));
    const file = join(ground.scratch, "curve-keys.json");
    writeFileSync(file, text, { mode: 0o600 });
    const read = parseKeyFile(text);
    const pseudonymiser = "keySet" in read ? createPseudonymiser(read.keySet) : undefined;
    if (pseudonymiser === undefined) throw new Error("the key just made cannot be read");
    this.env = { GUARD_KEYS: file };
    this.#memory = memory;
    this.#pseudonymiser = pseudonymiser;
  }

  /** Empties the memory and lets the guard write the sample. */
  async writeSample(ground: CurveGround, history: History): Promise<void> {
    await this.#memory.flush();
    const { redisUrl, reference, subject, traffic } = ground;
    const scratch = mkdtempSync(join(ground.scratch, "sample-"));
    const policyFile = policyFileOf(ground, { rules: CANONICAL_RULES });
    const around = { redisUrl, scratch, reference, policyFile, env: this.env };
    const running = await subject.start(around);
    try {
      await uploadHistory(running.url, traffic.folder, history);
    } finally {
      await running.stop();
      rmSync(scratch, { recursive: true, force: true });
    }
    const names = Array.from({ length: history.persons }, (_, index) =>
      this.#name(SAMPLE_FROM + index),
    );
    const ledgers = await this.#memory.keys("*:{p*}l");
    this.#sample = ledgers.filter((key) => names.some((name) => key.endsWith(name)));
    if (this.#sample.length !== history.persons)
      throw new Error(`${this.#sample.length} of ${history.persons} ledgers were written`);
    this.#prefix = this.#sample[0]?.slice(0, this.#sample[0].indexOf("{")) ?? "";
  }

  /** Persons number `from` to `to` get a ledger of the sample; gives the bytes that each took. */
  async copyTo(from: number, to: number): Promise<number> {
    const before = await this.#memory.usedBytes();
    for (let first = from; first < to; first += NAMES_AT_ONCE) {
      const count = Math.min(NAMES_AT_ONCE, to - first);
      const names = Array.from({ length: count }, (_, i) => this.#prefix + this.#name(first + i));
      const source = this.#sample[Math.floor(first / NAMES_AT_ONCE) % this.#sample.length] ?? "";
      await this.#memory.copy(source, names);
    }
    return ((await this.#memory.usedBytes()) - before) / (to - from);
  }

  nextPass(): number {
    return (this.#runs++ * PASSES_A_RUN) % FIRST_PASS;
  }

  #name(person: number): string {
    return `{p${this.#pseudonymiser.pseudonym("person", personNumber(person))}}l`;
  }
}
