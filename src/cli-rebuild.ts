import type { Environment } from "./config/config.ts";
import { readConfig } from "./config/read-config.ts";
import type { RebuildProgress, RebuildReport } from "./control/rebuild/run-rebuild.ts";
import { reasonNotToStart } from "./server-process.ts";
import { rebuildMemory } from "./wire-rebuild.ts";

const EXIT_FAILED = 1;
/** As a shell says of what Ctrl-C ended. */
const EXIT_INTERRUPTED = 130;

export interface RebuildCliOptions {
  readonly from?: string;
  readonly journal?: readonly string[];
  readonly keepOld?: boolean;
  readonly dryRun?: boolean;
  readonly acceptGaps?: boolean;
  readonly json?: boolean;
}

/** `guard rebuild`: another generation of the memory from the record, and then the switch. */
export async function rebuild(options: RebuildCliOptions, environment: Environment): Promise<void> {
  const config = readConfig(environment);
  const from = options.from ?? (config.kafka && !options.journal ? "kafka" : "journal");
  if (from !== "journal" && from !== "kafka") throw new Error("--from is journal or kafka.");
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
  const told = progressOn(process.stderr);
  try {
    const report = await rebuildMemory(config, {
      from,
      journals: options.journal ?? [],
      options: {
        dryRun: options.dryRun === true,
        keepOld: options.keepOld === true,
        acceptGaps: options.acceptGaps === true,
      },
      signal: stop.signal,
      progress: told.tell,
    });
    told.end();
    process.stdout.write(options.json ? jsonOf(report) : textOf(report));
  } catch (error) {
    told.end();
    const { sentence } = reasonNotToStart(error);
    process.stderr.write(`guard: ${sentence}\n`);
    process.exitCode = stop.signal.aborted ? EXIT_INTERRUPTED : EXIT_FAILED;
  }
}

const DOING: Readonly<Record<RebuildProgress["phase"], string>> = {
  cleaning: "cleaning up after a rebuild before",
  filling: "filling from the record",
  following: "following live swipes",
  comparing: "comparing the two memories",
  switching: "switching",
  removing: "removing the memory before",
};

function progressOn(out: NodeJS.WriteStream) {
  const from = performance.now();
  return {
    tell: ({ phase, records, at }: RebuildProgress) => {
      if (!out.isTTY) return;
      const seconds = (performance.now() - from) / 1_000;
      const rate = Math.round(records / Math.max(seconds, 0.001));
      const till = at > 0 ? `, up to ${new Date(at).toISOString().slice(0, 19)}Z` : "";
      out.write(`\r\x1b[K${DOING[phase]}: ${records} records (${rate}/s)${till}`);
    },
    end: () => {
      if (out.isTTY) out.write("\r\x1b[K");
    },
  };
}

function jsonOf(report: RebuildReport): string {
  const { record, ...rest } = report;
  const instances = Object.fromEntries(
    [...record.instances].map(([name, at]) => [name, new Date(at).toISOString()]),
  );
  return `${JSON.stringify({ ...rest, record: { ...record, instances } })}\n`;
}

function textOf(report: RebuildReport): string {
  const { compared, outcomes, record, records, seconds, filledIn, living, before, switched } =
    report;
  const counted = Object.entries(outcomes).map(([name, count]) => `${count} ${name}`);
  const lines = [
    switched
      ? `The memory was rebuilt: generation ${living} has taken the place of ${before}.`
      : `Nothing was changed (dry run): generation ${before} lives.`,
    `  record      ${record.name}: ${records} records, caught up with in ${filledIn.toFixed(1)} of ${seconds.toFixed(1)} s`,
    `  applied     ${counted.join(", ") || "nothing"}`,
    `  compared    ${compared.persons} persons: ${compared.alike} alike; ${compared.cameBack} swipes came back, ${compared.missing} are not in the record, ${compared.different} stand otherwise`,
    ...[...record.instances].map(
      ([name, at]) => `  instance    ${name}, last record ${new Date(at).toISOString()}`,
    ),
    ...notesOf(report).map((note) => `  note        ${note}`),
  ];
  return `${lines.join("\n")}\n`;
}

/** What cannot be built again, or not as it was. */
function notesOf({ outcomes, otherPolicy, record }: RebuildReport): readonly string[] {
  const { unknown = 0, conflict = 0, waiting = 0 } = outcomes;
  return [
    ...(record.trimmed ? ["the record's oldest part was removed at its limit"] : []),
    ...(record.lost > 0 ? [`${record.lost} records could not be read`] : []),
    ...(unknown > 0 ? [`${unknown} steps name checks that are not in the record`] : []),
    ...(conflict > 0 ? [`${conflict} checks were told under an id of another's`] : []),
    ...(waiting > 0
      ? [`${waiting} records waited for the store: those count that were entered`]
      : []),
    ...(otherPolicy > 0
      ? [
          `${otherPolicy} checks were decided by another policy: what is remembered of them is what the one in force asks for`,
        ]
      : []),
    "attempts older than 24 h, and groups below the size that is told, are not in a record",
  ];
}
