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
  /** Calls the desk works on at once while the event loop keeps up: a burst of a whole city's tills. */
  readonly placesMax: number;
  /** So many may come in however far the loop is behind: 160 a second, less than any machine answers. */
  readonly placesMin: number;
  /** How long a place is kept while there are few: half the default deadline, the rest is the store's and the journal's. */
  readonly placeTime: DurationMs;
  /** Steps (settlements, reversals) have this multiple of the checks' places: they carry what has happened. */
  readonly stepRoom: number;
  /** Mean lag of the event loop as a part of the deadline: a check comes round the loop three or four times. */
  readonly lagShare: number;
  /** Share of a sample the event loop was busy: full, but for what the timers measure badly. */
  readonly utilizationMax: number;
  /** New connections a turn of the loop, beside a full loop: Node takes at most one a turn, so more are waiting. */
  readonly arrivalsMax: number;
  /** How often the event loop is looked at; a queue grows for two of these before anybody is turned away. */
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
  placesMax: 1_000,
  placesMin: 4,
  placeTime: 25,
  stepRoom: 1.5,
  lagShare: 0.25,
  utilizationMax: 0.95,
  arrivalsMax: 0.8,
  loopSampleInterval: 50,
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
    ["0 < placesMin <= placesMax", limits.placesMin > 0 && limits.placesMin <= limits.placesMax],
    ["1 <= stepRoom", limits.stepRoom >= 1],
    ["placeTime <= loopSampleInterval", limits.placeTime <= limits.loopSampleInterval],
    ["0 < lagShare <= 1", isShare(limits.lagShare)],
    [
      "timeoutCheckInterval <= requestTimeout",
      limits.timeoutCheckInterval <= limits.requestTimeout,
    ],
    ["requestTimeout <= connectionTimeout", limits.requestTimeout <= limits.connectionTimeout],
    ["keepAliveTimeout <= connectionTimeout", limits.keepAliveTimeout <= limits.connectionTimeout],
    ["64 < pathParameterChars", limits.pathParameterChars > 64],
    ["0 < utilizationMax <= 1", isShare(limits.utilizationMax)],
  ];
  for (const [relation, holds] of relations) if (!holds) throw new DoorLimitsError(relation);
}

function isShare(value: number): boolean {
  return value > 0 && value <= 1;
}
