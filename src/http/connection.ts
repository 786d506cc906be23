import type { Socket } from "node:net";
import type { Observer } from "../units.ts";
import { problemDocument } from "./problem-document.ts";

/** Node's parser errors that have a status of their own; everything else is malformed. */
const REASONS: Readonly<Record<string, { reason: string; status: string; detail: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    reason: "timeout",
    status: "408 Request Timeout",
    detail: "The request did not arrive in time.",
  },
  HPE_HEADER_OVERFLOW: {
    reason: "headers",
    status: "431 Request Header Fields Too Large",
    detail: "The headers are larger than the guard accepts.",
  },
};
const MALFORMED = {
  reason: "malformed",
  status: "400 Bad Request",
  detail: "The bytes are not an HTTP request.",
};

/** Bytes that never became a request: answered in one line, without repeating them, and the socket goes. */
export function refuseConnection(
  observer: Observer,
  error: NodeJS.ErrnoException,
  socket: Socket,
): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const { reason, status, detail } = REASONS[error.code ?? ""] ?? MALFORMED;
  observer.notice({ kind: "request.refused", labels: { reason } });
  const document = {
    ...problemDocument({ code: "bad_request", detail }, "none"),
    status: Number(status.slice(0, 3)),
  };
  const body = JSON.stringify(document);
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
