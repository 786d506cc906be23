import { Redis, type RedisOptions } from "ioredis";
import type { DurationMs, EpochMs, Observer } from "../../units.ts";
import { StoreUnavailableError } from "../contract.ts";
import { ABANDONED_AFTER, Circuit } from "./circuit.ts";
import {
  changeScript,
  flagScript,
  foldScript,
  observeScript,
  sealScript,
} from "./scripts.generated.ts";

export interface RedisSettings {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
}

export type RedisStatus = "up" | "connecting" | "stalled" | "closed";

export interface RedisConnection {
  /** Sends one command; buffers in, buffers out. Rejects with StoreUnavailableError at once while the circuit is open. */
  send(command: string, args: readonly (string | number | Buffer)[]): Promise<unknown>;
  status(): RedisStatus;
  /** Calls back each time the server is ready for commands. */
  whenReady(run: () => void): void;
  /** The server's eviction policy if it told; anything but noeviction erases counters silently. */
  evictionPolicy(): string | undefined;
  /** Removes every key with this prefix: a replay leaves nothing behind. */
  removeAll(prefix: string): Promise<void>;
  close(): Promise<void>;
}

const CONNECT_TIMEOUT: DurationMs = 2_000;
const RECONNECT_MAX: DurationMs = 1_000;
const WATCH_EVERY: DurationMs = 1_000;

/** Every option by hand: the defaults queue while offline, resend by themselves and wait for ever. */
function options(settings: RedisSettings): Omit<RedisOptions, "replyMapping"> {
  return {
    protocol: 2,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    enableAutoPipelining: false,
    maxRetriesPerRequest: 0,
    enableReadyCheck: true,
    connectTimeout: CONNECT_TIMEOUT,
    keepAlive: 10_000,
    noDelay: true,
    lazyConnect: true,
    retryStrategy: (times) => Math.min(50 * 2 ** Math.min(times, 6), RECONNECT_MAX),
    ...(settings.username === undefined ? {} : { username: settings.username }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ...(settings.tls === undefined ? {} : { tls: { ...settings.tls } }),
  };
}

export function openRedis(
  settings: RedisSettings,
  now: () => EpochMs,
  observer: Observer,
): RedisConnection {
  const client = new Redis(settings.url, options(settings));
  const circuit = new Circuit(now);
  const readyCalls: (() => void)[] = [];
  let eviction: string | undefined;
  let lastWord = "";

  const say = (message: string, level: "info" | "error") => {
    if (message === lastWord) return;
    lastWord = message;
    const labels = { state: client.status === "ready" ? "up" : "down" };
    observer.notice({ kind: "store.connection", labels, message, level });
  };
  client.on("error", () =>
    say("The store does not answer: checks are stand-ins until it does.", "error"),
  );
  client.on("ready", () => {
    say("The store answers.", "info");
    prepare().catch(() => undefined);
  });

  async function prepare(): Promise<void> {
    for (const script of [observeScript, sealScript, changeScript, foldScript, flagScript]) {
      await client.call("SCRIPT", "LOAD", script.lua);
    }
    for (const run of readyCalls) run();
    eviction = await readEviction(client);
    if (eviction !== undefined && eviction !== "noeviction") {
      const message = `Redis' maxmemory-policy is ${eviction}: it may erase counts silently; set noeviction.`;
      observer.notice({ kind: "store.config", message, level: "error" });
    }
  }

  const stopWatching = watchCircuit(client, circuit, observer);
  client.connect().catch(() => undefined);
  return {
    send: (command, args) => send(client, circuit, command, args),
    status: () => {
      if (client.status === "end") return "closed";
      if (client.status !== "ready") return "connecting";
      return circuit.state() === "open" ? "stalled" : "up";
    },
    whenReady: (run) => {
      readyCalls.push(run);
      if (client.status === "ready") run();
    },
    evictionPolicy: () => eviction,
    removeAll: (prefix) => removeAll(client, prefix),
    close: async () => {
      stopWatching();
      client.disconnect();
    },
  };
}

/** Tells operators when the circuit turns, and gives up a connection that has been silent for too long. */
function watchCircuit(client: Redis, circuit: Circuit, observer: Observer): () => void {
  let wasOpen = false;
  const look = () => {
    const isOpen = circuit.state() === "open";
    const turned = isOpen !== wasOpen;
    wasOpen = isOpen;
    const message = isOpen
      ? "The store has stopped answering: nothing is sent to it until it does."
      : "The store answers again.";
    const said = turned ? { message, level: isOpen ? ("error" as const) : ("info" as const) } : {};
    observer.notice({ kind: "store.circuit", value: isOpen ? 2 : 0, ...said });
    if (circuit.waited() > ABANDONED_AFTER && client.status === "ready") client.disconnect(true);
  };
  const watch = setInterval(look, WATCH_EVERY);
  watch.unref();
  return () => clearInterval(watch);
}

async function send(
  client: Redis,
  circuit: Circuit,
  command: string,
  args: readonly (string | number | Buffer)[],
): Promise<unknown> {
  if (client.status !== "ready") throw new StoreUnavailableError("The store is not connected.");
  if (circuit.state() === "open")
    throw new StoreUnavailableError("The store has stopped answering.");
  circuit.sent();
  try {
    return await client.callBuffer(command, ...args);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("NOSCRIPT")) throw error;
    throw new StoreUnavailableError("The store did not carry out the command.", { cause: error });
  } finally {
    circuit.answered();
  }
}

/** CONFIG is forbidden on some managed servers: then nothing is known, and readyz says nothing. */
async function readEviction(client: Redis): Promise<string | undefined> {
  try {
    const reply = await client.call("CONFIG", "GET", "maxmemory-policy");
    return Array.isArray(reply) && typeof reply[1] === "string" ? reply[1] : undefined;
  } catch {
    return undefined;
  }
}

async function removeAll(client: Redis, prefix: string): Promise<void> {
  let cursor = "0";
  do {
    const [next, keys] = await client.scan(cursor, "MATCH", `${prefix}*`, "COUNT", 1_000);
    if (keys.length > 0) await client.unlink(...keys);
    cursor = next;
  } while (cursor !== "0");
}
