import { Kafka, type logCreator, logLevel, type SASLOptions } from "kafkajs";
import type { Observer } from "../../units.ts";

/** How to reach Kafka; the same words as the settings `KAFKA_…`. */
export interface KafkaConnection {
  /** `host:port` each. */
  readonly brokers: readonly string[];
  /** PEM texts; all absent: the system's authorities and no client certificate. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  readonly sasl?: {
    readonly mechanism: "plain" | "scram-sha-256" | "scram-sha-512";
    readonly username: string;
    readonly password: string;
  };
}

const CONNECT_LIMIT_MS = 3_000;
const REQUEST_LIMIT_MS = 10_000;

/** Every option by hand: kafkajs's own retries would hide how long a send really takes. */
export function connectKafka(connection: KafkaConnection, observer: Observer): Kafka {
  const { brokers, tls, sasl } = connection;
  return new Kafka({
    clientId: "guard",
    brokers: [...brokers],
    ...(tls === undefined ? {} : { ssl: { ...tls } }),
    ...(sasl === undefined ? {} : { sasl: saslOptions(sasl) }),
    connectionTimeout: CONNECT_LIMIT_MS,
    authenticationTimeout: REQUEST_LIMIT_MS,
    reauthenticationThreshold: 10_000,
    requestTimeout: REQUEST_LIMIT_MS,
    enforceRequestTimeout: true,
    // Enough to find a partition's new leader; waiting for a Kafka that is away is the relay's business.
    retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 2_000, factor: 0.2, multiplier: 2 },
    logLevel: logLevel.ERROR,
    logCreator: toObserver(observer),
  });
}

function saslOptions(sasl: NonNullable<KafkaConnection["sasl"]>): SASLOptions {
  const { mechanism, username, password } = sasl;
  return { mechanism, username, password };
}

/** kafkajs would write to standard output; its words go to operators, without what they were about. */
function toObserver(observer: Observer): logCreator {
  return () =>
    ({ namespace, log }) => {
      const labels = { part: namespace.toLowerCase() };
      observer.notice({
        kind: "kafka.client",
        labels,
        message: `Kafka client: ${log.message}`,
        level: "warn",
      });
    };
}
