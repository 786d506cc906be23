import { resolve } from "node:path";
import {
  type Config,
  ConfigError,
  type Environment,
  type KafkaConfig,
  type RedisConfig,
  type TlsConfig,
} from "./config.ts";
import type { Parsed } from "./parse.ts";
import type { RedisAddress } from "./redis-address.ts";
import { SETTINGS, type Setting, type SettingKey, shipped } from "./settings.ts";
import { unknownSettings } from "./unknown-settings.ts";

type Values = {
  readonly [K in SettingKey]: (typeof SETTINGS)[K] extends Setting<infer T> ? T | undefined : never;
};

/**
 * The environment as one validated, frozen Config. TZ is never read.
 *
 * @throws ConfigError (`GUARD_CONFIG_INVALID`) with every mistake at once; main exits with 78 (EX_CONFIG).
 */
export function readConfig(environment: Environment): Config {
  const faults: string[] = [];
  const values = readValues(environment, faults);
  const redis = redisOf(values, faults);
  const kafka = kafkaOf(values, faults);
  if (faults.length > 0) throw new ConfigError(faults);
  return freeze({
    ...withDefaults(values),
    ...(redis && { redis }),
    ...(kafka && { kafka }),
    ...(values.keysFile !== undefined && { keysFile: values.keysFile }),
    warnings: unknownSettings(environment),
  });
}

/** The defaults of contract section 1; `SETTINGS` tells people the same. */
function withDefaults(values: Values): Omit<Config, "warnings"> {
  const own = shipped();
  return {
    http: { host: values.host ?? "127.0.0.1", port: values.port ?? 8080 },
    dataDir: values.dataDir ?? resolve(".guard"),
    policyFile: values.policyFile ?? own.policyFile,
    referenceDir: values.referenceDir ?? own.referenceDir,
    enforce: values.enforce ?? "all",
    deadlineMs: values.deadlineMs ?? 50,
    journal: { maxBytes: values.journalMax ?? 10e9, days: values.journalDays ?? 30 },
    logLevel: values.logLevel ?? "info",
  };
}

/** An empty variable is an unset one: compose files and charts write `REDIS_URL=` for "none". */
function readValues(environment: Environment, faults: string[]): Values {
  const settings: readonly [string, Setting<unknown>][] = Object.entries(SETTINGS);
  const entries = settings.map(([key, setting]) => {
    const given = environment[setting.name] ?? "";
    const text = setting.secret ? given : given.trim();
    if (text === "") return [key, undefined];
    const parsed: Parsed<unknown> = setting.parse(text);
    if ("value" in parsed) return [key, parsed.value];
    faults.push(`${setting.name} ${parsed.fault}.`);
    return [key, undefined];
  });
  return Object.fromEntries(entries) as Values;
}

function redisOf(values: Values, faults: string[]): RedisConfig | undefined {
  const address = values.redisUrl;
  const files = tlsOf(values.redisTlsCa, values.redisTlsCert, values.redisTlsKey);
  pairOrNeither(files, "REDIS_TLS_CERT", "REDIS_TLS_KEY", faults);
  if (!address) return undefined;
  const isMany = address.cluster !== undefined || address.sentinel !== undefined;
  const isSecure = address.secure || (isMany && files !== undefined);
  if (files && !isSecure) {
    faults.push(
      "REDIS_TLS_… files are set and REDIS_URL does not begin with rediss://: nothing would be encrypted.",
    );
  }
  const sentinel = sentinelOf(values, address, isSecure ? (files ?? {}) : undefined, faults);
  return {
    url: address.url,
    ...redisLogin(values, address, faults),
    ...(isSecure && { tls: files ?? {} }),
    ...(sentinel && { sentinel }),
    ...(address.cluster && { cluster: address.cluster }),
  };
}

function sentinelOf(
  values: Values,
  address: RedisAddress,
  tls: TlsConfig | undefined,
  faults: string[],
): RedisConfig["sentinel"] {
  const username = values.redisSentinelUsername;
  const password = values.redisSentinelPassword;
  const speaksTls = values.redisSentinelTls;
  if (address.sentinel === undefined) {
    if (username !== undefined || password !== undefined || speaksTls !== undefined) {
      faults.push("REDIS_SENTINEL_… is set and REDIS_URL does not begin with redis+sentinel://.");
    }
    return undefined;
  }
  if (username !== undefined && password === undefined) {
    faults.push("REDIS_SENTINEL_USERNAME is set without REDIS_SENTINEL_PASSWORD.");
  }
  if (speaksTls === true && tls === undefined) {
    faults.push(
      "REDIS_SENTINEL_TLS is true and REDIS_URL does not begin with rediss+sentinel://: Redis itself would be spoken to in clear.",
    );
  }
  return {
    ...address.sentinel,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls !== undefined && speaksTls !== false && { tls }),
  };
}

function redisLogin(
  values: Values,
  address: RedisAddress,
  faults: string[],
): Pick<RedisConfig, "username" | "password"> {
  if (values.redisPassword !== undefined && address.password !== undefined) {
    faults.push("REDIS_PASSWORD is set and REDIS_URL carries a password: give it once.");
  }
  const username = values.redisUsername ?? address.username;
  const password = values.redisPassword ?? address.password;
  if (username !== undefined && password === undefined) {
    faults.push("REDIS_USERNAME is set without REDIS_PASSWORD.");
  }
  return {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}

function kafkaOf(values: Values, faults: string[]): KafkaConfig | undefined {
  const files = tlsOf(values.kafkaTlsCa, values.kafkaTlsCert, values.kafkaTlsKey);
  if (files && values.kafkaTls === false) {
    faults.push("KAFKA_TLS_… files are set and KAFKA_TLS is false: nothing would be encrypted.");
  }
  pairOrNeither(files, "KAFKA_TLS_CERT", "KAFKA_TLS_KEY", faults);
  const sasl = saslOf(values, faults);
  if (!values.kafkaBrokers) return undefined;
  const tls = files ?? (values.kafkaTls ? {} : undefined);
  return { brokers: values.kafkaBrokers, ...(tls && { tls }), ...(sasl && { sasl }) };
}

function saslOf(values: Values, faults: string[]): KafkaConfig["sasl"] {
  const mechanism = values.kafkaSaslMechanism;
  const username = values.kafkaSaslUsername;
  const password = values.kafkaSaslPassword;
  if (mechanism && username !== undefined && password !== undefined) {
    return { mechanism, username, password };
  }
  if (mechanism || username !== undefined || password !== undefined) {
    faults.push(
      "KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD must be set together.",
    );
  }
  return undefined;
}

function tlsOf(
  ca: string | undefined,
  cert: string | undefined,
  key: string | undefined,
): TlsConfig | undefined {
  if (ca === undefined && cert === undefined && key === undefined) return undefined;
  return {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

function pairOrNeither(
  tls: TlsConfig | undefined,
  certName: string,
  keyName: string,
  faults: string[],
): void {
  if (tls && (tls.cert === undefined) !== (tls.key === undefined)) {
    faults.push(`${certName} and ${keyName} must be set together.`);
  }
}

function freeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === "object" && part !== null) freeze(part);
  }
  return Object.freeze(value);
}
