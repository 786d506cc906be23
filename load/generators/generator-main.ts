import { once } from "node:events";
import { openTraffic } from "../workload/city-traffic.ts";
import type { Traffic } from "../workload/traffic.ts";
import { runClosedLoop } from "./closed-loop.ts";
import type { FromGenerator, GeneratorJob, GeneratorResult, Part, ToGenerator } from "./job.ts";
import { runOpenLoop } from "./open-loop.ts";
import { RawClient } from "./raw-client.ts";
import { Tally } from "./tally.ts";

/** Opened before an open loop begins; more come as they are needed. */
const OPENED_AHEAD = 64;
/** A guard's CPU a swipe, measured: 1,294 µs after 2,800 swipes, 1,049 after 15,000, and little less later. */
const WARM_UP_ANSWERS = 20_000;
/** At 300 requests a second V8 would still be compiling in the middle of what is measured. */
const WARM_UP_TILLS = 16;
/** At the pace that is measured, so that nothing of the warm-up's queue is left. */
const RUN_IN_S = 1;

/** Sends load for so many seconds and tells what these alone came to. */
type Span = (forS: number) => Promise<GeneratorResult>;

function closedLoop({ url }: GeneratorJob, connections: number, traffic: Traffic): Span {
  return (forS) =>
    timed((tally) => runClosedLoop({ url, connections, forS }, traffic, tally), undefined);
}

async function warmUp(job: GeneratorJob, traffic: Traffic): Promise<void> {
  const { url, load, warmUpS, warmUpAnswers = WARM_UP_ANSWERS } = job;
  if (warmUpS === 0) return;
  const connections = load.kind === "closed" ? load.connections : WARM_UP_TILLS;
  const loop = { url, connections, forS: warmUpS, answersMax: warmUpAnswers };
  await runClosedLoop(loop, traffic, new Tally());
}

async function openLoop({ url }: GeneratorJob, perSecond: number, traffic: Traffic): Promise<Span> {
  const client = new RawClient(url);
  await client.open(OPENED_AHEAD);
  return (forS) => timed((tally) => runOpenLoop({ perSecond, forS }, client, traffic, tally), forS);
}

/** @param forS where given, the seconds that count: waiting for the last answers adds none */
async function timed(
  send: (tally: Tally) => Promise<void>,
  forS: number | undefined,
): Promise<GeneratorResult> {
  const tally = new Tally();
  const cpu = process.cpuUsage();
  const started = performance.now();
  await send(tally);
  const seconds = forS ?? (performance.now() - started) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  return tally.result(seconds, user + system);
}

async function work(job: GeneratorJob): Promise<void> {
  const { folder, ...options } = job.traffic;
  const traffic = await openTraffic(options, folder);
  const { load } = job;
  say({ part: "begun" });
  await warmUp(job, traffic);
  const isOpen = load.kind === "open";
  const span = isOpen
    ? await openLoop(job, load.perSecond, traffic)
    : closedLoop(job, load.connections, traffic);
  await told("warm");
  if (isOpen) await span(RUN_IN_S);
  await told("paced");
  say({ result: await span(job.forS) });
}

/** Tells that a part is done, and waits for the word to go on. */
async function told(part: Part): Promise<void> {
  const word = once(process, "message");
  say({ part });
  await word;
}

function say(message: FromGenerator): void {
  // Where the bench is gone meanwhile there is nobody to tell, and `disconnect` ends this process.
  process.send?.(message, undefined, undefined, () => undefined);
}

// Nobody is left to hear the result: end with the bench, however it ended.
process.once("disconnect", () => process.exit());
process.once("message", (message: ToGenerator) => {
  if (!("job" in message)) return;
  work(message.job).catch((error: unknown) => {
    say({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
