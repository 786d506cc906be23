import { connect } from "node:net";
import t from "tap";
import type { Batches, PlayedLine } from "../../src/checkout/batch/batches.ts";
import type { Outcome } from "../../src/swipe/problem.ts";
import { open } from "./stub-desk.ts";

const NDJSON = { "content-type": "application/x-ndjson" };
const SENTINEL = "43000030281000128715";

interface Stub extends Batches {
  readonly bodies: string[];
  taken: number;
}

/** Uploads that come to what a test says, and at most one at once. */
function stubBatches(lines: readonly PlayedLine[], refused?: Outcome<never>): Stub {
  const stub: Stub = {
    bodies: [],
    taken: 0,
    enter: () => {
      if (stub.taken >= 1) return undefined;
      stub.taken += 1;
      let isOver = false;
      return () => {
        if (!isOver) stub.taken -= 1;
        isOver = true;
      };
    },
    play: (body) => {
      stub.bodies.push(body);
      return refused ?? { value: one(lines) };
    },
  };
  return stub;
}

async function* one(lines: readonly PlayedLine[]): AsyncGenerator<PlayedLine> {
  yield* lines;
}

const upload = (payload: string | Buffer, headers: Readonly<Record<string, string>> = NDJSON) => ({
  method: "POST" as const,
  url: "/v1/swipes/batch",
  headers,
  payload,
});

t.test("an upload reaches the desk as it is, and is answered line by line", async (t) => {
  const batches = stubBatches([
    { line: 1, op: "check", swipeId: "P21010200123.1", decision: "hold", mode: "full", hits: [] },
    { line: 2, op: "settlement", swipeId: "P21010200123.1" },
    { line: 4, problem: { code: "bad_request", paths: [{ path: "at", reason: "is missing" }] } },
    { line: 5, problem: { code: "state_conflict", state: "settled", detail: "One more." } },
  ]);
  const { app } = open(t, { batches });
  const answer = await app.inject(upload("one\ntwo\n"));
  t.equal(answer.statusCode, 200);
  t.match(answer.headers["content-type"], /^application\/x-ndjson/);
  t.same(batches.bodies, ["one\ntwo\n"]);
  const lines = answer.body
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  t.match(lines, [
    { line: 1, decision: "hold", mode: "full", hits: [] },
    { line: 2, op: "settlement" },
    { line: 4, problem: "bad_request", status: 400, paths: [{ path: "at", reason: "is missing" }] },
    { line: 5, problem: "state_conflict", status: 409, state: "settled", detail: "One more." },
  ]);
  t.notOk("problem" in lines[1], "what was taken has no problem");
  t.ok(lines[2].title && lines[2].action, "a refusal says what to do");
  t.equal(batches.taken, 0, "its place is free again");
});

t.test("what is wrong with a whole upload is a problem, before anything is played", async (t) => {
  const batches = stubBatches([]);
  const { app } = open(t, { batches });
  const cases = [
    ["another type", upload("{}", { "content-type": "application/json" }), 415],
    ["no type", upload("{}", {}), 415],
    ["packed", upload("{}", { ...NDJSON, "content-encoding": "gzip" }), 415],
    ["another charset", upload("{}", { "content-type": "application/x-ndjson; charset=gbk" }), 415],
    ["not UTF-8", upload(Buffer.from([0x7b, 0xff, 0x7d])), 400],
    ["more than 4 MB", upload(`${SENTINEL}${" ".repeat(4 * 1_048_576)}`), 413],
  ] as const;
  for (const [what, request, status] of cases) {
    const answer = await app.inject(request);
    t.equal(answer.statusCode, status, what);
    t.match(answer.headers["content-type"], /^application\/problem\+json/, what);
    t.notMatch(answer.body, SENTINEL, what);
  }
  t.equal((await app.inject(upload("{}", {}))).headers["accept"], "application/x-ndjson");
  t.same(batches.bodies, []);
  t.equal(
    (await app.inject(upload(" ".repeat(4 * 1_048_576)))).statusCode,
    200,
    "4 MB are no more",
  );
  for (const type of [
    "application/ndjson",
    "application/jsonl",
    "Application/X-NDJSON; charset=utf-8",
  ])
    t.equal((await app.inject(upload("{}", { "content-type": type }))).statusCode, 200, type);
});

t.test("a refusal of the whole is answered as at any other address", async (t) => {
  const problem = { code: "too_large", detail: "An upload has at most 1000 lines." } as const;
  const { app } = open(t, { batches: stubBatches([], { problem }) });
  const answer = await app.inject(upload("{}"));
  t.equal(answer.statusCode, 413);
  t.match(answer.json(), { code: "too_large", detail: problem.detail });
});

t.test("as many uploads as may be: the next is asked to come again, and told when", async (t) => {
  const batches = stubBatches([]);
  const leave = batches.enter();
  const { app } = open(t, { batches });
  const answer = await app.inject(upload("{}"));
  t.equal(answer.statusCode, 429);
  t.equal(answer.json().code, "uploads_busy");
  t.ok(Number(answer.headers["retry-after"]) >= 1);
  leave?.();
  t.equal((await app.inject(upload("{}"))).statusCode, 200);
});

t.test("a till that hangs up in the middle ends its upload and gives its place back", async (t) => {
  let played = 0;
  let ended = false;
  const batches: Batches = {
    ...stubBatches([]),
    play: () => ({
      value: (async function* () {
        try {
          for (;;) {
            played += 1;
            yield { line: played, op: "check" as const };
            await new Promise((resolve) => setImmediate(resolve));
          }
        } finally {
          ended = true;
        }
      })(),
    }),
  };
  const { app } = open(t, { batches });
  const address = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const socket = connect({ host: address.hostname, port: Number(address.port) });
  socket.write(
    "POST /v1/swipes/batch HTTP/1.1\r\nhost: till\r\ncontent-type: application/x-ndjson\r\ncontent-length: 2\r\n\r\n{}",
  );
  await new Promise<void>((resolve) => socket.once("data", () => resolve()));
  socket.destroy();
  while (!ended) await new Promise((resolve) => setImmediate(resolve));
  t.ok(played >= 1);
  while (batches.enter() === undefined) await new Promise((resolve) => setImmediate(resolve));
  t.pass("the place is free again");
});

t.test("a guard without uploads says that it has none", async (t) => {
  const { app } = open(t);
  t.equal((await app.inject(upload("{}"))).statusCode, 501);
});
