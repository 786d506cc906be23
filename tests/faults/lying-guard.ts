import { createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";

export interface Said {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

export interface Passed {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** What a wrong guard makes of a request and of the right guard's answer; undefined leaves it as it is. */
export interface Lie {
  /** Answered without asking. */
  instead?(asked: Passed): Said | undefined;
  change?(asked: Passed, said: Said): Said | undefined;
}

export interface LyingGuard {
  readonly url: string;
  close(): Promise<void>;
}

/** A guard that stands before a right one and does one thing wrong. */
export async function startLyingGuard(right: string, lie: Lie): Promise<LyingGuard> {
  const server: Server = createServer((incoming, outgoing) => {
    incoming.on("error", () => undefined);
    outgoing.on("error", () => undefined);
    void (async () => {
      const asked = {
        method: incoming.method ?? "GET",
        path: incoming.url ?? "/",
        body: await text(incoming),
      };
      const said = lie.instead?.(asked) ?? (await forward(right, asked, incoming));
      const told = lie.change?.(asked, said) ?? said;
      const { "content-length": _, "transfer-encoding": __, ...headers } = told.headers;
      outgoing.writeHead(told.status, headers).end(told.body);
    })().catch(() => outgoing.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function forward(right: string, asked: Passed, { headers }: IncomingMessage): Promise<Said> {
  return new Promise((resolve, reject) => {
    const { method, path, body } = asked;
    const kept = {
      ...headers,
      host: new URL(right).host,
      "content-length": Buffer.byteLength(body),
    };
    const sent = request(`${right}${path}`, { method, headers: kept, agent: false }, (answer) => {
      text(answer).then(
        (said) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: said }),
        reject,
      );
    });
    sent.on("error", reject).end(body);
  });
}

async function text(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
