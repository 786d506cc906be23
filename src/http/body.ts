import { isUtf8 } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { BodyError } from "./errors.ts";
import type { DoorLimits } from "./limits.ts";

/** The last look at a body before it is parsed. */
type Refuse = (request: FastifyRequest, bytes: Buffer) => BodyError | undefined;
type Done = (error: Error | null, body?: unknown) => void;

const TOO_LARGE = new BodyError({ code: "too_large" });
export const NOT_UTF8 = new BodyError({ code: "bad_request", detail: "The body is not UTF-8." });
const CUT_OFF = new BodyError({ code: "bad_request", detail: "The body ended before its time." });
const OTHER_CHARSET = new BodyError({ code: "unsupported_media", detail: "JSON is UTF-8 here." });
const PACKED = new BodyError({
  code: "unsupported_media",
  detail: "A body with a content-encoding is not read: send it unpacked.",
});

/**
 * JSON only, in UTF-8 only: text in another encoding would be hashed as other text and never match a list.
 * A `__proto__` or `constructor.prototype` key refuses the whole body (Fastify's parser, set to `error`).
 *
 * Fastify's own reader answers 413 at once and closes while the caller still writes, so the caller reads a
 * connection reset instead of the sentence. This one reads a too large body to its end, up to a second limit.
 */
export function acceptJsonOnly(app: FastifyInstance, limits: DoorLimits, refuse: Refuse): void {
  app.removeAllContentTypeParsers();
  const parseWarily = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", (request, payload, done) => {
    const unreadable = unreadableAs(request);
    // Read to its end all the same, so that the caller can read the answer.
    readBody(payload, limits, (cut, bytes) => {
      const text = isUtf8(bytes) ? null : NOT_UTF8;
      const error = unreadable ?? cut ?? text ?? refuse(request, bytes);
      if (error) return done(error);
      const whole = bytes.toString("utf8");
      const body = parsedIfPlain(whole);
      if (body !== undefined) done(null, body);
      // Answers through `done` only; its type allows a promise for parsers that are one.
      else void parseWarily(request, whole, done as Done);
    });
  });
}

/**
 * What is no JSON, and what may hold a key that poisons, is left to the wary parser, which knows how to refuse it: no such
 * key is written without its letters or a backslash. To look for these takes 3 thousand instructions a body, its two
 * patterns 8.
 */
function parsedIfPlain(text: string): unknown {
  if (text.includes("\\") || text.includes("__proto__") || text.includes("constructor")) {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What the headers say is enough to refuse it. */
export function unreadableAs({ headers }: FastifyRequest): BodyError | undefined {
  const coding = headers["content-encoding"];
  if (coding !== undefined && !/^\s*identity\s*$/i.test(coding)) return PACKED;
  const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(headers["content-type"] ?? "")?.[1];
  return charset === undefined || /^utf-?8$/i.test(charset) ? undefined : OTHER_CHARSET;
}

type BodyRead = (error: BodyError | null, bytes: Buffer) => void;
const NOTHING = Buffer.alloc(0);

export function readBody(
  payload: IncomingMessage,
  limits: Pick<DoorLimits, "bodyBytes" | "drainBytes">,
  onRead: BodyRead,
): void {
  let chunks: Buffer[] = [];
  let received = 0;
  let isOver = false;
  const finish = (error: BodyError | null) => {
    if (isOver) return;
    isOver = true;
    // A body that has ended says no more but that it is closed: to take its listeners off costs more than to hear it.
    if (error)
      payload.off("data", onData).off("end", onEnd).off("error", onCut).off("close", onCut);
    const [first] = chunks;
    const whole = chunks.length === 1 && first ? first : Buffer.concat(chunks, received);
    chunks = [];
    onRead(error, error ? NOTHING : whole);
  };
  const onData = (chunk: Buffer) => {
    received += chunk.length;
    if (received <= limits.bodyBytes) chunks.push(chunk);
    else chunks = [];
    if (received > limits.drainBytes) finish(TOO_LARGE);
  };
  const onEnd = () => finish(received > limits.bodyBytes ? TOO_LARGE : null);
  const onCut = () => finish(CUT_OFF);
  if (Number(payload.headers["content-length"] ?? 0) > limits.drainBytes) {
    onRead(TOO_LARGE, NOTHING);
    return;
  }
  payload.on("data", onData).on("end", onEnd).on("error", onCut).on("close", onCut);
}
