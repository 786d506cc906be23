#!/usr/bin/env node
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { Command } from "commander";
import { eventLine } from "./audit/event-line.ts";
import { readEvents } from "./audit/read-events.ts";
import { systemTimers } from "./config/machine.ts";
import { readConfig } from "./config/read-config.ts";
import { redisAddress } from "./config/redis-address.ts";
import { loadBundle, PolicyBrokenError, readPolicyFile } from "./control/load-bundle.ts";
import { pseudonymiserOf } from "./control/own-keys.ts";
import { generateKey } from "./privacy/key-file.ts";
import { freshGeneration, openReplay } from "./replay/open-replay.ts";
import { runReplay, summaryText } from "./replay/run-replay.ts";
import { createVirtualClock } from "./replay/virtual-clock.ts";
import { guardVersion, reasonNotToStart, runServer } from "./server-process.ts";
import { SILENT } from "./units.ts";
import { wireReplayMemory } from "./wire.ts";

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
  .option("--json", "print the summary as JSON")
  .option("--kafka", "replay from the topic")
  .action(async (file: string | undefined, options: ReplayOptions) => {
    if (options.kafka) return notYet("replay --kafka");
    if (file === undefined) return fail(new Error("Name the file to replay."));
    await orFail(() => replay(file, options));
  });

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
  .command("schemas")
  .description("write JSON Schemas, OpenAPI and AsyncAPI documents from the code")
  .argument("[folder]", "where to", "schemas")
  .action((folder: string) => orFail(() => schemas(folder)));

const LATER = {
  lists: "import lists as a new version",
  explain: "tell why a swipe was answered as it was",
  simulate: "write a labelled city",
  rebuild: "rebuild the memory from the record",
  doctor: "look for what is wrong with an installation",
  conform: "play a till's repertoire against a guard",
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

interface ReplayOptions {
  readonly policy?: string;
  readonly out?: string;
  readonly store: string;
  readonly json?: boolean;
  readonly kafka?: boolean;
}

async function replay(file: string, options: ReplayOptions): Promise<void> {
  const config = readConfig({
    ...process.env,
    ...(options.policy ? { GUARD_POLICY: options.policy } : {}),
  });
  const clock = createVirtualClock();
  const key = JSON.stringify(generateKey(randomBytes));
  // Lists count as fresh in a replay, whatever their age today.
  const bundle = await loadBundle(config, pseudonymiserOf(key), Number.POSITIVE_INFINITY);
  const memory = await wireReplayMemory(storeOf(options.store), freshGeneration(), clock, SILENT);
  const pseudonymiser = pseudonymiserOf(key);
  const progress = (lines: number) => {
    if (process.stderr.isTTY) process.stderr.write(`\r${lines} lines`);
  };
  try {
    const player = openReplay({
      clock,
      store: memory.store,
      pseudonymiser,
      bundle,
      observer: SILENT,
    });
    const summary = await runReplay(player, { input: file, out: options.out }, progress);
    if (process.stderr.isTTY) process.stderr.write("\r");
    const to = options.out === undefined ? process.stderr : process.stdout;
    to.write(options.json ? `${JSON.stringify(summary)}\n` : summaryText(summary));
  } finally {
    await memory.close();
  }
}

function storeOf(store: string) {
  if (store === "embedded") return undefined;
  const address = redisAddress(store);
  if ("fault" in address) throw new Error(`--store ${address.fault}.`);
  const { url, username, password } = address.value;
  return {
    url,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  };
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
    ...(config.kafka && !options.journal ? { kafka: config.kafka } : {}),
    ...(options.follow ? { follow: stop.signal } : {}),
  };
  await readEvents(wanted, (event) => {
    process.stdout.write(`${options.json ? JSON.stringify(event) : eventLine(event)}\n`);
  });
}

async function schemas(folder: string): Promise<void> {
  const { writeSchemas } = await import("./http/write-schemas.ts");
  const written = await writeSchemas(folder, guardVersion());
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
