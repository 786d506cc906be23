import { connect, type Socket } from "node:net";

/** What came over the wire. */
export interface RawReply {
  /** 0: there was no whole answer; then `body` says why. */
  readonly status: number;
  /** The status line and the headers. */
  readonly head: string;
  readonly body: string;
}

/**
 * A keep-alive connection with one request at a time, written and read by hand: several times cheaper than `node:http`,
 * so that half a core can ask more than another one answers. Answers must name their length, as the guard's do.
 */
export class RawConnection {
  /** Resolves when it is open, or closed again. */
  readonly ready: Promise<void>;
  isOpen = true;
  /** When its request was sent, by `performance.now()`; infinite while it has none. */
  busySince = Number.POSITIVE_INFINITY;
  private readonly socket: Socket;
  private text = "";
  private wanted = Number.POSITIVE_INFINITY;
  private answered: ((reply: RawReply) => void) | undefined;

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

  /** Posts JSON; calls back exactly once. */
  exchange(path: string, body: string, answered: (reply: RawReply) => void): void {
    this.answered = answered;
    if (!this.isOpen) {
      this.finish(unanswered("connection closed"));
      return;
    }
    this.busySince = performance.now();
    const length = Buffer.byteLength(body);
    this.socket.write(
      `POST ${path} HTTP/1.1\r\nhost: guard\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n${body}`,
    );
  }

  /** Ends it; a request that is under way has no answer. */
  cut(reason: string): void {
    this.isOpen = false;
    this.socket.destroy();
    this.finish(unanswered(reason));
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
    this.finish({ status: Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0), head, body });
  }

  private finish(reply: RawReply): void {
    const { answered } = this;
    this.text = "";
    this.wanted = Number.POSITIVE_INFINITY;
    this.busySince = Number.POSITIVE_INFINITY;
    this.answered = undefined;
    answered?.(reply);
  }
}

function unanswered(reason: string): RawReply {
  return { status: 0, head: "", body: reason };
}
