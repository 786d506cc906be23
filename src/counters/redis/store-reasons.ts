/** Why the store does not carry out commands, in one word for metrics. */
export type StoreReason = keyof typeof STORE_REASONS;

/** One sentence each, for `readyz` and the log; what to do is in the runbook under the same word. */
export const STORE_REASONS = {
  unreachable: "Redis' address cannot be reached",
  refused: "Nobody listens at Redis' address",
  lost: "The connection to Redis was lost",
  silent: "Redis takes the connection and does not reply",
  slow: "Redis replies too late",
  loading: "Redis is loading its data",
  memory: "Redis is out of memory and takes no writes (maxmemory)",
  readOnly: "Redis is a read-only replica",
  disk: "Redis cannot save to its disk and takes no writes (MISCONF)",
  replicas: "Redis has too few replicas to take writes (min-replicas-to-write)",
  noPrimary: "Redis is a replica that has lost its primary",
  login: "Redis does not accept the credentials (REDIS_USERNAME, REDIS_PASSWORD)",
  database: "Redis does not have the database that REDIS_URL names",
  permission: "Redis' access list does not let this user run the guard's commands (NOPERM)",
  busy: "Redis is busy with another client's script",
  clients: "Redis has as many clients as it allows (maxclients)",
  cluster: "Redis Cluster does not serve all of its slots",
  sentinels: "No sentinel names a primary that answers",
  tls: "TLS with Redis fails: a certificate is not accepted, or one side does not speak it",
  garbage: "What answers at Redis' address does not answer as Redis does",
} as const satisfies Readonly<Record<string, string>>;

/** Replies by which a server says that it carries out nothing of the kind for now, whoever asks. */
const REFUSALS: readonly (readonly [string, StoreReason])[] = [
  ["OOM ", "memory"],
  ["READONLY ", "readOnly"],
  ["MISCONF ", "disk"],
  ["NOREPLICAS ", "replicas"],
  ["MASTERDOWN ", "noPrimary"],
  ["NOAUTH ", "login"],
  ["WRONGPASS ", "login"],
  ["ERR invalid password", "login"],
  ["NOPERM ", "permission"],
  ["LOADING ", "loading"],
  ["BUSY ", "busy"],
  ["ERR DB index is out of range", "database"],
  ["CLUSTERDOWN ", "cluster"],
  ["ERR max number of clients reached", "clients"],
];

/** Undefined: an error about this one command, which says nothing about others. */
export function refusalOf(message: string): StoreReason | undefined {
  return REFUSALS.find(([beginning]) => message.includes(beginning))?.[1];
}

const UNREACHABLE = [
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EADDRNOTAVAIL",
];
const CUT = ["ECONNRESET", "EPIPE", "ECONNABORTED"];
/** The client's own word for a connection that was called off. */
const CLOSED = "Connection is closed.";
const TLS = /^(?:ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|EPROTO)/;

/** What a failed connection says of the store. */
export function reasonOf(error: unknown): StoreReason {
  if (!(error instanceof Error)) return "garbage";
  // First: it may quote what a sentinel said.
  if (/sentinel/i.test(error.message)) return "sentinels";
  const refusal = refusalOf(error.message);
  if (refusal !== undefined) return refusal;
  if (error.message === CLOSED) return "lost";
  return reasonOfCode("code" in error ? String(error.code) : "");
}

function reasonOfCode(code: string): StoreReason {
  if (code === "ECONNREFUSED") return "refused";
  if (UNREACHABLE.includes(code)) return "unreachable";
  if (CUT.includes(code)) return "lost";
  if (TLS.test(code)) return "tls";
  // Without a code it is no socket's error: the client's parser could not make sense of what it read.
  return code === "" ? "garbage" : "unreachable";
}
