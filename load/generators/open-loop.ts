import { setTimeout as delay } from "node:timers/promises";
import type { Shot, Traffic } from "../workload/traffic.ts";
import { startMetronome } from "./metronome.ts";
import type { RawClient } from "./raw-client.ts";
import type { Tally } from "./tally.ts";

/** What was due before the end may be answered this long after it. */
const LAST_ANSWERS_MS = 6_000;
/** Steps sent together with one check at most; more wait for the next. */
const STEPS_AT_ONCE_MAX = 8;
const POLL_MS = 5;

/** A steady stream of checks, one every `1 / perSecond`. */
export interface OpenLoop {
  readonly perSecond: number;
  readonly forS: number;
}

/**
 * Sends each check when it is due, whether or not what went before was answered, and what is late at once. Latency
 * counts from the instant it was meant to be sent, so a subject that stalls is charged for all that came due
 * meanwhile. Steps ride along with the next check.
 */
export async function runOpenLoop(
  { perSecond, forS }: OpenLoop,
  client: RawClient,
  traffic: Traffic,
  tally: Tally,
): Promise<void> {
  const everyMs = 1_000 / perSecond;
  const count = Math.max(1, Math.round(perSecond * forS));
  let next = 0;
  const send = (shot: Shot, due: number) => {
    tally.due(shot);
    tally.sent(performance.now() - due);
    client.post(shot, (status, body) => {
      tally.done(shot, status, body, performance.now() - due);
      traffic.answered(shot, status, body);
    });
  };
  const sendDue = (started: number) => {
    for (; next < count && started + next * everyMs <= performance.now(); next++) {
      for (const shot of arrival(traffic)) send(shot, started + next * everyMs);
    }
  };
  const metronome = await startMetronome(everyMs, count, () => sendDue(metronome.started));
  await delay(metronome.started + forS * 1_000 - performance.now());
  await metronome.stop();
  // The thread's last beats may be lost with it; by now everything is due.
  sendDue(metronome.started);
  const limit = performance.now() + LAST_ANSWERS_MS;
  while (client.underWay > 0 && performance.now() < limit) await delay(POLL_MS);
}

/** The steps that are waiting, and one check. */
function arrival(traffic: Traffic): readonly Shot[] {
  const shots: Shot[] = [];
  for (let index = 0; index <= STEPS_AT_ONCE_MAX; index++) {
    const shot = traffic.next(Date.now());
    shots.push(shot);
    if (shot.kind === "check") break;
  }
  return shots;
}
