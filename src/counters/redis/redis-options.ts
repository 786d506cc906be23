import type { ConnectionOptions } from "node:tls";
import type { RedisOptions } from "ioredis";
import type { DurationMs } from "../../units.ts";

export interface RedisTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

export interface RedisSettings {
  /** `redis://` or `rediss://`; with sentinels only its words for the log. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: RedisTls;
  /** The primary is whoever these name. */
  readonly sentinel?: SentinelSettings;
  /** Nodes of a Cluster to begin with. */
  readonly cluster?: readonly { readonly host: string; readonly port: number }[];
}

export interface SentinelSettings {
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  /** The primary's name, as the sentinels know it. */
  readonly name: string;
  readonly database: number;
  /** Of the sentinels themselves. */
  readonly username?: string;
  readonly password?: string;
  /** Absent: the sentinels speak in clear. */
  readonly tls?: RedisTls;
}

/** One second also covers one SYN that was lost; a store that takes longer is of no use to a check of 50 ms. */
const CONNECT_TIMEOUT: DurationMs = 1_000;
const RECONNECT_MAX: DurationMs = 500;
/** How long a connection that was given up may take to say goodbye: a frozen server never does. */
const DISCONNECT_TIMEOUT: DurationMs = 50;
/** A sentinel that does not reply for this long is passed over. */
const SENTINEL_REPLY: DurationMs = 500;
const SENTINEL_AGAIN: DurationMs = 500;
/** Connections that listen for a failover; one that tells is enough. */
const SENTINELS_HEARD_MAX = 5;

/** Exponential from 100 ms: `times` failures in a row. */
export function reconnectDelay(times: number): DurationMs {
  return Math.min(50 * 2 ** Math.min(times, 6), RECONNECT_MAX);
}

/**
 * Every option by hand: the defaults queue while offline, resend by themselves, wait for ever, and hear of a failover
 * a minute late. The ready check is the guard's own, except with sentinels, where the client must learn the role to
 * pass over a sentinel that is behind.
 */
export function redisOptions(
  settings: RedisSettings,
  failures: () => number,
): Omit<RedisOptions, "replyMapping"> {
  return {
    protocol: 2,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    autoResubscribe: false,
    enableAutoPipelining: false,
    maxRetriesPerRequest: 0,
    enableReadyCheck: settings.sentinel !== undefined,
    maxLoadingRetryTime: SENTINEL_AGAIN,
    disableClientInfo: true,
    connectTimeout: CONNECT_TIMEOUT,
    disconnectTimeout: DISCONNECT_TIMEOUT,
    keepAlive: 10_000,
    noDelay: true,
    lazyConnect: true,
    reconnectOnError: null,
    readOnly: false,
    keyPrefix: "",
    stringNumbers: false,
    retryStrategy: (times) => reconnectDelay(Math.max(times, failures())),
    ...(settings.username === undefined ? {} : { username: settings.username }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ...(settings.tls === undefined ? {} : { tls: tlsOf(settings.tls) }),
    ...(settings.sentinel === undefined ? {} : sentinelOptions(settings.sentinel, settings.tls)),
  };
}

function sentinelOptions(
  sentinel: SentinelSettings,
  tls: RedisTls | undefined,
): Omit<RedisOptions, "replyMapping"> {
  return {
    sentinels: sentinel.nodes.map(({ host, port }) => ({
      host: host.replace(/^\[|\]$/g, ""),
      port,
    })),
    name: sentinel.name,
    role: "master",
    db: sentinel.database,
    updateSentinels: true,
    failoverDetector: true,
    sentinelMaxConnections: SENTINELS_HEARD_MAX,
    sentinelCommandTimeout: SENTINEL_REPLY,
    sentinelRetryStrategy: (times: number) => Math.min(50 * times, SENTINEL_AGAIN),
    sentinelReconnectStrategy: () => SENTINEL_AGAIN,
    enableTLSForSentinelMode: tls !== undefined,
    ...(sentinel.username === undefined ? {} : { sentinelUsername: sentinel.username }),
    ...(sentinel.password === undefined ? {} : { sentinelPassword: sentinel.password }),
    ...(sentinel.tls === undefined ? {} : { sentinelTLS: tlsOf(sentinel.tls) }),
  };
}

function tlsOf(tls: RedisTls): ConnectionOptions {
  return { ...tls };
}
