/** A subject that takes requests. */
export interface Running {
  readonly url: string;
  /** All its processes, for their CPU. */
  readonly pids: readonly number[];
  /** Its Prometheus text; undefined where it has none. */
  metrics(): Promise<string | undefined>;
  /** What befalls it once it is warm, such as the end of its Redis; absent: nothing. */
  befall?(): Promise<void>;
  /** Ends its processes; harmless when they ended by themselves. */
  stop(): Promise<void>;
}

/** What a subject is started amid. */
export interface Surroundings {
  readonly redisUrl: string;
  /** A folder of this run alone; the journal grows in it. */
  readonly scratch: string;
  /** Folder of the reference files. */
  readonly reference: string;
  readonly policyFile: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What is measured: a process that prints one line `listening <url>` and ends on SIGTERM. */
export interface Subject {
  readonly name: string;
  start(around: Surroundings): Promise<Running>;
}
