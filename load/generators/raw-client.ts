import { connect, type Socket } from "node:net";
import type { Shot } from "../workload/traffic.ts";

/** Keep-alive connections at once. What is due while all are busy waits in line, its time running. */
export const CONNECTIONS_MAX = 256;
/** Requests sent or in line at once; what comes on top of them is not sent and counts as failed. */
export const IN_FLIGHT_MAX = 16_384;
/** A request without an answer after this counts as failed, and its connection is given up. */
const ANSWER_LIMIT_MS = 5_000;
const SWEEP_MS = 100;

/** @param status 0 where no answer came */
export type Answered = (status: number, body: string) => void;

interface Waiting {
  readonly shot: Shot;
  readonly answered: Answered;
}

/**
 * One request at a time on each of its connections, written and read by hand: several times cheaper than `node:http`,
 * so that half a core can ask more than another one answers.
 */
export class RawClient {
  private readonly addresses: readonly URL[];
  private readonly free: Connection[] = [];
  private readonly all = new Set<Connection>();
  private readonly line: Waiting[] = [];
  private readonly sweep: NodeJS.Timeout;
  private inFlight = 0;
  private opened = 0;

  /** @param url one address, or several separated by commas */
  constructor(url: string) {
    this.addresses = url.split(",").map((each) => new URL(each));
    this.sweep = setInterval(() => this.giveUpOld(), SWEEP_MS);
  }

  /** Opens connections ahead, so that no measured request waits for a handshake. */
  async open(count: number): Promise<void> {
    for (let index = 0; index < count; index++) {
      const connection = this.add();
      if (connection !== undefined) this.free.push(connection);
    }
    await Promise.all(this.free.map((each) => each.ready));
  }

  /** Calls back exactly once, also where it fails. */
  post(shot: Shot, answered: Answered): void {
    if (this.inFlight >= IN_FLIGHT_MAX) {
      answered(0, "not sent: too many under way");
      return;
    }
    this.inFlight += 1;
    const connection = this.take();
    if (connection === undefined) this.line.push({ shot, answered });
    else this.exchange(connection, { shot, answered });
  }

  /** Requests sent or in line. */
  get underWay(): number {
    return this.inFlight;
  }

  /** Cuts what is under way: it calls back as failed. */
  close(): void {
    clearInterval(this.sweep);
    for (const { answered } of this.line.splice(0)) {
      this.inFlight -= 1;
      answered(0, "not sent: the run was over");
    }
    for (const connection of this.all) connection.cut("the run was over");
  }

  private take(): Connection | undefined {
    for (let next = this.free.pop(); next !== undefined; next = this.free.pop()) {
      if (next.isOpen) return next;
      this.all.delete(next);
    }
    return this.add();
  }

  private add(): Connection | undefined {
    if (this.all.size >= CONNECTIONS_MAX) return undefined;
    const address = this.addresses[this.opened++ % this.addresses.length];
    if (address === undefined) return undefined;
    const connection = new Connection(address);
    this.all.add(connection);
    return connection;
  }

  private exchange(connection: Connection, { shot, answered }: Waiting): void {
    connection.exchange(shot, (status, body) => {
      this.inFlight -= 1;
      this.release(connection);
      answered(status, body);
    });
  }

  private release(connection: Connection): void {
    if (!connection.isOpen) this.all.delete(connection);
    const next = this.line.shift();
    if (next === undefined) {
      if (connection.isOpen) this.free.push(connection);
      return;
    }
    const other = connection.isOpen ? connection : this.take();
    if (other === undefined) this.line.unshift(next);
    else this.exchange(other, next);
  }

  private giveUpOld(): void {
    const before = performance.now() - ANSWER_LIMIT_MS;
    for (const connection of this.all) {
      if (connection.busySince < before) connection.cut("no answer in 5 s");
    }
  }
}

class Connection {
  readonly ready: Promise<void>;
  isOpen = true;
  /** When its request was sent, by `performance.now()`; infinite while it has none. */
  busySince = Number.POSITIVE_INFINITY;
  private readonly socket: Socket;
  private text = "";
  private wanted = Number.POSITIVE_INFINITY;
  private answered: Answered | undefined;

  constructor({ hostname, port }: URL) {
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.ready = new Promise((resolve) => {
      this.socket.once("connect", () => resolve());
      this.socket.once("close", () => resolve());
    });
    // One character a byte, so that lengths are bytes.
    this.socket.setEncoding("latin1");
    this.socket.on("data", (chunk: string) => this.read(chunk));
    this.socket.on("error", (error) => this.cut(error.message));
    this.socket.on("close", () => this.cut("connection closed"));
  }

  exchange({ path, body }: Shot, answered: Answered): void {
    this.answered = answered;
    this.busySince = performance.now();
    const length = Buffer.byteLength(body);
    this.socket.write(
      `POST ${path} HTTP/1.1\r\nhost: guard\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`,
    );
  }

  cut(reason: string): void {
    this.isOpen = false;
    this.socket.destroy();
    this.finish(0, reason);
  }

  private read(chunk: string): void {
    this.text += chunk;
    if (this.wanted === Number.POSITIVE_INFINITY) {
      const end = this.text.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = /\r\ncontent-length: (\d+)/i.exec(this.text.slice(0, end))?.[1];
      this.wanted = end + 4 + Number(length ?? 0);
    }
    if (this.text.length < this.wanted) return;
    const start = this.text.indexOf("\r\n\r\n");
    const head = this.text.slice(0, start);
    if (/\r\nconnection: close/i.test(head)) this.isOpen = false;
    const body = Buffer.from(this.text.slice(start + 4), "latin1").toString("utf8");
    this.finish(Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), body);
  }

  private finish(status: number, body: string): void {
    const { answered } = this;
    this.text = "";
    this.wanted = Number.POSITIVE_INFINITY;
    this.busySince = Number.POSITIVE_INFINITY;
    this.answered = undefined;
    answered?.(status, body);
  }
}
