import type { DurationMs, Notice, Observer } from "../../units.ts";
import { type ConnectionTuning, openRedis, type RedisConnection } from "./redis-connection.ts";
import type { RedisSettings } from "./redis-options.ts";

/** What a connection to a single Redis says for operators is too much said by one node of several. */
const OF_THE_WHOLE = new Set(["store.connection", "store.circuit"]);

/** A connection to each node that is of use, each with a circuit of its own: one that is dead stops nobody else. */
export class ClusterNodes {
  private readonly nodes = new Map<string, RedisConnection>();
  private readonly settings: RedisSettings;
  private readonly now: () => DurationMs;
  private readonly observer: Observer;
  private readonly tuning: ConnectionTuning;
  private readonly ready: (node: RedisConnection) => void;

  /** `ready` is called each time a node becomes fit for commands. */
  constructor(
    settings: RedisSettings,
    now: () => DurationMs,
    observer: Observer,
    tuning: ConnectionTuning,
    ready: (node: RedisConnection) => void,
  ) {
    this.settings = settings;
    this.now = now;
    this.observer = observer;
    this.tuning = tuning;
    this.ready = ready;
  }

  /** The node at `host:port`; connected to from now on. */
  at(address: string): RedisConnection {
    const known = this.nodes.get(address);
    if (known !== undefined) return known;
    const scheme = this.settings.tls === undefined ? "redis" : "rediss";
    const { username, password, tls } = this.settings;
    const settings = {
      url: `${scheme}://${address}/0`,
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      ...(tls === undefined ? {} : { tls }),
    };
    const notice = (told: Notice) => {
      if (!OF_THE_WHOLE.has(told.kind)) this.observer.notice(told);
    };
    const node = openRedis(settings, this.now, { notice }, this.tuning);
    this.nodes.set(address, node);
    node.whenReady(() => this.ready(node));
    return node;
  }

  has(address: string): boolean {
    return this.nodes.has(address);
  }

  all(): readonly (readonly [string, RedisConnection])[] {
    return [...this.nodes];
  }

  /** Others are closed: nodes come and go, and each is a connection. */
  async keepOnly(addresses: ReadonlySet<string>): Promise<void> {
    const gone = this.all().filter(([address]) => !addresses.has(address));
    for (const [address] of gone) this.nodes.delete(address);
    await Promise.all(gone.map(([, node]) => node.close()));
  }
}
