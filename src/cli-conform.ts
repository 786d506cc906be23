import { randomInt } from "node:crypto";
import { systemTimers } from "./config/machine.ts";
import { asksAgain } from "./replay/conform/asks-again.ts";
import {
  conformSummary,
  type PointResult,
  pointText,
  runConform,
} from "./replay/conform/run-conform.ts";
import { createHttpWire } from "./replay/conform/wire.ts";

const EXIT_FAILED = 1;
const RANDOM_STEPS = 2 ** 47;

export interface ConformOptions {
  readonly timeout: number;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** `guard conform`: a till's whole repertoire against any guard, by the test pharmacy, whose swipes never count. */
export async function conform(address: string, options: ConformOptions): Promise<void> {
  if (!/^https?:\/\/[^/]/.test(address)) throw new Error("Name the guard as http://host:port.");
  if (!(options.timeout >= 1)) throw new Error("--timeout is a number of milliseconds.");
  const tell = (result: PointResult) => {
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : pointText(result));
  };
  const parts = {
    wire: asksAgain(createHttpWire(address, options.timeout), systemTimers),
    clock: Date,
    random: () => randomInt(RANDOM_STEPS) / RANDOM_STEPS,
  };
  const summary = conformSummary(await runConform(parts, tell));
  const { points, passed, failed, other } = summary;
  process.stdout.write(
    options.json
      ? `${JSON.stringify(summary)}\n`
      : `\n${points} points: ${passed} passed, ${failed} failed, ${other} answered by another policy than the shipped one\n`,
  );
  if (failed > 0 || (options.strict && other > 0)) process.exitCode = EXIT_FAILED;
}
