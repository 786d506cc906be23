/** What a process is told from outside; main hands in its own. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the process was told, validated once at start and frozen. */
export interface Config {
  /** Loopback only: authentication of callers is not available yet. Port 0 takes a free one. */
  readonly http: { readonly host: string; readonly port: number };
  /** Absent: the embedded store under `dataDir`. */
  readonly redis?: RedisConfig;
  /** Absent: events stay in the local journal. */
  readonly kafka?: KafkaConfig;
  /** Absolute. Journal, embedded store, generated key; must survive a restart. */
  readonly dataDir: string;
  /** Absolute path of the policy file. */
  readonly policyFile: string;
  /** Absolute path of the folder of reference files. */
  readonly referenceDir: string;
  /** Absolute path of the file with the pseudonym keys; absent: a key is generated. */
  readonly keysFile?: string;
  readonly enforce: Enforcement;
  /** Longest time a check may take, from its body being read to its answer. */
  readonly deadlineMs: number;
  readonly journal: { readonly maxBytes: number; readonly days: number };
  readonly logLevel: LogLevel;
  /** One sentence each; for the log, never a reason to stop. */
  readonly warnings: readonly string[];
}

/** `all`: hits are answered; `hard`: only hard rules; `none`: observe only, every answer is allow. */
export const ENFORCEMENTS = ["all", "hard", "none"] as const;
export type Enforcement = (typeof ENFORCEMENTS)[number];

export const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface RedisConfig {
  /** Without credentials, so that it can be logged: `redis://host:port/database` and the like. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  /** Present for `rediss://`; with sentinels and on a Cluster also where a file is named. */
  readonly tls?: TlsConfig;
  /** Present for `redis+sentinel://`: who names the primary. */
  readonly sentinel?: SentinelConfig;
  /** Present for `redis+cluster://`: nodes to begin with. */
  readonly cluster?: readonly { readonly host: string; readonly port: number }[];
}

export interface SentinelConfig {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** The primary's name, as the sentinels know it. */
  readonly name: string;
  readonly database: number;
  /** Of the sentinels themselves. */
  readonly username?: string;
  readonly password?: string;
  /** Absent: the sentinels speak in clear. */
  readonly tls?: TlsConfig;
}

export interface KafkaConfig {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  readonly tls?: TlsConfig;
  readonly sasl?: SaslConfig;
}

export const SASL_MECHANISMS = ["plain", "scram-sha-256", "scram-sha-512"] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

export interface SaslConfig {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

/** PEM texts as read from the files named; all absent: the system's authorities and no client certificate. */
export interface TlsConfig {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/** The settings are wrong: every mistake found, one sentence each, without any secret. */
export class ConfigError extends Error {
  readonly code = "GUARD_CONFIG_INVALID";
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    const count = faults.length === 1 ? "1 mistake" : `${faults.length} mistakes`;
    super(`The settings have ${count}:\n${faults.map((fault) => `- ${fault}`).join("\n")}`);
    this.name = "ConfigError";
    this.faults = faults;
  }
}
