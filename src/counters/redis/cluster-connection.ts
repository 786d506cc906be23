import type { DurationMs, Observer } from "../../units.ts";
import { StoreUnavailableError } from "../contract.ts";
import { isControlDocument } from "../control-documents.ts";
import { ClusterNodes } from "./cluster-nodes.ts";
import {
  address,
  type Redirection,
  readTopology,
  redirectionOf,
  slotOf,
  type Topology,
} from "./cluster-slots.ts";
import type { ConnectionTuning, RedisConnection, RedisStatus, Script } from "./redis-connection.ts";
import type { RedisSettings } from "./redis-options.ts";
import { STORE_REASONS, type StoreReason } from "./store-reasons.ts";

type Argument = string | number | Buffer;

/** Nodes a command is sent on to before it is given up: a slot is moved once, and seen once too early. */
const REDIRECTIONS_MAX = 4;
/** A slot's keys are here and there while it is on its way: asked again after this long, so many times. */
const AGAIN_AFTER: DurationMs = 5;
const AGAIN_MAX = 6;
/** How often the slots are asked for: while all is well, and while a primary is not there (its replica may be, by then). */
const LOOK_EVERY: DurationMs = 5_000;
const LOOK_EVERY_TROUBLED: DurationMs = 250;
/** At a start the primaries answer one after the other. */
const SETTLING: DurationMs = 200;
const LOOKS_EVERY: DurationMs = 125;

/**
 * A Redis Cluster as one connection: each command goes to the primary that owns its key's slot, over a connection and
 * a circuit of that node's own. Written over single connections and not over ioredis' own Cluster, which resends
 * commands of a lost connection by itself, tries a random node where the owner is away, and has no circuit a node.
 * Commands are sent again only where a node said that it did not carry them out (MOVED, ASK, TRYAGAIN). Replicas are
 * never read.
 */
export function openCluster(
  settings: RedisSettings,
  now: () => DurationMs,
  observer: Observer,
  tuning: ConnectionTuning = {},
): RedisConnection {
  return new Cluster(settings, now, observer, tuning);
}

class Cluster implements RedisConnection {
  private readonly nodes: ClusterNodes;
  private readonly seeds: readonly string[];
  private readonly now: () => DurationMs;
  private readonly observer: Observer;
  private readonly readyCalls: (() => void)[] = [];
  private readonly watch: NodeJS.Timeout;
  private topology: Topology | undefined;
  /** Slots told by MOVED since the topology was read. */
  private readonly moved = new Map<number, string>();
  private looking = false;
  private lookedAt: DurationMs;
  private settling: NodeJS.Timeout | undefined;
  private toldStatus: RedisStatus = "connecting";
  private closing = false;
  /** What answers at the address is a Redis of its own. */
  private isNoCluster = false;

  constructor(
    settings: RedisSettings,
    now: () => DurationMs,
    observer: Observer,
    tuning: ConnectionTuning,
  ) {
    this.now = now;
    this.observer = observer;
    this.lookedAt = now();
    this.seeds = (settings.cluster ?? []).map(({ host, port }) => address(host, port));
    this.nodes = new ClusterNodes(settings, now, observer, tuning, () => this.nodeReady());
    for (const seed of this.seeds) this.nodes.at(seed);
    this.watch = setInterval(() => this.look(), LOOKS_EVERY);
    this.watch.unref();
  }

  send(command: string, args: readonly Argument[]): Promise<unknown> {
    const key = String(command === "EVAL" || command === "EVALSHA" ? args[2] : args[0]);
    return this.route(key, (node) => node.send(command, args));
  }

  run(script: Script, keys: readonly string[], plan: Buffer): Promise<unknown> {
    return this.route(keys[0] ?? "", (node) => node.run(script, keys, plan));
  }

  status(): RedisStatus {
    if (this.closing) return "closed";
    const statuses = this.primaries().map((node) => node.status());
    if (statuses.length === 0) return "connecting";
    if (statuses.every((status) => status === "up")) return this.isCovered() ? "up" : "partly";
    if (statuses.includes("up")) return "partly";
    return statuses[0] ?? "connecting";
  }

  reason(): StoreReason | undefined {
    const status = this.status();
    if (status === "up") return undefined;
    if (status === "partly") return "cluster";
    return this.nodes.all().flatMap(([, node]) => node.reason() ?? [])[0];
  }

  whenReady(run: () => void): void {
    this.readyCalls.push(run);
    if (this.status() === "up") run();
  }

  evictionPolicy(): string | undefined {
    const policies = this.primaries().flatMap((node) => node.evictionPolicy() ?? []);
    return policies.find((policy) => policy !== "noeviction") ?? policies[0];
  }

  async removeAll(prefix: string): Promise<void> {
    for await (const keys of this.scan(prefix)) {
      // Keys of several slots cannot be named in one command.
      const memories = keys.filter((key) => !isControlDocument(key));
      await Promise.all(memories.map((key) => this.send("UNLINK", [key])));
    }
  }

  async *scan(prefix: string): AsyncIterable<readonly string[]> {
    for (const node of this.primaries()) yield* node.scan(prefix);
  }

  async close(): Promise<void> {
    this.closing = true;
    clearInterval(this.watch);
    clearTimeout(this.settling);
    await this.nodes.keepOnly(new Set());
  }

  // Commands ---------------------------------------------------------------------------------------

  private async route(
    key: string,
    ask: (node: RedisConnection) => Promise<unknown>,
  ): Promise<unknown> {
    const way = new Way(this.ownerOf(slotOf(key)));
    for (;;) {
      try {
        return await this.askNode(way, ask);
      } catch (error) {
        const redirection = redirectionIn(error, way.owner);
        if (redirection === undefined || !way.goesOn(redirection)) throw error;
        await this.follow(redirection);
      }
    }
  }

  private askNode(
    { owner, asking }: Way,
    ask: (node: RedisConnection) => Promise<unknown>,
  ): Promise<unknown> {
    if (owner === undefined) throw new StoreUnavailableError("No node serves this slot.");
    const node = this.nodes.at(owner);
    // Both leave in one turn, so nothing comes between them.
    if (asking) node.send("ASKING", []).catch(() => undefined);
    return ask(node);
  }

  private async follow({ kind, slot, address: owner }: Redirection): Promise<void> {
    if (kind === "again") await pause(AGAIN_AFTER);
    if (kind !== "moved") return;
    this.moved.set(slot, owner);
    this.lookSoon();
  }

  private ownerOf(slot: number): string | undefined {
    return this.moved.get(slot) ?? this.topology?.owners[slot];
  }

  // Topology ---------------------------------------------------------------------------------------

  private primaries(): readonly RedisConnection[] {
    if (this.topology === undefined) return [];
    return [...this.topology.primaries].map((at) => this.nodes.at(at));
  }

  private isCovered(): boolean {
    return this.topology?.owners.includes(undefined) === false;
  }

  private lookSoon(): void {
    this.lookedAt = Math.min(this.lookedAt, this.now() - LOOK_EVERY + LOOKS_EVERY);
  }

  private look(): void {
    this.noticeStatus();
    const every = this.status() === "up" ? LOOK_EVERY : LOOK_EVERY_TROUBLED;
    if (this.looking || this.now() - this.lookedAt < every) return;
    this.looking = true;
    this.readSlots()
      .catch(() => undefined)
      .finally(() => {
        this.looking = false;
        this.lookedAt = this.now();
      });
  }

  private async readSlots(): Promise<void> {
    for (const [at, node] of this.nodes.all()) {
      if (node.status() !== "up" && node.status() !== "refusing") continue;
      const host = at.slice(0, at.lastIndexOf(":"));
      const reply = await node.send("CLUSTER", ["SLOTS"]).catch((error: unknown) => {
        this.isNoCluster = isNoCluster(error);
      });
      const topology = readTopology(reply, host);
      if (topology === undefined || this.closing) continue;
      this.adopt(topology);
      return;
    }
    // Nobody who is known tells: those named at the start may know the others.
    if (!this.closing) for (const seed of this.seeds) this.nodes.at(seed);
  }

  private adopt(topology: Topology): void {
    this.topology = topology;
    this.moved.clear();
    for (const primary of topology.primaries) this.nodes.at(primary);
    const useful = new Set([...topology.primaries, ...this.seeds]);
    this.nodes.keepOnly(useful).catch(() => undefined);
    this.nodeReady();
  }

  // Telling ----------------------------------------------------------------------------------------

  /** At once when all are there; otherwise when no other has come for a moment. */
  private nodeReady(): void {
    clearTimeout(this.settling);
    if (this.topology === undefined) {
      this.askAtOnce();
    } else if (this.status() === "up") {
      this.tellReady();
    } else {
      this.settling = setTimeout(() => {
        if (this.status() === "partly") this.tellReady();
      }, SETTLING);
      this.settling.unref();
    }
  }

  private askAtOnce(): void {
    this.lookedAt = this.now() - LOOK_EVERY;
    this.look();
  }

  private tellReady(): void {
    this.noticeStatus();
    for (const run of this.readyCalls) run();
  }

  private noticeStatus(): void {
    const status = this.status();
    this.observer.notice({ kind: "store.circuit", value: status === "up" ? 0 : 2 });
    const told = this.isNoCluster ? "refusing" : status;
    if (told === this.toldStatus) return;
    this.toldStatus = told;
    const isUp = status === "up";
    const labels = { state: isUp ? "up" : "down" };
    const level = isUp ? "info" : "error";
    this.observer.notice({ kind: "store.connection", labels, level, message: this.sentence() });
  }

  private sentence(): string {
    const status = this.status();
    if (status === "up") return "All primaries of the Cluster answer.";
    if (status === "partly") {
      const away = [...(this.topology?.primaries ?? [])].filter(
        (at) => this.nodes.at(at).status() !== "up",
      );
      return `Primaries of the Cluster do not answer (${away.join(", ")}): their persons' checks are stand-ins, others are partial.`;
    }
    if (this.isNoCluster) {
      return "What answers at REDIS_URL is no Cluster: name it by redis://, or check its address. Checks are stand-ins.";
    }
    const reason = this.reason();
    const why = reason === undefined ? "the Cluster does not answer" : STORE_REASONS[reason];
    return `Checks are stand-ins: ${why}.`;
  }
}

/** A command's way from node to node. */
class Way {
  owner: string | undefined;
  /** The node is asked for this command alone. */
  asking = false;
  private sentOn = 0;
  private again = 0;

  constructor(owner: string | undefined) {
    this.owner = owner;
  }

  /** False: it was sent from one to the other for long enough. */
  goesOn({ kind, address: to }: Redirection): boolean {
    if (kind === "again") {
      this.again += 1;
      return this.again <= AGAIN_MAX;
    }
    this.owner = to;
    this.asking = kind === "asked";
    this.sentOn += 1;
    return this.sentOn <= REDIRECTIONS_MAX;
  }
}

function pause(wait: DurationMs): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, wait));
}

function isNoCluster(error: unknown): boolean {
  const said = error instanceof StoreUnavailableError ? error.cause : error;
  return said instanceof Error && said.message.includes("cluster support disabled");
}

/** What the node said when it did not carry the command out; the client wraps it. */
function redirectionIn(error: unknown, asked: string | undefined): Redirection | undefined {
  const said = error instanceof StoreUnavailableError ? error.cause : error;
  if (!(said instanceof Error) || asked === undefined) return undefined;
  return redirectionOf(said.message, asked.slice(0, asked.lastIndexOf(":")));
}
