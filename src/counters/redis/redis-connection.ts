import { type Command, Redis } from "ioredis";
import type { DurationMs, Observer } from "../../units.ts";
import { StoreUnavailableError } from "../contract.ts";
import { isControlDocument } from "../control-documents.ts";
import { ABANDONED_AFTER, Circuit, STALLED_AFTER } from "./circuit.ts";
import { KNOWN_SCRIPTS, PROBE, PROBE_SHA1 } from "./known-scripts.ts";
import { keepListening, ListeningTime } from "./listening-time.ts";
import { readStrictly } from "./read-strictly.ts";
import { type RedisSettings, reconnectDelay, redisOptions } from "./redis-options.ts";
import {
  type Argument,
  isAbsent,
  isReply,
  isTicketed,
  keysOf,
  notCarriedOut,
  unlessForbidden,
} from "./redis-replies.ts";
import { plainCommand, ScriptCommand } from "./script-command.ts";
import { type ServerFacts, serverFacts } from "./server-facts.ts";
import { StoreHealth } from "./store-health.ts";
import { reasonOf, refusalOf, type StoreReason } from "./store-reasons.ts";
import { Tickets } from "./tickets.ts";
import { TurnOutbox } from "./turn-outbox.ts";

export type { RedisSettings } from "./redis-options.ts";

/**
 * `refusing`: it answers, and carries out nothing (out of memory, read-only ...). `partly`: of a Cluster's primaries some
 * are not up.
 */
export type RedisStatus = "up" | "partly" | "connecting" | "stalled" | "refusing" | "closed";

export interface Script {
  readonly sha1: string;
  readonly lua: string;
}

export interface RedisConnection {
  /** Sends one command; buffers in, buffers out. Rejects with StoreUnavailableError at once while the circuit is not closed. */
  send(command: string, args: readonly Argument[]): Promise<unknown>;
  /**
   * Runs a script on one packed plan. Its reply is known to be this call's own: one meant for another call, by whatever
   * stands between the guard and its store, would speak of another person. Rejects as `send` does.
   */
  run(script: Script, keys: readonly string[], plan: Buffer): Promise<unknown>;
  status(): RedisStatus;
  /** Why it is not of use now; undefined while it is, or before the first attempt has failed. */
  reason(): StoreReason | undefined;
  /**
   * Calls back each time the store becomes fit for commands: once connected and prepared, and each time after it had
   * stalled or refused and answers again, on the same connection or another. At once where it is fit already.
   */
  whenReady(run: () => void): void;
  /** The server's eviction policy if it told; anything but noeviction erases counters silently. */
  evictionPolicy(): string | undefined;
  /** Removes every key with this prefix but the control documents: a replay leaves nothing behind. */
  removeAll(prefix: string): Promise<void>;
  /** Names of keys with this prefix, some at a time (or none); those written or removed meanwhile may be among them. */
  scan(prefix: string): AsyncIterable<readonly string[]>;
  close(): Promise<void>;
}

export interface ConnectionTuning {
  /** Silence after which nothing more is sent; at least the deadline of a check. */
  readonly stalledAfter?: DurationMs;
}

const WATCH_EVERY: DurationMs = 100;
/** A server that took the connection and has not answered the greeting by now is tried anew. */
const GREETING_MAX: DurationMs = 1_000;
const LOADING_AGAIN: DurationMs = 200;
/** Silence from which on a store is called silent and not slow. */
const SILENT_AFTER: DurationMs = 1_000;

/** `now`: monotonic milliseconds. */
export function openRedis(
  settings: RedisSettings,
  now: () => DurationMs,
  observer: Observer,
  tuning: ConnectionTuning = {},
): RedisConnection {
  return new OneRedis(settings, now, observer, tuning);
}

/** One connection to one Redis, or to whichever the sentinels name. */
class OneRedis implements RedisConnection {
  private readonly client: Redis;
  private readonly time: ListeningTime;
  private readonly circuit: Circuit;
  private readonly health: StoreHealth;
  private readonly outbox = new TurnOutbox();
  private readonly observer: Observer;
  private readonly settings: RedisSettings;
  private readonly tickets = new Tickets();
  private readonly abandonedAfter: DurationMs;
  private readonly readyCalls: (() => void)[] = [];
  private readonly stopTimers: () => void;
  private closing = false;
  /** The connection is greeted and has the scripts. */
  private prepared = false;
  private fit = false;
  /** Connections in a row that came to nothing. */
  private failures = 0;
  /** Since when the greeting or the preparation waits for a reply. */
  private greetedAt: DurationMs = 0;
  private facts: ServerFacts = {};
  private toldEviction: string | undefined;
  /** What was refused last: a list of permissions may forbid some keys and not others. */
  private refusedKeys: readonly Argument[] = [];

  constructor(
    settings: RedisSettings,
    now: () => DurationMs,
    observer: Observer,
    tuning: ConnectionTuning,
  ) {
    const { stalledAfter = STALLED_AFTER } = tuning;
    this.settings = settings;
    this.observer = observer;
    this.abandonedAfter = Math.max(ABANDONED_AFTER, 2 * stalledAfter);
    this.time = new ListeningTime(now);
    this.circuit = new Circuit(this.time, stalledAfter);
    this.health = new StoreHealth(observer);
    const options = redisOptions(settings, () => this.failures);
    this.client = settings.sentinel ? new Redis(options) : new Redis(settings.url, options);
    const stopListening = keepListening(this.time);
    const watch = setInterval(() => this.watch(), WATCH_EVERY);
    watch.unref();
    this.stopTimers = () => {
      stopListening();
      clearInterval(watch);
    };
    this.follow();
    this.connect();
  }

  async send(command: string, args: readonly Argument[]): Promise<unknown> {
    this.admit();
    return this.exchange(plainCommand(command, args), keysOf(command, args));
  }

  async run(script: Script, keys: readonly string[], plan: Buffer): Promise<unknown> {
    this.admit();
    const ticket = this.tickets.next();
    const command = new ScriptCommand(script.sha1, keys, plan, ticket);
    let reply: unknown;
    try {
      reply = await this.written(command);
      this.circuit.answered();
      this.settle();
    } catch (error) {
      const failure = this.failed(error, keys);
      if (!isAbsent(failure)) throw failure;
      reply = await this.send("EVAL", [script.lua, keys.length, ...keys, plan, ticket]);
    }
    if (isTicketed(reply, ticket)) return reply[1];
    this.giveUp("garbage");
    throw new StoreUnavailableError("The store answered something else than it was asked.");
  }

  status(): RedisStatus {
    if (this.closing) return "closed";
    if (!this.isConnected()) return "connecting";
    const state = this.circuit.state();
    if (state === "closed") return "up";
    return state === "refusing" ? "refusing" : "stalled";
  }

  reason(): StoreReason | undefined {
    return this.health.reason();
  }

  whenReady(run: () => void): void {
    this.readyCalls.push(run);
    if (this.fit) run();
  }

  evictionPolicy(): string | undefined {
    return this.facts.eviction;
  }

  async removeAll(prefix: string): Promise<void> {
    for await (const found of this.scan(prefix)) {
      const keys = found.filter((key) => !isControlDocument(key));
      if (keys.length > 0) await this.client.unlink(...keys);
    }
  }

  async *scan(prefix: string): AsyncIterable<readonly string[]> {
    let cursor = "0";
    do {
      const [next, found] = await this.client.scan(cursor, "MATCH", `${prefix}*`, "COUNT", 1_000);
      yield found;
      cursor = next;
    } while (cursor !== "0");
  }

  async close(): Promise<void> {
    this.closing = true;
    this.stopTimers();
    this.client.disconnect();
  }

  // Commands ---------------------------------------------------------------------------------------

  private isConnected(): boolean {
    return this.prepared && this.client.status === "ready";
  }

  /** @throws StoreUnavailableError, at once: a dead store costs a check nothing */
  private admit(): void {
    if (!this.isConnected()) throw new StoreUnavailableError("The store is not connected.");
    if (this.circuit.admits()) return;
    this.settle();
    throw new StoreUnavailableError("The store has stopped answering.");
  }

  private async exchange(command: Command, keys: readonly Argument[]): Promise<unknown> {
    try {
      const reply = await this.written(command);
      this.circuit.answered();
      this.settle();
      return reply;
    } catch (error) {
      throw this.failed(error, keys);
    }
  }

  private written(command: Command): Promise<unknown> {
    this.circuit.sent();
    this.outbox.hold(this.client.stream);
    return this.client.sendCommand(command) as Promise<unknown>;
  }

  private failed(error: unknown, keys: readonly Argument[]): Error {
    const said = error instanceof Error ? error : new Error("unknown", { cause: error });
    if (isReply(said)) this.circuit.answered();
    else this.circuit.forget();
    if (isAbsent(said)) return said;
    const refusal = isReply(said) ? refusalOf(said.message) : undefined;
    if (refusal !== undefined) this.refused(refusal, keys);
    // The client would now refuse every command of this connection: something spoke to it out of turn.
    if (said.message.includes("subscriber mode")) this.giveUp("garbage");
    return notCarriedOut(said, refusal !== undefined);
  }

  private refused(reason: StoreReason, keys: readonly Argument[]): void {
    this.refusedKeys = keys;
    this.circuit.refused();
    this.health.ails(reason);
    this.fit = false;
    // Behind sentinels the primary is somebody else by now.
    if (reason === "readOnly" && this.settings.sentinel !== undefined) this.giveUp(reason);
  }

  // Connection -------------------------------------------------------------------------------------

  private connect(): void {
    this.client.connect().catch(() => undefined);
  }

  private follow(): void {
    const { client } = this;
    client.on("error", (error: unknown) => {
      const reason = reasonOf(error);
      if (this.closing) return;
      if (reason === "garbage") this.giveUp(reason);
      else this.health.ails(reason);
    });
    client.on("connect", () => this.greet());
    client.on("ready", () => this.prepare());
    client.on("close", () => {
      this.prepared = false;
      this.fit = false;
      if (this.closing || this.health.reason() !== undefined) return;
      this.health.ails("lost");
    });
    // Where the client itself gives up (a resolution that was called off) it is told to go on.
    client.on("end", () => {
      if (!this.closing) setTimeout(() => this.connect(), reconnectDelay(this.failures)).unref();
    });
  }

  private greet(): void {
    this.greetedAt = this.time.stamp();
    readStrictly(this.client, (chunk) =>
      // A server without room says so unasked, and closes.
      this.giveUp(refusalOf(chunk.toString("latin1", 0, 64)) ?? "garbage"),
    );
  }

  /** Drops the connection at once, whatever it still owes, and begins anew. */
  private giveUp(reason: StoreReason): void {
    this.health.ails(reason);
    this.prepared = false;
    this.fit = false;
    this.failures += 1;
    this.client.stream?.destroy();
  }

  private prepare(): void {
    this.greetedAt = this.time.stamp();
    const { stream } = this.client;
    const stands = () => this.client.stream === stream && this.client.status === "ready";
    this.learn(stands).catch((error: unknown) => {
      if (!stands()) return;
      this.giveUp(isReply(error) ? (refusalOf(error.message) ?? "garbage") : "lost");
    });
  }

  /** What the server is, and the scripts it must know. */
  private async learn(stands: () => boolean): Promise<void> {
    const facts = serverFacts(await this.client.call("INFO").catch(unlessForbidden));
    if (!stands()) return;
    if (facts.loading === true) {
      this.health.ails("loading");
      setTimeout(() => stands() && this.prepare(), LOADING_AGAIN).unref();
      return;
    }
    if (facts.role === "slave" && this.settings.sentinel !== undefined) {
      this.giveUp("readOnly");
      return;
    }
    this.facts = facts;
    this.greetedAt = this.time.stamp();
    await Promise.all(
      KNOWN_SCRIPTS.map((lua) => this.client.call("SCRIPT", "LOAD", lua).catch(unlessForbidden)),
    );
    if (!stands()) return;
    this.prepared = true;
    this.noticeEviction();
    await this.probe();
  }

  private noticeEviction(): void {
    const { eviction } = this.facts;
    if (eviction === undefined || eviction === this.toldEviction) return;
    this.toldEviction = eviction;
    if (eviction === "noeviction") return;
    const message = `Redis' maxmemory-policy is ${eviction}: it may erase counts silently; set noeviction.`;
    this.observer.notice({ kind: "store.config", message, level: "error" });
  }

  // Watching ---------------------------------------------------------------------------------------

  /** Past the circuit: it is what closes it. What it was refused for is asked of the same keys. */
  private async probe(): Promise<void> {
    const keys = this.refusedKeys;
    const ask = (command: string, script: string) =>
      this.exchange(plainCommand(command, [script, keys.length, ...keys]), keys);
    try {
      await ask("EVALSHA", PROBE_SHA1).catch((error: unknown) => {
        if (!isAbsent(error)) throw error;
        return ask("EVAL", PROBE);
      });
    } catch (error) {
      const said = error instanceof Error ? error.cause : undefined;
      // Any other error than a refusal is a word about the probe, and the store carries out what it is asked.
      if (!isReply(said) || refusalOf(said.message) !== undefined) return;
    }
    this.circuit.accepted();
    this.settle();
  }

  private watch(): void {
    const proven = this.time.proven();
    const isGreeting = this.client.status === "connect" || this.client.status === "ready";
    if (!this.prepared && isGreeting && proven - this.greetedAt > GREETING_MAX) {
      const knows = this.health.reason();
      this.giveUp(knows === "loading" || knows === "busy" ? knows : "silent");
    }
    if (this.isConnected()) this.watchCircuit();
    this.settle();
  }

  private watchCircuit(): void {
    const state = this.circuit.state();
    const waited = this.circuit.waited();
    this.observer.notice({ kind: "store.circuit", value: STATES[state] });
    if (state === "open") {
      const wasSilent = this.health.reason() === "silent";
      this.health.ails(wasSilent || waited > SILENT_AFTER ? "silent" : "slow");
      if (waited > this.abandonedAfter) this.giveUp("silent");
    } else if (this.circuit.wantsProbe()) {
      void this.probe();
    }
  }

  /** Whoever waits for the store is called when it is fit again. */
  private settle(): void {
    const isFit = this.isConnected() && this.circuit.state() === "closed";
    if (isFit && this.health.isWell(this.time.proven())) this.failures = 0;
    if (isFit === this.fit) return;
    this.fit = isFit;
    if (isFit) for (const run of this.readyCalls) run();
  }
}

const STATES = { closed: 0, trial: 1, refusing: 2, open: 2 } as const;
