import type { Parsed } from "./parse.ts";

export interface RedisAddress {
  /** Without credentials: `redis://host:port/database`. */
  readonly url: string;
  readonly secure: boolean;
  readonly username?: string;
  readonly password?: string;
}

const PORT_DEFAULT = 6379;
/** Redis has 16 databases unless set up otherwise. */
const DATABASE_MAX = 15;

const NOT_YET: Readonly<Record<string, string>> = {
  "redis+sentinel:":
    "has the scheme redis+sentinel://, which is not available yet; use redis:// or rediss://",
  "redis+cluster:":
    "has the scheme redis+cluster://, which is not available yet; use redis:// or rediss://",
};

/** `redis://[user:password@]host[:port][/database]`. A fault never repeats the address: it may hold a password. */
export function redisAddress(given: string): Parsed<RedisAddress> {
  const scheme = /^[a-z+]+:/i.exec(given)?.[0].toLowerCase() ?? "";
  const notYet = NOT_YET[scheme];
  if (notYet !== undefined) return { fault: notYet };
  if (scheme !== "redis:" && scheme !== "rediss:") {
    return { fault: "must begin with redis:// or rediss://" };
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

function databaseOf(pathname: string): number | undefined {
  if (pathname === "" || pathname === "/") return 0;
  const digits = /^\/([0-9]{1,2})$/.exec(pathname)?.[1];
  const database = Number(digits ?? Number.NaN);
  return database <= DATABASE_MAX ? database : undefined;
}

function credentialsOf(url: URL): { username?: string; password?: string } | undefined {
  try {
    return {
      ...(url.username === "" ? {} : { username: decodeURIComponent(url.username) }),
      ...(url.password === "" ? {} : { password: decodeURIComponent(url.password) }),
    };
  } catch {
    return undefined;
  }
}
