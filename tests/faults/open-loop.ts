import { connect, type Socket } from "node:net";
import { delay } from "../services/service-process.ts";

/** An answer as the wire brought it. */
export interface RawAnswer {
  /** 0: the connection was cut before an answer came, or there were too many of them already. */
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
  /** From the instant it was meant to be sent to the last byte read; 0 where it was never sent. */
  readonly ms: number;
}

/** One request of a flow, ready to be sent. */
export interface Shot {
  readonly path: string;
  readonly body: string;
}

/** Requests of one kind at a steady pace. */
export interface Flow {
  readonly perSecond: number;
  readonly next: () => Shot;
}

export interface Fired {
  /** Milliseconds after the start when it was meant to be sent. */
  readonly at: number;
  readonly answer: RawAnswer;
}

export interface Salvo {
  /** In the order of the flows. */
  readonly flows: readonly (readonly Fired[])[];
  /** How late this process itself was at worst. */
  readonly lagMs: number;
}

const CONNECTIONS_MAX = 3_000;
/** How often what is due is sent. */
const TICK_MS = 5;

/**
 * Keep-alive connections with one request each at a time, written and read by hand: several times cheaper than
 * `node:http`, so that one core can ask more than another one answers.
 */
export class RawClient {
  private readonly host: string;
  private readonly port: number;
  private readonly free: Connection[] = [];
  private readonly all = new Set<Connection>();

  constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.host = hostname;
    this.port = Number(port);
  }

  async open(count: number): Promise<void> {
    for (let index = 0; index < count; index++) this.free.push(...[this.add() ?? []].flat());
    await Promise.all(this.free.map((each) => each.ready));
  }

  /** @param due when it was meant to be sent, by `performance.now()` */
  async post({ path, body }: Shot, due = performance.now()): Promise<RawAnswer> {
    const connection = this.free.pop() ?? this.add();
    if (connection === undefined) return { status: 0, retryAfter: undefined, text: "", ms: 0 };
    const head = `POST ${path} HTTP/1.1\r\nhost: guard\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
    const text = await connection.exchange(head + body);
    if (connection.isOpen) this.free.push(connection);
    else this.all.delete(connection);
    return answerOf(text, performance.now() - due);
  }

  /** Sends each flow at its pace for so long, whether or not what went before was answered. */
  async fire(flows: readonly Flow[], forMs: number): Promise<Salvo> {
    const started = performance.now();
    const shots = flows.map((): Promise<Fired>[] => []);
    let lagMs = 0;
    for (let now = started; now - started < forMs; now = performance.now()) {
      for (const [index, { perSecond, next }] of flows.entries()) {
        const fired = shots[index] ?? [];
        const due = Math.floor(((now - started) * perSecond) / 1_000);
        while (fired.length < due) {
          const at = (fired.length * 1_000) / perSecond;
          fired.push(this.post(next(), started + at).then((answer) => ({ at, answer })));
        }
      }
      await delay(TICK_MS);
      lagMs = Math.max(lagMs, performance.now() - now - TICK_MS);
    }
    return { flows: await Promise.all(shots.map((fired) => Promise.all(fired))), lagMs };
  }

  close(): void {
    for (const connection of this.all) connection.close();
  }

  private add(): Connection | undefined {
    if (this.all.size >= CONNECTIONS_MAX) return undefined;
    const connection = new Connection(this.host, this.port);
    this.all.add(connection);
    return connection;
  }
}

class Connection {
  readonly ready: Promise<void>;
  isOpen = true;
  private readonly socket: Socket;
  private text = "";
  private wanted = Number.POSITIVE_INFINITY;
  private done: ((text: string) => void) | undefined;

  constructor(host: string, port: number) {
    this.socket = connect({ host, port, noDelay: true });
    this.ready = new Promise((resolve) => {
      this.socket.once("connect", () => resolve());
      this.socket.once("close", () => resolve());
    });
    this.socket.setEncoding("latin1");
    this.socket.on("data", (chunk: string) => this.read(chunk));
    this.socket.on("error", () => undefined);
    this.socket.on("close", () => {
      this.isOpen = false;
      this.finish();
    });
  }

  exchange(bytes: string): Promise<string> {
    return new Promise((resolve) => {
      this.done = resolve;
      if (this.isOpen) this.socket.write(bytes);
      else this.finish();
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private read(chunk: string): void {
    this.text += chunk;
    if (this.wanted === Number.POSITIVE_INFINITY) {
      const end = this.text.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = /content-length: (\d+)/i.exec(this.text.slice(0, end))?.[1];
      this.wanted = end + 4 + Number(length ?? 0);
    }
    if (this.text.length < this.wanted) return;
    if (/\r\nconnection: close/i.test(this.text)) this.isOpen = false;
    this.finish();
  }

  private finish(): void {
    const { text, done } = this;
    this.text = "";
    this.wanted = Number.POSITIVE_INFINITY;
    this.done = undefined;
    done?.(text);
  }
}

function answerOf(text: string, ms: number): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  const head = end < 0 ? text : text.slice(0, end);
  return {
    status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0),
    retryAfter: /\r\nretry-after: (\S+)/i.exec(head)?.[1],
    text: end < 0 ? "" : text.slice(end + 4),
    ms,
  };
}
