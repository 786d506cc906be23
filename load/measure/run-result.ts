/** What one run of one subject under one load came to. "A swipe" below is a check that got a 2xx answer; its steps are included. */
export interface RunResult {
  readonly subject: string;
  readonly load: string;
  readonly seconds: number;
  /** Checks and steps that were due in the measured time. */
  readonly requests: number;
  /** Checks answered 2xx. */
  readonly swipes: number;
  /** Requests that were not answered, not answered 2xx, or could not be sent. */
  readonly failed: number;
  /** Swipes a second. */
  readonly perSecond: number;
  /** Latency of checks alone, in ms. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** CPU of all the subject's processes, µs a swipe. */
  readonly cpuUs: number;
  /** CPU of Redis, µs a swipe. */
  readonly redisCpuUs: number;
  /** Commands a swipe as the client sent them: what scripts called inside is not counted. */
  readonly redisCommands: number;
  /** Time inside those commands by commandstats, µs a swipe. */
  readonly redisUs: number;
  /** Bytes into Redis, a swipe. */
  readonly bytesIn: number;
  /** Bytes out of Redis, a swipe. */
  readonly bytesOut: number;
  /** Growth of the journal's folder, bytes a swipe. */
  readonly journalBytes: number;
  /** 99th percentile of the subject's event-loop delay in ms; undefined where it does not say. */
  readonly loopDelayP99: number | undefined;
  /** Checks decided in full of all that were due, 0 to 1; undefined where the subject does not say. */
  readonly fullShare: number | undefined;
  /** Share of the machine's time taken by its neighbours, 0 to 1. */
  readonly stolen: number;
}
