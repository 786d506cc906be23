import { join } from "node:path";
import { ENFORCEMENTS, LOG_LEVELS, SASL_MECHANISMS } from "./config.ts";
import { packageRoot } from "./package-root.ts";
import * as parse from "./parse.ts";
import { redisAddress } from "./redis-address.ts";

export interface Setting<T> {
  readonly name: string;
  /** One line for the README. */
  readonly meaning: string;
  /** What holds when it is not set, for the README. */
  readonly unset: string;
  /** Kept as it is: spaces at its ends may belong to a password. */
  readonly secret?: boolean;
  readonly parse: parse.Parser<T>;
}

/** Below 5 ms not even a quiet store answers; above 5 s the till has given up. */
const DEADLINE_MS_MIN = 5;
const DEADLINE_MS_MAX = 5_000;
/** Room for a few segments; a smaller journal would drop what it has just written. */
const JOURNAL_BYTES_MIN = 1_000_000;
const JOURNAL_BYTES_MAX = 100e12;
/** Ten years: past every period for which settlements are kept. */
const JOURNAL_DAYS_MAX = 3_650;

/** Every setting there is, in the order of the README's table (printed from this one). */
export const SETTINGS = {
  host: {
    name: "HOST",
    meaning: "address to listen on; loopback only until callers can be authenticated",
    unset: "127.0.0.1",
    parse: parse.loopback,
  },
  port: {
    name: "PORT",
    meaning: "port to listen on; 0 takes a free one and logs it",
    unset: "8080",
    parse: parse.integer(0, 65_535),
  },
  redisUrl: {
    name: "REDIS_URL",
    meaning:
      "Redis or Valkey: redis://host:port/database, rediss://, redis+sentinel://h:p,h:p/name, redis+cluster://h:p,h:p",
    unset: "the embedded store, kept under GUARD_DATA_DIR",
    secret: true,
    parse: redisAddress,
  },
  redisUsername: {
    name: "REDIS_USERNAME",
    meaning: "user of Redis, where it is not in REDIS_URL",
    unset: "the default user",
    secret: true,
    parse: parse.text,
  },
  redisPassword: {
    name: "REDIS_PASSWORD",
    meaning: "password of Redis, where it is not in REDIS_URL",
    unset: "none",
    secret: true,
    parse: parse.text,
  },
  redisTlsCa: {
    name: "REDIS_TLS_CA",
    meaning: "file with the authorities' certificates (rediss://, or a Cluster that speaks TLS)",
    unset: "the system's authorities",
    parse: parse.pem,
  },
  redisTlsCert: {
    name: "REDIS_TLS_CERT",
    meaning: "file with the client certificate (rediss://, sentinels, Cluster)",
    unset: "none",
    parse: parse.pem,
  },
  redisTlsKey: {
    name: "REDIS_TLS_KEY",
    meaning: "file with the client certificate's key (rediss://, sentinels, Cluster)",
    unset: "none",
    parse: parse.pem,
  },
  redisSentinelUsername: {
    name: "REDIS_SENTINEL_USERNAME",
    meaning: "user of the sentinels themselves (redis+sentinel:// only)",
    unset: "the default user",
    secret: true,
    parse: parse.text,
  },
  redisSentinelPassword: {
    name: "REDIS_SENTINEL_PASSWORD",
    meaning: "password of the sentinels themselves (redis+sentinel:// only)",
    unset: "none",
    secret: true,
    parse: parse.text,
  },
  redisSentinelTls: {
    name: "REDIS_SENTINEL_TLS",
    meaning: "true: speak TLS to the sentinels, with the REDIS_TLS_… files; false: in clear",
    unset: "as to Redis itself",
    parse: parse.flag,
  },
  kafkaBrokers: {
    name: "KAFKA_BROKERS",
    meaning: "host:port,host:port; the journal is relayed there",
    unset: "events stay in the local journal",
    parse: parse.brokers,
  },
  kafkaTls: {
    name: "KAFKA_TLS",
    meaning: "true: speak TLS to the brokers",
    unset: "false, or true where a KAFKA_TLS_… file is named",
    parse: parse.flag,
  },
  kafkaTlsCa: {
    name: "KAFKA_TLS_CA",
    meaning: "file with the authorities' certificates",
    unset: "the system's authorities",
    parse: parse.pem,
  },
  kafkaTlsCert: {
    name: "KAFKA_TLS_CERT",
    meaning: "file with the client certificate",
    unset: "none",
    parse: parse.pem,
  },
  kafkaTlsKey: {
    name: "KAFKA_TLS_KEY",
    meaning: "file with the client certificate's key",
    unset: "none",
    parse: parse.pem,
  },
  kafkaSaslMechanism: {
    name: "KAFKA_SASL_MECHANISM",
    meaning: SASL_MECHANISMS.join(", "),
    unset: "no SASL",
    parse: parse.oneOf(SASL_MECHANISMS),
  },
  kafkaSaslUsername: {
    name: "KAFKA_SASL_USERNAME",
    meaning: "user of Kafka",
    unset: "none",
    secret: true,
    parse: parse.text,
  },
  kafkaSaslPassword: {
    name: "KAFKA_SASL_PASSWORD",
    meaning: "password of Kafka",
    unset: "none",
    secret: true,
    parse: parse.text,
  },
  dataDir: {
    name: "GUARD_DATA_DIR",
    meaning:
      "folder of the journal, the embedded store and a generated key; must survive a restart",
    unset: "./.guard",
    parse: parse.path,
  },
  policyFile: {
    name: "GUARD_POLICY",
    meaning: "policy file; a broken one stops the start with file, line and reason",
    unset: "deploy/policy/policy.yaml as shipped",
    parse: parse.file,
  },
  referenceDir: {
    name: "GUARD_REFERENCE",
    meaning: "folder of reference files",
    unset: "deploy/reference as shipped",
    parse: parse.folder,
  },
  keysFile: {
    name: "GUARD_KEYS",
    meaning: "file with the pseudonym keys (versioned)",
    unset:
      "a key is generated, kept under GUARD_DATA_DIR and shared through the store, with a loud warning",
    parse: parse.file,
  },
  clients: {
    name: "GUARD_CLIENTS",
    meaning: "file with tills' and operators' credentials; not available yet",
    unset: "loopback only, no authentication",
    parse: parse.notAvailable("is not available yet: leave it unset and listen on loopback"),
  },
  enforce: {
    name: "GUARD_ENFORCE",
    meaning: "all; hard (only hard rules are answered); none (observe only)",
    unset: "all",
    parse: parse.oneOf(ENFORCEMENTS),
  },
  deadlineMs: {
    name: "GUARD_DEADLINE_MS",
    meaning: `the longest a check may take, ${DEADLINE_MS_MIN} to ${DEADLINE_MS_MAX} ms`,
    unset: "50",
    parse: parse.integer(DEADLINE_MS_MIN, DEADLINE_MS_MAX, "milliseconds"),
  },
  journalMax: {
    name: "GUARD_JOURNAL_MAX",
    meaning: "size at which the oldest records go: 10GB, 500MB or bytes",
    unset: "10GB",
    parse: parse.size(JOURNAL_BYTES_MIN, JOURNAL_BYTES_MAX),
  },
  journalDays: {
    name: "GUARD_JOURNAL_DAYS",
    meaning: "age in days at which records go",
    unset: "30",
    parse: parse.integer(1, JOURNAL_DAYS_MAX, "days"),
  },
  logLevel: {
    name: "LOG_LEVEL",
    meaning: LOG_LEVELS.join(", "),
    unset: "info",
    parse: parse.oneOf(LOG_LEVELS),
  },
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

export type SettingKey = keyof typeof SETTINGS;

/** Where what is shipped is: the policy, the reference files, and the bodies of requests as examples. */
export function shipped(root: string = packageRoot()): {
  policyFile: string;
  referenceDir: string;
  examplesDir: string;
} {
  return {
    policyFile: join(root, "deploy", "policy", "policy.yaml"),
    referenceDir: join(root, "deploy", "reference"),
    examplesDir: join(root, "schemas", "examples"),
  };
}

/** The README's table of settings. */
export function settingsTable(): string {
  const settings: readonly Setting<unknown>[] = Object.values(SETTINGS);
  const rows = settings.map(
    ({ name, unset, meaning }) => `| \`${name}\` | ${unset} | ${meaning} |`,
  );
  return ["| setting | unset means | set means |", "|---|---|---|", ...rows, ""].join("\n");
}
