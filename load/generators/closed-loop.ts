import autocannon from "autocannon";
import type { Shot, Traffic } from "../workload/traffic.ts";
import type { Tally } from "./tally.ts";

const ANSWER_LIMIT_S = 10;

/** How soon autocannon notices that its time is over. */
const SAMPLE_MS = 50;

export interface ClosedLoop {
  readonly url: string;
  readonly connections: number;
  readonly forS: number;
  /** Ends it earlier, once so many requests were answered. */
  readonly answersMax?: number;
}

/** What one connection of autocannon is about: kept from the making of a request to its answer. */
interface Exchange {
  shot?: Shot;
  sentAt?: number;
}

/**
 * So many tills, each with one request at a time. Requests still under way at the end are cut off and count neither
 * as due nor as answered.
 */
export async function runClosedLoop(
  { url, connections, forS, answersMax }: ClosedLoop,
  traffic: Traffic,
  tally: Tally,
): Promise<void> {
  let begun = 0;
  let over = 0;
  const options: autocannon.Options = {
    // The types know one address only; the library deals connections out over several.
    url: url.split(",") as unknown as string,
    ...{ connections, duration: forS, timeout: ANSWER_LIMIT_S, sampleInt: SAMPLE_MS },
    method: "POST",
    headers: { "content-type": "application/json" },
    requests: [
      {
        setupRequest: (request, context) => {
          const exchange: Exchange = context;
          const shot = traffic.next(Date.now());
          begun += 1;
          exchange.shot = shot;
          exchange.sentAt = performance.now();
          return { ...request, path: shot.path, body: shot.body };
        },
        onResponse: (status, body, context) => {
          const { shot, sentAt }: Exchange = context;
          if (shot === undefined || sentAt === undefined) return;
          over += 1;
          tally.due(shot);
          tally.done(shot, status, body, performance.now() - sentAt);
          traffic.answered(shot, status, body);
        },
      },
    ],
  };
  const { errors, timeouts } = await run(options, (instance) => {
    instance.on("response", () => over === answersMax && instance.stop());
  });
  // Each connection had one request under way when the time was over; whatever else has no answer was lost on the way.
  const lost = Math.max(0, begun - over - connections, errors);
  if (lost > 0) {
    tally.lose(lost, `${lost} requests have no answer (${errors} errors, ${timeouts} timeouts)`);
  }
}

function run(
  options: autocannon.Options,
  watch: (instance: autocannon.Instance) => void,
): Promise<autocannon.Result> {
  return new Promise((resolve, reject) => {
    const instance = autocannon(options, (error: unknown, result) => {
      if (error) reject(error);
      else resolve(result);
    });
    watch(instance);
  });
}
