import { once } from "node:events";
import { isMainThread, parentPort, Worker } from "node:worker_threads";

/** Beats evenly until it is stopped or has done all its beats. */
export interface Metronome {
  /** The instant of the first beat, by `performance.now()`. */
  readonly started: number;
  stop(): Promise<void>;
}

interface Beats {
  /** By `process.hrtime`, which all threads share. */
  readonly startNs: bigint;
  readonly everyMs: number;
  readonly beats: number;
}

/** Until the first beat, so that the thread does not begin late. */
const AHEAD_MS = 20;
const FILE = new URL("./metronome.js", import.meta.url);

/**
 * Calls `beat` every `everyMs`, from a thread of its own and finer than a millisecond: timers of the event loop come
 * to whole milliseconds, which would add up to one of them to every latency, to a fast subject's as to a slow one's.
 */
export async function startMetronome(
  everyMs: number,
  beats: number,
  beat: () => void,
): Promise<Metronome> {
  const worker = new Worker(FILE, { workerData: "metronome" });
  await once(worker, "message");
  worker.on("message", beat);
  const startNs = process.hrtime.bigint() + BigInt(AHEAD_MS * 1e6);
  const started = performance.now() + AHEAD_MS;
  worker.postMessage({ startNs, everyMs, beats } satisfies Beats);
  return {
    started,
    stop: async () => {
      await worker.terminate();
    },
  };
}

function beatToTheEnd({ startNs, everyMs, beats }: Beats): void {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  for (let index = 0; index < beats; index++) {
    const left = index * everyMs - Number(process.hrtime.bigint() - startNs) / 1e6;
    if (left > 0) Atomics.wait(nothing, 0, 0, left);
    parentPort?.postMessage("beat");
  }
}

if (!isMainThread && parentPort !== null) {
  parentPort.once("message", beatToTheEnd);
  parentPort.postMessage("ready");
}
