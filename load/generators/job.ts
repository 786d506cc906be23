import type { TrafficOptions } from "../workload/traffic.ts";

/** How requests come: so many tills that each wait for their answer, or so many checks a second whatever happens. */
export type LoadShape =
  | { readonly kind: "closed"; readonly connections: number }
  | { readonly kind: "open"; readonly perSecond: number };

/** Traffic and the folder in which its workload was prepared. */
export type TrafficSource = TrafficOptions & { readonly folder: string };

/** What the generator's process is told to do. */
export interface GeneratorJob {
  /** Where the subject listens; several addresses are separated by commas, and connections are dealt out in turn. */
  readonly url: string;
  readonly traffic: TrafficSource;
  readonly load: LoadShape;
  /**
   * Of a closed loop as fast as it goes, whatever the load, at most: it ends once so many requests were answered, so
   * that a slow subject is as warm as a fast one.
   */
  readonly warmUpS: number;
  /** Absent: 20,000. */
  readonly warmUpAnswers?: number;
  readonly forS: number;
}

/** What the measured time came to, as the tills saw it. */
export interface GeneratorResult {
  readonly seconds: number;
  /** Checks that were due. */
  readonly checks: number;
  /** Settlements and the like that were due. */
  readonly steps: number;
  /** Checks answered 2xx. */
  readonly answered: number;
  /** Requests of both kinds not answered, not answered 2xx, or not sent. */
  readonly failed: number;
  /** Answers to checks that name a mode, and those of them that name `full`. */
  readonly withMode: number;
  readonly full: number;
  /** Checks answered 2xx within 50 ms. */
  readonly withinDeadline: number;
  /** Of checks, ms. */
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
  /** How late this process sent what was due, ms; 0 in a closed loop, where nothing is due at an instant. */
  readonly lateP99: number;
  /** CPU of this process, in cores. */
  readonly cpuCores: number;
  /** The first few failures, for people. */
  readonly failures: readonly string[];
}

/**
 * From the bench to the generator: first the job, and then the word to go on, each time the generator tells that a
 * part is done. It begins the warm-up unasked; `warm` ends it, and `paced` the run-in at the pace that is measured.
 */
export type ToGenerator = { readonly job: GeneratorJob } | { readonly goOn: true };
export type Part = "begun" | "warm" | "paced";
export type FromGenerator =
  | { readonly part: Part }
  | { readonly result: GeneratorResult }
  | { readonly error: string };
