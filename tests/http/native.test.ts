import t from "tap";
import { STATUS_OF } from "../../src/http/statuses.ts";
import { PROBLEMS, type ProblemCode } from "../../src/swipe/problem.ts";
import { ALLOW, open, RESERVED, stubDesk } from "./stub-desk.ts";

const CODES = Object.keys(PROBLEMS) as ProblemCode[];
const SENTINEL = "43000030281000128715";

t.test("a check is handed to the desk unparsed and its answer comes back as it is", async (t) => {
  const desk = stubDesk();
  const { app } = open(t, { desk });
  const body = { anything: ["the", "desk", "validates"] };
  const answer = await app.inject({ method: "POST", url: "/v1/swipes", payload: body });
  t.equal(answer.statusCode, 200);
  t.match(answer.headers["content-type"], /^application\/json/);
  t.same(answer.json(), ALLOW);
  t.same(desk.calls, [{ what: "check", body }]);
});

t.test("what happens to a swipe afterwards reaches the desk under its id", async (t) => {
  const desk = stubDesk();
  const { app } = open(t, { desk });
  const swipe = "P21010200123.A_b-9";
  for (const [step, what] of [
    ["settlement", "settle"],
    ["reversal", "reverse"],
    ["acknowledgement", "acknowledge"],
  ] as const) {
    const answer = await app.inject({
      method: "POST",
      url: `/v1/swipes/${swipe}/${step}`,
      payload: { step },
    });
    t.equal(answer.statusCode, 200, step);
    t.same(answer.json(), RESERVED);
    t.same(desk.calls.pop(), { what, swipeId: swipe, body: { step } });
  }
  const found = await app.inject({ url: `/v1/swipes/${swipe}` });
  t.equal(found.statusCode, 200);
  t.same(desk.calls.pop(), { what: "find", swipeId: swipe });
});

t.test("every problem has its status and is a complete problem document", async (t) => {
  for (const code of CODES) {
    const problem = {
      code,
      paths: [{ path: "total", reason: "must be a number" }],
      state: "settled",
      detail: "One more.",
    };
    const { app, notices } = open(t, { desk: stubDesk({ check: async () => ({ problem }) }) });
    const answer = await app.inject({ method: "POST", url: "/v1/swipes", payload: {} });
    t.equal(answer.statusCode, STATUS_OF[code], code);
    t.match(answer.headers["content-type"], /^application\/problem\+json/);
    t.match(answer.json(), {
      type: `urn:guard:problem:${code}`,
      title: PROBLEMS[code].title,
      zh: PROBLEMS[code].zh,
      action: PROBLEMS[code].action,
      status: STATUS_OF[code],
      instance: /^urn:guard:request:.+/,
      ...problem,
    });
    const mayRetry = [429, 503].includes(STATUS_OF[code]);
    t.equal(
      "retry-after" in answer.headers,
      mayRetry,
      `${code} says when to come back: ${mayRetry}`,
    );
    t.ok(
      notices.some(({ kind, labels }) => kind === "problem" && labels?.code === code),
      "counted",
    );
  }
});

t.test("the statuses are those of the contract", async (t) => {
  t.same(
    new Set(Object.values(STATUS_OF)),
    new Set([400, 401, 403, 404, 405, 409, 413, 415, 429, 500, 501, 503]),
  );
  t.same(Object.keys(STATUS_OF).sort(), [...CODES].sort());
});

t.test("an id that cannot be one never reaches the desk and is not repeated", async (t) => {
  const desk = stubDesk();
  const { app, log } = open(t, { desk });
  const bad = [
    "short",
    `${SENTINEL}%20x`,
    "x".repeat(65),
    "y".repeat(200),
    `${SENTINEL}%ZZ`,
    `${SENTINEL}%3Cb%3E`,
  ];
  for (const id of bad) {
    for (const [method, url] of [
      ["GET", `/v1/swipes/${id}`],
      ["POST", `/v1/swipes/${id}/reversal`],
    ] as const) {
      const answer = await app.inject({ method, url, ...(method === "POST" && { payload: {} }) });
      t.equal(answer.statusCode, 400, `${method} ${id.slice(0, 24)}`);
      t.match(answer.headers["content-type"], /^application\/problem\+json/);
      t.notMatch(answer.body, id.slice(0, 20));
    }
  }
  t.same(desk.calls, []);
  t.notMatch(log.join(""), SENTINEL);
});

t.test(
  "a desk that throws is answered 500, and nothing of its message leaves or is logged",
  async (t) => {
    const check = async () => {
      throw new SyntaxError(`Unexpected token in ${SENTINEL}`);
    };
    const { app, log, notices } = open(t, { desk: stubDesk({ check }) });
    const answer = await app.inject({ method: "POST", url: "/v1/swipes", payload: {} });
    t.equal(answer.statusCode, 500);
    t.match(answer.json(), { code: "internal" });
    t.notMatch(answer.body, SENTINEL);
    const line = log.find((entry) => entry.includes('"error"')) ?? "";
    t.match(line, /SyntaxError/);
    t.match(line, /native\.test/, "the log says where");
    t.notMatch(log.join(""), SENTINEL);
    t.match(answer.json().instance, JSON.parse(line).reqId, "the caller can quote the line");
    t.ok(notices.some(({ kind }) => kind === "server.failed"));
  },
);

t.test("no address, query, header or body is ever logged", async (t) => {
  const { app, log } = open(t);
  await app.inject({
    method: "POST",
    url: `/v1/swipes/${SENTINEL}/settlement?person=${SENTINEL}`,
    headers: { "x-person": SENTINEL, "x-request-id": SENTINEL },
    payload: { person: SENTINEL },
  });
  await app.inject({ url: `/nowhere/${SENTINEL}` });
  t.ok(log.length >= 2, "requests are logged at debug");
  t.notMatch(log.join(""), SENTINEL);
  t.match(log.join(""), "/v1/swipes/:swipeId/settlement", "by their route");
});

t.test("what is not there is said so, in the shape of the door", async (t) => {
  const { app } = open(t);
  for (const [method, url] of [
    ["GET", "/"],
    ["GET", "/v1/swipes/P2101020012300001/nothing"],
    ["POST", "/v1/swipes/P2101020012300001/settlement/again"],
    ["DELETE", "/healthz/x"],
  ] as const) {
    const answer = await app.inject({ method, url, payload: "no JSON" });
    t.equal(answer.statusCode, 404, `${method} ${url}`);
    t.match(answer.json(), { code: "not_found" });
    t.notOk(answer.headers.allow, "nothing is allowed there");
  }
  const unknown = await app.inject({ method: "POST", url: "/nhsa/1101", payload: {} });
  t.equal(unknown.statusCode, 404);
  t.match(unknown.json(), { infcode: -1, output: { problem: { code: "not_found" } } });
});

t.test("a method an address does not have is 405, and says which it has", async (t) => {
  const desk = stubDesk();
  const { app, notices } = open(t, { desk });
  const swipe = "/v1/swipes/P2101020012300001";
  for (const [method, url, allow] of [
    ["GET", "/v1/swipes", "POST"],
    ["PUT", `/v1/swipes?person=${SENTINEL}`, "POST"],
    ["DELETE", swipe, "GET, HEAD"],
    ["POST", swipe, "GET, HEAD"],
    ["PATCH", "/v1/swipes/batch", "GET, HEAD, POST"],
    ["GET", `${swipe}/settlement`, "POST"],
    ["OPTIONS", `${swipe}/reversal`, "POST"],
    ["POST", "/healthz", "GET, HEAD"],
    ["DELETE", "/docs/json", "GET, HEAD"],
  ] as const) {
    // The body is not looked at: what it is says nothing about the address.
    const answer = await app.inject({ method, url, payload: "no JSON" });
    t.equal(answer.statusCode, 405, `${method} ${url}`);
    t.match(answer.headers["content-type"], /^application\/problem\+json/);
    t.equal(answer.headers.allow, allow);
    t.match(answer.json(), { code: "method_not_allowed", status: 405 });
    t.notMatch(answer.body, SENTINEL);
  }
  const nhsa = await app.inject({ url: "/nhsa/2102" });
  t.equal(nhsa.statusCode, 405);
  t.equal(nhsa.headers.allow, "POST");
  t.match(nhsa.json(), { infcode: -1, output: { problem: { code: "method_not_allowed" } } });
  t.same(desk.calls, []);
  t.ok(
    notices.some(({ labels }) => labels?.["code"] === "method_not_allowed"),
    "counted",
  );
});

t.test("the batch way in says that it is not available yet, whatever is sent", async (t) => {
  const desk = stubDesk();
  const { app } = open(t, { desk });
  const headers = { "content-type": "application/x-ndjson" };
  const answer = await app.inject({
    method: "POST",
    url: "/v1/swipes/batch",
    headers,
    payload: "{}\n{}\n",
  });
  t.equal(answer.statusCode, 501);
  t.match(answer.json(), { code: "not_yet" });
  t.same(desk.calls, []);
});
