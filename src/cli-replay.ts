import { randomBytes } from "node:crypto";
import type { Environment } from "./config/config.ts";
import { readConfig } from "./config/read-config.ts";
import { redisAddress } from "./config/redis-address.ts";
import { loadBundle } from "./control/load-bundle.ts";
import { pseudonymiserOf } from "./control/own-keys.ts";
import { generateKey } from "./privacy/key-file.ts";
import { LabelledTally } from "./replay/labelled-report.ts";
import type { Labels } from "./replay/labels.ts";
import { freshGeneration, openReplay } from "./replay/open-replay.ts";
import { printedReport } from "./replay/printed-report.ts";
import { readLabels, referenceBeside, withPersons } from "./replay/read-labels.ts";
import { reportRows } from "./replay/report-rows.ts";
import { runReplay, summaryText } from "./replay/run-replay.ts";
import { createVirtualClock } from "./replay/virtual-clock.ts";
import { SILENT } from "./units.ts";
import { wireReplayMemory } from "./wire-memory.ts";

const EXIT_FAILED = 1;

export interface ReplayOptions {
  readonly policy?: string;
  readonly out?: string;
  readonly store: string;
  readonly reference?: string;
  readonly labels?: string;
  readonly markdown?: boolean;
  readonly json?: boolean;
  readonly kafka?: boolean;
}

/** `guard replay`: recorded lines through the checkout code, on a clock and a memory of their own. */
export async function replay(
  file: string,
  options: ReplayOptions,
  environment: Environment,
): Promise<void> {
  const labels = options.labels === undefined ? undefined : await readLabels(options.labels);
  const config = readConfig({
    ...environment,
    ...(options.policy ? { GUARD_POLICY: options.policy } : {}),
    ...(await referenceFor(options, labels, environment)),
  });
  const clock = createVirtualClock();
  const key = JSON.stringify(generateKey(randomBytes));
  // Lists count as fresh in a replay, whatever their age today.
  const bundle = await loadBundle(config, pseudonymiserOf(key), Number.POSITIVE_INFINITY);
  const memory = await wireReplayMemory(storeOf(options.store), freshGeneration(), clock, SILENT);
  const pseudonymiser = pseudonymiserOf(key);
  try {
    const player = openReplay({
      clock,
      store: memory.store,
      pseudonymiser,
      bundle,
      observer: SILENT,
    });
    const files = { input: file, out: options.out, quiet: labels !== undefined };
    const tally = labels && new LabelledTally(await withPersons(labels, file));
    const summary = await runReplay(player, files, {
      progress,
      refused: (line, reason) => process.stderr.write(`${file}:${line}: ${reason}\n`),
      replayed: (replayed) => tally?.note(replayed),
    });
    if (process.stderr.isTTY) process.stderr.write("\r");
    if (summary.refused > 0) process.exitCode = EXIT_FAILED;
    if (tally) {
      const told = { summary, policy: bundle.policy, rows: reportRows(tally.finish()) };
      process.stdout.write(printedReport(told, options));
      return;
    }
    const to = options.out === undefined ? process.stderr : process.stdout;
    to.write(options.json ? `${JSON.stringify(summary)}\n` : summaryText(summary));
  } finally {
    await memory.close();
  }
}

/** The labels' own city is judged under its own reference files, unless somebody names others. */
async function referenceFor(
  { reference, labels: file }: ReplayOptions,
  labels: Labels | undefined,
  environment: Environment,
) {
  if (reference !== undefined) return { GUARD_REFERENCE: reference };
  if (file === undefined || labels === undefined || environment["GUARD_REFERENCE"]) return {};
  const folder = await referenceBeside(file, labels);
  return folder === undefined ? {} : { GUARD_REFERENCE: folder };
}

function storeOf(store: string) {
  if (store === "embedded") return undefined;
  const address = redisAddress(store);
  if ("fault" in address) throw new Error(`--store ${address.fault}.`);
  const { secure, ...settings } = address.value;
  return { ...settings, ...(secure ? { tls: {} } : {}) };
}

function progress(lines: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${lines} lines`);
}
