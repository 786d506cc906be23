import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { gzipSync } from "node:zlib";
import t from "tap";
import { DOOR_LIMITS } from "../../src/http/limits.ts";
import { open, stubDesk } from "./stub-desk.ts";

const SENTINEL = "210102195603020041";
const JSON_HEADERS = { "content-type": "application/json" };

async function listen(app: {
  listen(options: object): Promise<string>;
  server: { address(): unknown };
}) {
  await app.listen({ host: "127.0.0.1", port: 0 });
  return (app.server.address() as AddressInfo).port;
}

/** A till's plain HTTP client: writes everything, then reads the answer. */
function post(
  port: number,
  path: string,
  payload: Buffer | string,
  headers: object = JSON_HEADERS,
) {
  return new Promise<{ status: number; body: string }>((resolve, reject) => {
    const call = httpRequest({
      host: "127.0.0.1",
      port,
      path,
      method: "POST",
      headers: { ...headers },
    });
    call.on("error", reject);
    call.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      );
    });
    if (payload.length < Number(call.getHeader("content-length") ?? 0)) call.write(payload);
    else call.end(payload);
  });
}

t.test(
  "malformed bodies are refused at both doors, and nothing of them comes back or is logged",
  async (t) => {
    const desk = stubDesk();
    const { app, log } = open(t, { desk });
    const json = "application/json";
    const bad: readonly (readonly [string, string, string | Buffer, number])[] = [
      ["no JSON", json, `{"person": ${SENTINEL}x}`, 400],
      ["cut off", json, `{"person": "${SENTINEL}"`, 400],
      ["empty", json, "", 400],
      ["poisoned prototype", json, `{"__proto__": {"number": "${SENTINEL}"}}`, 400],
      ["poisoned constructor", json, `{"constructor": {"prototype": {"n": "${SENTINEL}"}}}`, 400],
      ["poisoned in escapes", json, `{"\\u005f_proto__": {"n": "${SENTINEL}"}}`, 400],
      [
        "not UTF-8",
        json,
        Buffer.concat([
          Buffer.from(`{"a":"${SENTINEL}`),
          Buffer.from([0xd5, 0xc5]),
          Buffer.from('"}'),
        ]),
        400,
      ],
      ["another charset", `${json}; charset=GBK`, `{"a":"${SENTINEL}"}`, 415],
      ["text", "text/plain", SENTINEL, 415],
      ["XML", "application/xml", `<a>${SENTINEL}</a>`, 415],
      ["no type", "", SENTINEL, 415],
    ];
    for (const [name, type, payload, status] of bad) {
      for (const url of ["/v1/swipes", "/nhsa/2102"]) {
        const headers = type === "" ? {} : { "content-type": type };
        const answer = await app.inject({ method: "POST", url, headers, payload });
        t.equal(answer.statusCode, status, `${name} at ${url}`);
        t.notMatch(answer.body, SENTINEL, `${name} at ${url} is not repeated`);
        const code = status === 415 ? "unsupported_media" : "bad_request";
        const shape =
          url === "/v1/swipes" ? { code } : { infcode: -1, output: { problem: { code } } };
        t.match(answer.json(), shape);
      }
    }
    t.same(desk.calls, []);
    t.notMatch(log.join(""), SENTINEL);
  },
);

t.test(
  "a body that is packed is refused in one sentence, and an unpacked one is not",
  async (t) => {
    const desk = stubDesk();
    const { app } = open(t, { desk });
    const payload = gzipSync(`{"a":"${SENTINEL}"}`);
    for (const url of ["/v1/swipes", "/nhsa/2102"]) {
      for (const coding of ["gzip", "br", "identity, gzip", "x-unknown"]) {
        const headers = { ...JSON_HEADERS, "content-encoding": coding };
        const answer = await app.inject({ method: "POST", url, headers, payload });
        t.equal(answer.statusCode, 415, `${coding} at ${url}`);
        const problem = { code: "unsupported_media", detail: /^[^.]*content-encoding[^.]*\.$/ };
        t.match(answer.json(), url === "/v1/swipes" ? problem : { output: { problem } });
        t.match(answer.headers, { accept: "application/json", "accept-encoding": "identity" });
      }
      const headers = { ...JSON_HEADERS, "content-encoding": "Identity" };
      const plain = await app.inject({ method: "POST", url, headers, payload: "{}" });
      t.equal(plain.statusCode, 200, `identity at ${url}`);
    }
    t.equal(desk.calls.length, 2);
  },
);

t.test("JSON with a byte order mark or a named UTF-8 charset is JSON", async (t) => {
  const desk = stubDesk();
  const { app } = open(t, { desk });
  const headers = { "content-type": 'Application/JSON; charset="UTF-8"' };
  const answer = await app.inject({
    method: "POST",
    url: "/v1/swipes",
    headers,
    payload: '\uFEFF{"a":"张"}',
  });
  t.equal(answer.statusCode, 200);
  t.same(desk.calls, [{ what: "check", body: { a: "张" } }]);
});

t.test(
  "a till that sends 2 MB reads why it was refused, and the next request is served",
  async (t) => {
    const desk = stubDesk();
    const { app } = open(t, { desk });
    const port = await listen(app);
    const big = JSON.stringify({ note: "x".repeat(2_000_000) });
    for (const path of ["/v1/swipes", "/nhsa/2102"]) {
      const refused = await post(port, path, big);
      t.equal(refused.status, 413, path);
      t.match(refused.body, "too_large");
    }
    const chunked = await post(port, "/v1/swipes", big, {
      ...JSON_HEADERS,
      "transfer-encoding": "chunked",
    });
    t.equal(chunked.status, 413, "also when the length is not said beforehand");
    const endless = { ...JSON_HEADERS, "content-length": String(DOOR_LIMITS.drainBytes + 1) };
    const unread = await post(port, "/v1/swipes", "{", endless);
    t.equal(unread.status, 413, "past the second limit it is not even read");
    t.same(desk.calls, []);
    t.equal((await post(port, "/v1/swipes", "{}")).status, 200, "the process lives");
  },
);

t.test("a till that sends 2 MB packed reads why it was refused", async (t) => {
  const { app } = open(t);
  const port = await listen(app);
  const packed = { ...JSON_HEADERS, "content-encoding": "gzip" };
  const refused = await post(port, "/v1/swipes", Buffer.alloc(2_000_000), packed);
  t.equal(refused.status, 415);
  t.match(refused.body, "content-encoding");
});

t.test("the largest body the contract allows is well under the limit", async (t) => {
  const line = {
    line: "x".repeat(30),
    drug: "x".repeat(50),
    sku: "x".repeat(150),
    lot: "x".repeat(50),
    quantity: 12345.6789,
  };
  const rx = {
    number: "x".repeat(64),
    prescriber: "x".repeat(30),
    issuedAt: "2026-11-21T09:40:00.000+08:00",
    source: "x".repeat(30),
  };
  const lines = Array.from({ length: 200 }, () => ({
    ...line,
    prescription: rx,
    unitPrice: 99.999999,
    amount: 9_999.99,
  }));
  const body = JSON.stringify({
    lines,
    traceCodes: Array.from({ length: 300 }, () => "x".repeat(100)),
  });
  t.ok(Buffer.byteLength(body) * 3 < DOOR_LIMITS.bodyBytes, "a third of it at most");
});

t.test("bytes that are no HTTP are refused in one line that does not repeat them", async (t) => {
  const { app, notices } = open(t);
  const port = await listen(app);
  const socket = connect(port, "127.0.0.1");
  socket.setEncoding("utf8");
  let read = "";
  socket.on("data", (chunk: string) => {
    read += chunk;
  });
  socket.write(`${SENTINEL} nonsense\r\n\r\n`);
  await once(socket, "close");
  t.match(read, /^HTTP\/1\.1 400 /);
  t.match(read, "application/problem+json");
  t.notMatch(read, SENTINEL);
  t.match(
    notices.find(({ kind }) => kind === "request.refused"),
    { labels: { reason: "malformed" } },
  );
});

t.test("a caller that goes away while sending leaves nothing behind", async (t) => {
  const desk = stubDesk();
  const { app } = open(t, { desk });
  const port = await listen(app);
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    "POST /v1/swipes HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
  );
  socket.destroy();
  await once(socket, "close");
  t.equal((await post(port, "/v1/swipes", "{}")).status, 200);
  t.equal(desk.calls.length, 1, "only the whole one reached the desk");
});
