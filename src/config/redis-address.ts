import type { Parsed } from "./parse.ts";

export interface RedisAddress {
  /**
   * Without credentials: `redis://host:port/database`, `redis+sentinel://host:port,host:port/name/database`,
   * `redis+cluster://host:port,host:port`.
   */
  readonly url: string;
  /** TLS is spoken; with sentinels and on a Cluster also where a REDIS_TLS_… file is named. */
  readonly secure: boolean;
  /** Nodes of a Cluster to begin with; they tell of all others. */
  readonly cluster?: readonly HostPort[];
  /** Who is asked for the primary of that name. */
  readonly sentinel?: SentinelAddress;
  readonly username?: string;
  readonly password?: string;
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

export interface SentinelAddress {
  readonly nodes: readonly HostPort[];
  readonly name: string;
  readonly database: number;
}

const PORT_DEFAULT = 6379;
const SENTINEL_PORT_DEFAULT = 26379;
/** To begin with; a Cluster tells of its other nodes itself. */
const NODES_MAX = 32;
/** Redis has 16 databases unless set up otherwise. */
const DATABASE_MAX = 15;

/** `redis://[user:password@]host[:port][/database]`. A fault never repeats the address: it may hold a password. */
export function redisAddress(given: string): Parsed<RedisAddress> {
  const scheme = /^[a-z+]+:/i.exec(given)?.[0].toLowerCase() ?? "";
  if (scheme === "redis+sentinel:" || scheme === "rediss+sentinel:") {
    return sentinelAddress(given, scheme);
  }
  if (scheme === "redis+cluster:" || scheme === "rediss+cluster:") {
    return clusterAddress(given, scheme);
  }
  if (scheme !== "redis:" && scheme !== "rediss:") {
    return {
      fault: "must begin with redis://, rediss://, redis+sentinel:// or redis+cluster://",
    };
  }
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || url.hostname === "") {
    return { fault: "is not an address: redis://host:port" };
  }
  return addressOf(url, scheme);
}

function addressOf(url: URL, scheme: "redis:" | "rediss:"): Parsed<RedisAddress> {
  if (url.search !== "" || url.hash !== "") {
    return { fault: "must not carry anything after the database (no ? and no #)" };
  }
  const database = databaseOf(url.pathname);
  if (database === undefined) return { fault: `must name a database from 0 to ${DATABASE_MAX}` };
  const credentials = credentialsOf(url);
  if (credentials === undefined) return { fault: "has credentials that are not percent-encoded" };
  const port = url.port === "" ? PORT_DEFAULT : Number(url.port);
  if (port === 0) return { fault: "must name a port from 1 to 65,535" };
  const plain = `${scheme}//${url.hostname}:${port}/${database}`;
  return { value: { url: plain, secure: scheme === "rediss:", ...credentials } };
}

const CLUSTER = /^[a-z+]+:\/\/(?:([^@/]*)@)?([^@/?#]+)\/?$/i;
const NODE = /^(\[[0-9a-f:]+\]|[a-z0-9._-]{1,253})(?::([0-9]{1,5}))?$/i;

/** A Cluster has no databases, and its nodes share their credentials. */
function clusterAddress(given: string, scheme: string): Parsed<RedisAddress> {
  const [, login, list = ""] = CLUSTER.exec(given) ?? [];
  const cluster = list.split(",").flatMap((node) => nodeOf(node.trim()) ?? []);
  if (cluster.length === 0 || cluster.length !== list.split(",").length) {
    return { fault: `is not an address: ${scheme}//host:port,host:port` };
  }
  if (cluster.length > NODES_MAX) return { fault: `must name at most ${NODES_MAX} nodes` };
  const credentials = credentialsOf(loginOf(login ?? ""));
  if (credentials === undefined) return { fault: "has credentials that are not percent-encoded" };
  const url = `${scheme}//${cluster.map(({ host, port }) => `${host}:${port}`).join(",")}`;
  return { value: { url, secure: scheme === "rediss+cluster:", cluster, ...credentials } };
}

const SENTINELS =
  /^[a-z+]+:\/\/(?:([^@/]*)@)?([^@/?#]+)\/([a-z0-9._-]{1,128})(?:\/([0-9]{1,2})?)?$/i;

/** `redis+sentinel://[user:password@]host:port,host:port/name[/database]`: the credentials are those of Redis itself. */
function sentinelAddress(given: string, scheme: string): Parsed<RedisAddress> {
  const [, login, list = "", name = "", digits] = SENTINELS.exec(given) ?? [];
  const nodes = list.split(",").flatMap((of) => nodeOf(of.trim(), SENTINEL_PORT_DEFAULT) ?? []);
  if (nodes.length === 0 || nodes.length !== list.split(",").length) {
    return { fault: `is not an address: ${scheme}//host:port,host:port/name` };
  }
  if (nodes.length > NODES_MAX) return { fault: `must name at most ${NODES_MAX} sentinels` };
  const database = databaseOf(`/${digits ?? ""}`);
  if (database === undefined) return { fault: `must name a database from 0 to ${DATABASE_MAX}` };
  const credentials = credentialsOf(loginOf(login ?? ""));
  if (credentials === undefined) return { fault: "has credentials that are not percent-encoded" };
  const hosts = nodes.map(({ host, port }) => `${host}:${port}`).join(",");
  const url = `${scheme}//${hosts}/${name}/${database}`;
  const sentinel = { nodes, name, database };
  return { value: { url, secure: scheme === "rediss+sentinel:", sentinel, ...credentials } };
}

function nodeOf(text: string, portDefault = PORT_DEFAULT): HostPort | undefined {
  const [, host, port = String(portDefault)] = NODE.exec(text) ?? [];
  const number = Number(port);
  if (host === undefined || number < 1 || number > 65_535) return undefined;
  return { host, port: number };
}

function loginOf(login: string): Pick<URL, "username" | "password"> {
  const colon = login.indexOf(":");
  if (colon < 0) return { username: login, password: "" };
  return { username: login.slice(0, colon), password: login.slice(colon + 1) };
}

function databaseOf(pathname: string): number | undefined {
  if (pathname === "" || pathname === "/") return 0;
  const digits = /^\/([0-9]{1,2})$/.exec(pathname)?.[1];
  const database = Number(digits ?? Number.NaN);
  return database <= DATABASE_MAX ? database : undefined;
}

function credentialsOf(
  url: Pick<URL, "username" | "password">,
): { username?: string; password?: string } | undefined {
  try {
    return {
      ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
      ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
    };
  } catch {
    return undefined;
  }
}
