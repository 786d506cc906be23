import { RawConnection, type RawReply } from "../../load/generators/raw-connection.ts";
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

/** As many connections as there are requests at once: nothing waits in line on this side. */
export class RawClient {
  private readonly address: URL;
  private readonly free: RawConnection[] = [];
  private readonly all = new Set<RawConnection>();

  constructor(url: string) {
    this.address = new URL(url);
  }

  async open(count: number): Promise<void> {
    for (let index = 0; index < count; index++) this.free.push(...[this.add() ?? []].flat());
    await Promise.all(this.free.map((each) => each.ready));
  }

  /** @param due when it was meant to be sent, by `performance.now()` */
  async post({ path, body }: Shot, due = performance.now()): Promise<RawAnswer> {
    const connection = this.free.pop() ?? this.add();
    if (connection === undefined) return { status: 0, retryAfter: undefined, text: "", ms: 0 };
    const reply = await new Promise<RawReply>((resolve) =>
      connection.exchange(path, body, resolve),
    );
    if (connection.isOpen) this.free.push(connection);
    else this.all.delete(connection);
    return answerOf(reply, performance.now() - due);
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
    for (const connection of this.all) connection.cut("the client was closed");
  }

  private add(): RawConnection | undefined {
    if (this.all.size >= CONNECTIONS_MAX) return undefined;
    const connection = new RawConnection(this.address);
    this.all.add(connection);
    return connection;
  }
}

function answerOf({ status, head, body }: RawReply, ms: number): RawAnswer {
  const retryAfter = /\r\nretry-after: (\S+)/i.exec(head)?.[1];
  return { status, retryAfter, text: status === 0 ? "" : body, ms };
}
