import { request as plain } from "node:http";
import { request as secure } from "node:https";
import type { DurationMs } from "../../units.ts";

/** An answer as a till hears it. */
export interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Undefined where the answer is not JSON. */
  readonly json: unknown;
}

export interface Asked {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
}

/** Where a caller hangs up: before anything was answered, or with the first byte of the answer. */
export type CutAt = "sent" | "answered";

/** How a till reaches the guard. */
export interface Wire {
  /** @throws NotHeardError where no whole answer came in time */
  ask(asked: Asked): Promise<Heard>;
  /** Sends a request and hangs up; resolves once the connection is gone. */
  cut(asked: Asked, at: CutAt): Promise<void>;
}

export class NotHeardError extends Error {
  readonly code = "GUARD_CONFORM_NOT_HEARD";
  constructor(why: string) {
    super(why);
    this.name = "NotHeardError";
  }
}

/** Larger than any answer of the contract: a guard that sends more is not one. */
const ANSWER_BYTES_MAX = 8 * 1_048_576;

/** A new connection a request, so that nothing of one point reaches the next. */
export function createHttpWire(address: string, patience: DurationMs): Wire {
  const base = address.replace(/\/+$/, "");
  const send = base.startsWith("https:") ? secure : plain;
  const open = ({ method, path, body, type }: Asked) =>
    send(`${base}${path}`, {
      method,
      agent: false,
      timeout: patience,
      signal: AbortSignal.timeout(patience),
      headers: {
        ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
        ...(type === undefined ? {} : { "content-type": type }),
      },
    });
  return {
    ask: (asked) =>
      new Promise((resolve, reject) => {
        const request = open(asked);
        const fail = (error?: NodeJS.ErrnoException) => reject(notHeard(error, patience));
        request.on("error", fail).on("response", (response) => {
          const chunks: Buffer[] = [];
          let size = 0;
          response.on("data", (chunk: Buffer) => {
            size += chunk.length;
            if (size > ANSWER_BYTES_MAX) response.destroy();
            else chunks.push(chunk);
          });
          response.on("error", fail).on("aborted", () => fail());
          response.on("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            const { statusCode = 0, headers } = response;
            resolve({ status: statusCode, headers: single(headers), text, json: parsed(text) });
          });
        });
        request.end(asked.body);
      }),
    cut: (asked, at) =>
      new Promise((resolve) => {
        const request = open(asked);
        request.on("error", () => undefined).on("close", resolve);
        const hangUp = () => request.destroy();
        if (at === "answered") request.on("response", hangUp).end(asked.body);
        else request.end(asked.body, () => setImmediate(hangUp));
      }),
  };
}

/** The library's message may name the request; its code names only what happened. */
function notHeard(error: NodeJS.ErrnoException | undefined, patience: DurationMs): NotHeardError {
  const code = error?.code;
  if (code === undefined) return new NotHeardError("the connection ended in the answer");
  if (error?.name === "AbortError" || error?.name === "TimeoutError")
    return new NotHeardError(`no whole answer within ${patience} ms`);
  return new NotHeardError(`the connection failed (${code})`);
}

function single(headers: Readonly<Record<string, string | string[] | undefined>>) {
  const pairs = Object.entries(headers).map(([name, value]) => [name, [value ?? ""].flat().join()]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
