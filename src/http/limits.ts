import { type DurationMs, SECOND } from "../units.ts";

/** Every limit of the door, each with its reason. */
export interface DoorLimits {
  /** Bytes of a body. 200 lines and 300 trace codes of 100 characters are about 150 kB, even with every optional field. */
  readonly bodyBytes: number;
  /** A body past `bodyBytes` is read to its end up to here, so that the caller can read the answer; past this the connection goes. */
  readonly drainBytes: number;
  /** Bytes of a request's headers: a till sends ten of them. */
  readonly headerBytes: number;
  /** Characters of one path parameter: a swipeId has at most 64, longer ones are still told so. */
  readonly pathParameterChars: number;
  /** Open sockets: a chain's tills keep one each. Further ones are dropped by the kernel's queue. */
  readonly connections: number;
  /** From the first byte of a request to its last: against callers that send a byte a second. */
  readonly requestTimeout: DurationMs;
  /** A till sells about once a minute; its connection should outlive the pause. */
  readonly keepAliveTimeout: DurationMs;
  /** A socket on which nothing moves at all. */
  readonly connectionTimeout: DurationMs;
  /** How often the server looks for requests past their time. */
  readonly timeoutCheckInterval: DurationMs;
  /** Calls the desk works on at once. At 50 ms each this is 20,000 a second, several times what one core does. */
  readonly inFlightMax: number;
  /**
   * A full event loop alone is no harm (a load test fills it and is answered in time); a full loop with this many
   * calls waiting is: at 5,000 answers a second they wait 25 ms, half the default deadline.
   */
  readonly inFlightBusy: number;
  /** Share of the last interval the event loop was busy. */
  readonly loopUtilizationMax: number;
  /** Mean lag over the last interval: twice the default deadline, so whoever waits has given up. */
  readonly loopLagMax: DurationMs;
  readonly loopSampleInterval: DurationMs;
}

export const DOOR_LIMITS: DoorLimits = {
  bodyBytes: 1_048_576,
  drainBytes: 8 * 1_048_576,
  headerBytes: 16_384,
  pathParameterChars: 128,
  connections: 8_192,
  requestTimeout: 5 * SECOND,
  keepAliveTimeout: 75 * SECOND,
  connectionTimeout: 90 * SECOND,
  timeoutCheckInterval: 1 * SECOND,
  inFlightMax: 1_000,
  inFlightBusy: 128,
  loopUtilizationMax: 0.98,
  loopLagMax: 100,
  loopSampleInterval: 250,
};

/** Seconds a caller should wait after being turned away: load here changes within a second. */
export const RETRY_AFTER_SECONDS = 1;

/** The limits contradict one another: a mistake of whoever wired the app. */
export class DoorLimitsError extends Error {
  readonly code = "GUARD_HTTP_LIMITS";
  constructor(relation: string) {
    super(`The limits of the HTTP door contradict one another: ${relation} must hold.`);
    this.name = "DoorLimitsError";
  }
}

/** @throws DoorLimitsError naming the relation that does not hold. */
export function assertLimits(limits: DoorLimits): void {
  const relations: readonly (readonly [string, boolean])[] = [
    ["bodyBytes <= drainBytes", limits.bodyBytes <= limits.drainBytes],
    ["inFlightBusy <= inFlightMax", limits.inFlightBusy <= limits.inFlightMax],
    [
      "timeoutCheckInterval <= requestTimeout",
      limits.timeoutCheckInterval <= limits.requestTimeout,
    ],
    ["requestTimeout <= connectionTimeout", limits.requestTimeout <= limits.connectionTimeout],
    ["keepAliveTimeout <= connectionTimeout", limits.keepAliveTimeout <= limits.connectionTimeout],
    ["64 < pathParameterChars", limits.pathParameterChars > 64],
    [
      "0 < loopUtilizationMax <= 1",
      limits.loopUtilizationMax > 0 && limits.loopUtilizationMax <= 1,
    ],
  ];
  for (const [relation, holds] of relations) if (!holds) throw new DoorLimitsError(relation);
}
