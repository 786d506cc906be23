import { Agent, request } from "node:http";
import { delay } from "../services/service-process.ts";

/** What the tests read of an answer, by the names of the contract. */
export interface AnswerBody {
  readonly swipeId?: string;
  readonly decision?: string;
  readonly mode?: string;
  readonly hits?: readonly { readonly rule: string; readonly level: string }[];
  readonly decidedAt?: string;
  readonly elapsedMs?: number;
  readonly state?: string;
  readonly code?: string;
  readonly status?: string | number;
  readonly policy?: {
    readonly version: string;
    readonly hash: string;
    readonly reference: string;
  };
  readonly blocking?: readonly { readonly name: string; readonly reason: string }[];
  readonly degraded?: readonly { readonly name: string; readonly reason: string }[];
  readonly respond_time?: string;
}

/** An answer as a till sees it. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  /** Empty where the answer is not JSON. */
  readonly body: AnswerBody;
  /** From the first byte written to the last byte read. */
  readonly ms: number;
}

/** A till's connection to one guard: keep-alive, as many sockets as there are calls at once. */
export class Till {
  readonly url: string;
  private readonly agent = new Agent({ keepAlive: true });

  constructor(url: string) {
    this.url = url;
  }

  check(swipe: object): Promise<Answer> {
    return this.post("/v1/swipes", swipe);
  }

  post(path: string, body: object | string): Promise<Answer> {
    return this.call("POST", path, typeof body === "string" ? body : JSON.stringify(body));
  }

  get(path: string): Promise<Answer> {
    return this.call("GET", path, "");
  }

  /** A guard listens whether or not its store answers yet: until it does, its answers are stand-ins. */
  untilStoreAnswers(): Promise<void> {
    return this.untilNot("redis", "keys");
  }

  /** Until all that was answered without the store is in it. */
  untilEntered(): Promise<void> {
    return this.untilNot("redis", "entry");
  }

  private async untilNot(...ailments: readonly string[]): Promise<void> {
    for (;;) {
      const { body } = await this.get("/readyz");
      if (body.degraded?.every(({ name }) => !ailments.includes(name)) === true) return;
      await delay(25);
    }
  }

  /** Connections open at once, so that a burst does not begin with handshakes. */
  async open(connections: number): Promise<void> {
    await Promise.all(Array.from({ length: connections }, () => this.get("/healthz")));
  }

  close(): void {
    this.agent.destroy();
  }

  private call(method: string, path: string, body: string): Promise<Answer> {
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const headers =
        method === "GET"
          ? {}
          : { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
      const sent = request(this.url + path, { agent: this.agent, method, headers }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("error", reject);
        reply.on("end", () => {
          const ms = performance.now() - started;
          const text = Buffer.concat(chunks).toString();
          resolve({ status: reply.statusCode ?? 0, text, body: parsed(text), ms });
        });
      });
      sent.on("error", reject);
      sent.end(body);
    });
  }
}

function parsed(text: string): AnswerBody {
  try {
    return JSON.parse(text) as AnswerBody;
  } catch {
    return {};
  }
}

/** One value of `/metrics`, by its full name with labels. */
export async function metric(till: Till, name: string): Promise<number> {
  const { text } = await till.get("/metrics");
  const line = text.split("\n").find((each) => each.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1) ?? Number.NaN);
}

/** Worst lag of the server's event loop since the last look, in milliseconds. */
export async function serverLag(till: Till): Promise<number> {
  return (await metric(till, 'guard_event_loop_lag_seconds{quantile="1"}')) * 1_000;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
