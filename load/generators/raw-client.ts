import type { Shot } from "../workload/traffic.ts";
import { RawConnection } from "./raw-connection.ts";

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

/** RawConnections as they are needed, and a line before them; what is given up calls back as failed. */
export class RawClient {
  private readonly addresses: readonly URL[];
  private readonly free: RawConnection[] = [];
  private readonly all = new Set<RawConnection>();
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

  private take(): RawConnection | undefined {
    for (let next = this.free.pop(); next !== undefined; next = this.free.pop()) {
      if (next.isOpen) return next;
      this.all.delete(next);
    }
    return this.add();
  }

  private add(): RawConnection | undefined {
    if (this.all.size >= CONNECTIONS_MAX) return undefined;
    const address = this.addresses[this.opened++ % this.addresses.length];
    if (address === undefined) return undefined;
    const connection = new RawConnection(address);
    this.all.add(connection);
    return connection;
  }

  private exchange(connection: RawConnection, { shot, answered }: Waiting): void {
    connection.exchange(shot.path, shot.body, ({ status, body }) => {
      this.inFlight -= 1;
      this.release(connection);
      answered(status, body);
    });
  }

  private release(connection: RawConnection): void {
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
