#!/usr/bin/env node
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { eventLine } from "./audit/event-line.ts";
import { readEvents } from "./audit/read-events.ts";
import { type ConformOptions, conform } from "./cli-conform.ts";
import { type RebuildCliOptions, rebuild } from "./cli-rebuild.ts";
import { type ReplayOptions, replay } from "./cli-replay.ts";
import { type SimulateOptions, simulate } from "./cli-simulate.ts";
import { systemTimers } from "./config/machine.ts";
import { readConfig } from "./config/read-config.ts";
import { shipped } from "./config/settings.ts";
import { PolicyBrokenError, readPolicyFile } from "./control/load-bundle.ts";
import { gangsHour } from "./replay/demo/gangs-hour.ts";
import { runDemo } from "./replay/demo/run-demo.ts";
import { REPLAY_REFUSES } from "./replay/run-replay.ts";
import { guardVersion, reasonNotToStart, runServer, startDemoGuard } from "./server-process.ts";
import { DEMO_SEED, makeDemoCity } from "./simulation/demo-city.ts";
import { CITY_DEFAULTS } from "./simulation/options.ts";
import { SILENT } from "./units.ts";

const EXIT_FAILED = 1;
/** A command that is not there yet (EX_USAGE of sysexits.h). */
const EXIT_NOT_YET = 64;

const guard = new Command("guard")
  .description("Weighs every insured pharmacy swipe before it settles.")
  .version(guardVersion())
  .showHelpAfterError();

guard
  .command("serve")
  .description("run the guard; settings come from the environment (README, Settings)")
  .action(() => runServer(process.env));

guard
  .command("replay")
  .description("feed recorded swipes through the same checkout code on a virtual clock")
  .argument("[file]", "replay lines, one JSON object a line, in order of time")
  .option("--policy <file>", "a policy file instead of the one in force")
  .option("--out <file>", "write decisions there instead of standard output")
  .option(
    "--store <store>",
    "`embedded`, or a redis:// URL (a fresh key generation of its own)",
    "embedded",
  )
  .option("--reference <folder>", "reference files instead of those in force")
  .option(
    "--labels <file>",
    "what is known afterwards: report what was caught, and who was stopped",
  )
  .option("--markdown", "with --labels: the report as Markdown")
  .option("--json", "print the summary as JSON")
  .option("--kafka", "replay from the topic")
  .addHelpText("after", REPLAY_REFUSES)
  .action(async (file: string | undefined, options: ReplayOptions) => {
    if (options.kafka) return notYet("replay --kafka");
    if (file === undefined) return fail(new Error("Name the file to replay."));
    await orFail(() => replay(file, options, process.env));
  });

guard
  .command("simulate")
  .description("write a labelled city: replay lines, labels and reference files, all from a seed")
  .option("--seed <number>", "the same seed gives the same city", number, CITY_DEFAULTS.seed)
  .option("--pharmacies <number>", "2 to 5000", number, CITY_DEFAULTS.pharmacies)
  .option("--persons <number>", "insured persons, 200 or more", number, CITY_DEFAULTS.persons)
  .option("--days <number>", "1 to 400", number, CITY_DEFAULTS.days)
  .option("--start <day>", "first day, yyyy-MM-dd", CITY_DEFAULTS.start)
  .option(
    "--quiet-days <number>",
    "days without fraud at the beginning, for baselines",
    number,
    CITY_DEFAULTS.quietDays,
  )
  .option(
    "--fraud <rate>",
    "episodes against the default's 1; 0 for none",
    number,
    CITY_DEFAULTS.fraud,
  )
  .option("--cunning <share>", "share of the careful, 0 to 1", number, CITY_DEFAULTS.cunning)
  .option(
    "--demand <rate>",
    "how much people buy against the default's 1",
    number,
    CITY_DEFAULTS.demand,
  )
  .option("--mishaps <rate>", "how often honest sales go wrong", number, CITY_DEFAULTS.mishaps)
  .option("--schemes <names>", "only these, separated by commas")
  .option("--out <file>", "replay lines; - is standard output", "city.jsonl")
  .option("--labels <file>", "labels; default beside the lines")
  .option("--reference <folder>", "reference files; default beside the lines")
  .option("--json", "print what was written as JSON")
  .action((options: SimulateOptions) => orFail(() => simulate(options)));

const policy = guard.command("policy").description("check a policy");
policy
  .command("check")
  .description("report everything that is wrong with a policy file, one line each")
  .argument("<file>")
  .option("--json", "print faults as JSON")
  .action((file: string, options: { readonly json?: boolean }) =>
    orFail(() => checkPolicy(file, options.json === true)),
  );
policy
  .command("compare")
  .description("compare two policies over recorded swipes (not available yet)")
  .allowUnknownOption()
  .argument("[arguments...]")
  .action(() => notYet("policy compare"));

guard
  .command("events")
  .description(
    "print the recorded events, oldest first: from Kafka where KAFKA_BROKERS is set, else from the journal",
  )
  .option("--json", "one CloudEvent a line")
  .option("--follow", "go on with new ones until interrupted")
  .option("--journal", "from the local journal even where KAFKA_BROKERS is set")
  .action((options: EventsOptions) => orFail(() => events(options)));

guard
  .command("demo")
  .description(
    "play a labelled hour of a city, a gang in it, against a guard of its own, and show what is stopped",
  )
  .option("--once", "end when the hour is over, also at a terminal")
  .option(
    "--seconds <number>",
    "how long the hour takes at a terminal; 0 as fast as it goes",
    number,
    45,
  )
  .option("--scheme <name>", "what the gang does; see `simulate --schemes`", "card-bundle")
  .option("--seed <number>", "the same seed gives the same hour", number, DEMO_SEED)
  .action((options: DemoOptions) => orFail(() => demo(options)));

guard
  .command("rebuild")
  .description(
    "fill the memory anew from the record, while checks go on, and switch to it (runbook: Rebuild)",
  )
  .option("--from <record>", "kafka (where KAFKA_BROKERS is set), or journal")
  .option("--journal <folders...>", "data folders of all instances, or of their journals")
  .option("--keep-old", "leave the memory before in the store")
  .option("--accept-gaps", "switch although the record does not tell of all that is remembered")
  .option("--dry-run", "fill and compare, and leave everything as it was")
  .option("--json", "print the report as JSON")
  .action((options: RebuildCliOptions) => orFail(() => rebuild(options, process.env)));

guard
  .command("schemas")
  .description("write JSON Schemas, OpenAPI and AsyncAPI documents from the code")
  .argument("[folder]", "where to", "schemas")
  .action((folder: string) => orFail(() => schemas(folder)));

guard
  .command("conform")
  .description(
    "play a till's whole repertoire against a guard, with the test pharmacy, whose swipes never count",
  )
  .argument("<url>", "for instance http://127.0.0.1:8080")
  .option("--timeout <ms>", "the longest to wait for one answer", number, 5_000)
  .option("--strict", "fail also where another policy than the shipped one answers")
  .option("--json", "one JSON object a point, then the summary")
  .action((url: string, options: ConformOptions) => orFail(() => conform(url, options)));

const LATER = {
  lists: "import lists as a new version",
  explain: "tell why a swipe was answered as it was",
  doctor: "look for what is wrong with an installation",
} as const;
for (const [name, what] of Object.entries(LATER)) {
  guard
    .command(name)
    .description(`${what} (not available yet)`)
    .allowUnknownOption()
    .argument("[arguments...]")
    .action(() => notYet(name));
}

// `guard events | head`: the reader has seen enough, which is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : EXIT_FAILED);
});
await guard.parseAsync();

function number(text: string): number {
  return text.trim() === "" ? Number.NaN : Number(text);
}

async function checkPolicy(file: string, json: boolean): Promise<void> {
  try {
    const { version, rules, hash } = await readPolicyFile(file);
    const report = { version, rules: rules.length, hash };
    process.stdout.write(
      json
        ? `${JSON.stringify(report)}\n`
        : `${file}: policy ${version}, ${rules.length} rules, ${hash}\n`,
    );
  } catch (error) {
    if (!(error instanceof PolicyBrokenError)) throw error;
    for (const fault of error.faults) {
      const line = json
        ? JSON.stringify({ ...fault, file })
        : `${file}:${fault.line}: ${fault.reason}`;
      process.stdout.write(`${line}\n`);
    }
    process.exitCode = EXIT_FAILED;
  }
}

interface EventsOptions {
  readonly json?: boolean;
  readonly follow?: boolean;
  readonly journal?: boolean;
}

async function events(options: EventsOptions): Promise<void> {
  const config = readConfig(process.env);
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  process.once("SIGTERM", () => stop.abort());
  const wanted = {
    folder: join(config.dataDir, "journal"),
    timers: systemTimers,
    observer: SILENT,
    onLost: tellLost,
    ...(config.kafka && !options.journal ? { kafka: config.kafka } : {}),
    ...(options.follow ? { follow: stop.signal } : {}),
  };
  await readEvents(wanted, (event) => {
    process.stdout.write(`${options.json ? JSON.stringify(event) : eventLine(event)}\n`);
  });
}

/** A gap is no end of reading, but nobody may take what was read for the whole. */
function tellLost(records: number): void {
  const what = records === 1 ? "1 record is" : `${records} records are`;
  process.stderr.write(`GUARD_AUDIT_RECORDS_LOST: ${what} damaged or gone from the journal.\n`);
  process.exitCode = EXIT_FAILED;
}

interface DemoOptions {
  readonly once?: boolean;
  readonly seconds: number;
  readonly scheme: string;
  readonly seed: number;
}

async function demo({ once, seconds, ...wanted }: DemoOptions): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "guard-demo-"));
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => stop.abort());
  const isTerminal = process.stdout.isTTY === true;
  try {
    const reference = join(folder, "reference");
    const watchlist = await readFile(join(shipped().referenceDir, "watchlist.tsv"), "utf8");
    const { lines, labels, story } = await makeDemoCity(wanted, reference, watchlist);
    await runDemo({
      hour: gangsHour(lines, labels),
      story,
      start: (clock) =>
        startDemoGuard({ folder, reference, policy: process.env["GUARD_POLICY"], clock }),
      terminal: {
        write: (text) => void process.stdout.write(text),
        colour: isTerminal && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb",
        live: isTerminal,
      },
      seconds: isTerminal ? seconds : 0,
      stays: isTerminal && once !== true,
      stop: stop.signal,
      ...{ wall: Date, pace: performance, timers: systemTimers },
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function schemas(folder: string): Promise<void> {
  const { writeSchemas } = await import("./http/write-schemas.ts");
  const { readExamples } = await import("./http/examples.ts");
  const examples = readExamples(shipped().examplesDir);
  const written = await writeSchemas(folder, guardVersion(), examples);
  process.stdout.write(`${written.length} files written to ${folder}\n`);
}

async function orFail(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    fail(error);
  }
}

function fail(error: unknown): void {
  const { sentence, status } = reasonNotToStart(error);
  process.stderr.write(`guard: ${sentence}\n`);
  process.exitCode = status;
}

function notYet(name: string): void {
  process.stderr.write(
    `guard: \`guard ${name}\` is not available yet; see the README for what is not there yet.\n`,
  );
  process.exitCode = EXIT_NOT_YET;
}
