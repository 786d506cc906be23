import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import t from "tap";
import { createApp } from "../../src/http/app.ts";
import { DOOR_LIMITS, DoorLimitsError } from "../../src/http/limits.ts";
import { openApiDocument } from "../../src/http/published.ts";
import type { Readiness } from "../../src/http/readiness.ts";
import type { DecisionAnswer } from "../../src/swipe/answer.ts";
import { NHSA_ROUTES } from "../../src/swipe/nhsa/route.ts";
import type { Outcome } from "../../src/swipe/problem.ts";
import { ALLOW, open, stubDesk } from "./stub-desk.ts";

const WELL: Readiness = { blocking: [], degraded: [], notInstalled: [] };

/** A desk whose checks wait until the test lets them go. */
function slowDesk() {
  const waiting: ((outcome: Outcome<DecisionAnswer>) => void)[] = [];
  const desk = stubDesk({ check: () => new Promise((resolve) => waiting.push(resolve)) });
  const release = () => {
    for (const resolve of waiting.splice(0)) resolve({ value: ALLOW });
  };
  return { desk, release, waiting };
}

t.test("the process says that it lives, whatever else is wrong", async (t) => {
  const { app } = open(t, { draining: () => true });
  const answer = await app.inject({ url: "/healthz" });
  t.equal(answer.statusCode, 200);
  t.same(answer.json(), { status: "alive" });
  t.equal((await app.inject({ method: "HEAD", url: "/healthz" })).statusCode, 200);
});

t.test(
  "a dead store and a list that is not there are named, and no reason to go elsewhere",
  async (t) => {
    const degraded = [
      { name: "redis", reason: "The store does not answer; checks are stand-ins." },
    ];
    const { app } = open(t, {
      readiness: () => ({ ...WELL, degraded, notInstalled: ["dealers"] }),
    });
    const answer = await app.inject({ url: "/readyz" });
    t.equal(answer.statusCode, 200);
    t.same(answer.json(), {
      status: "degraded",
      blocking: [],
      degraded,
      notInstalled: ["dealers"],
    });
  },
);

t.test("what another instance could do better makes readyz fail, by name", async (t) => {
  const blocking = [{ name: "journal", reason: "The disk is full." }];
  const { app } = open(t, { readiness: () => ({ ...WELL, blocking }) });
  const answer = await app.inject({ url: "/readyz" });
  t.equal(answer.statusCode, 503);
  t.match(answer.json(), { status: "notReady", blocking });
  const well = await open(t).app.inject({ url: "/readyz" });
  t.match([well.statusCode, well.json()], [200, { status: "ready" }]);
});

t.test("while stopping, new requests are sent elsewhere and probes still answer", async (t) => {
  const desk = stubDesk();
  const { app } = open(t, { desk, draining: () => true });
  for (const url of ["/v1/swipes", "/v1/swipes/P2101020012300001/settlement", "/nhsa/2102"]) {
    const answer = await app.inject({ method: "POST", url, payload: {} });
    t.equal(answer.statusCode, 503, url);
    t.equal(answer.headers.connection, "close", url);
    t.equal(answer.headers["retry-after"], "1", url);
    t.match(answer.body, '"draining"');
  }
  t.same(desk.calls, []);
  const ready = await app.inject({ url: "/readyz" });
  t.match([ready.statusCode, ready.json()], [503, { blocking: [{ name: "draining" }] }]);
  t.equal((await app.inject({ url: "/metrics" })).statusCode, 200);
});

t.test("closing answers what is in flight and then lets go of the connection", async (t) => {
  const { desk, release, waiting } = slowDesk();
  const { app } = open(t, { desk });
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const headers = { "content-type": "application/json" };
  const call = httpRequest({
    agent,
    host: "127.0.0.1",
    port,
    path: "/v1/swipes",
    method: "POST",
    headers,
  });
  call.end("{}");
  while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const closed = app.close();
  while (app.server.listening) await new Promise((resolve) => setImmediate(resolve));
  release();
  const [response] = await once(call, "response");
  t.equal(response.statusCode, 200);
  t.equal(response.headers.connection, "close", "the till opens its next connection elsewhere");
  response.resume();
  await closed;
  t.pass("and the server is gone");
});

t.test(
  "beyond what the desk can work on, requests are turned away at once and counted",
  async (t) => {
    const { desk, release, waiting } = slowDesk();
    const { app, notices } = open(t, { desk, limits: { placesMax: 2, placesMin: 1 } });
    const check = () => app.inject({ method: "POST", url: "/v1/swipes", payload: {} });
    const accepted = [check(), check()];
    while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve));
    const refused = await check();
    t.equal(refused.statusCode, 503);
    t.equal(refused.headers["retry-after"], "1");
    t.match(refused.json(), { code: "overloaded" });
    const nhsa = await app.inject({ method: "POST", url: "/nhsa/2102", payload: {} });
    t.match(
      [nhsa.statusCode, nhsa.json()],
      [503, { infcode: -1, output: { problem: { code: "overloaded" } } }],
    );
    const ready = await app.inject({ url: "/readyz" });
    t.match([ready.statusCode, ready.json()], [503, { blocking: [{ name: "overload" }] }]);
    t.equal(notices.filter(({ kind }) => kind === "request.shed").length, 2);
    release();
    t.same(
      (await Promise.all(accepted)).map(({ statusCode }) => statusCode),
      [200, 200],
    );
    const after = check();
    while (waiting.length === 0) await new Promise((resolve) => setImmediate(resolve));
    release();
    t.equal((await after).statusCode, 200, "the places are free again");
  },
);

t.test("a call that fails frees its place too", async (t) => {
  const check = () => Promise.reject(new Error("broken"));
  const { app } = open(t, {
    desk: stubDesk({ check }),
    limits: { placesMax: 1, placesMin: 1 },
  });
  for (let turn = 0; turn < 3; turn += 1) {
    const answer = await app.inject({ method: "POST", url: "/v1/swipes", payload: {} });
    t.equal(answer.statusCode, 500);
  }
});

t.test("a lagging event loop leaves few places, shared out by pharmacy", async (t) => {
  const { desk, release, waiting } = slowDesk();
  const limits = { loopSampleInterval: 10, placeTime: 10, placesMin: 4 };
  // Time stands still once the loop was seen to lag, or it would be seen to have recovered.
  let stands: number | undefined;
  const steady = { now: () => stands ?? performance.now() };
  const { app, notices } = open(t, { desk, limits, steady });
  await app.ready();
  const said = (name: string) => notices.findLast(({ kind }) => kind === name);
  const post = (url: string, payload: object) => app.inject({ method: "POST", url, payload });
  const check = (code: string) => post("/v1/swipes", { swipeId: "S", pharmacy: { code } });
  const lowered = async () => {
    // Refused before the desk, so that it holds no place.
    await app.inject("/v1/swipes/short");
    return said("door.limit")?.value === 4;
  };
  for (let turn = 0; turn < 40 && !(await lowered()); turn += 1) {
    const until = performance.now() + 60;
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  stands = performance.now();
  t.equal(said("door.limit")?.value, 4, "a loop that lags leaves four places");
  const accepted = [check("P21010200001"), check("P21010200001")];
  while (waiting.length < 2) await new Promise((resolve) => setImmediate(resolve));
  const third = await check("P21010200001");
  t.match([third.statusCode, third.json().code], [429, "share_used"], "half of them is a share");
  t.equal(third.headers["retry-after"], "1");
  const nhsa = { msgid: "P21010200001202611211015300001", fixmedins_code: "P21010200001" };
  const envelope = await post("/nhsa/2102", nhsa);
  t.match(
    [envelope.statusCode, envelope.json()],
    [429, { inf_refmsgid: nhsa.msgid, output: { problem: { code: "share_used" } } }],
    "through the other door it is the same pharmacy, and the till finds its answer",
  );
  accepted.push(check("P21010200002"));
  while (waiting.length < 3) await new Promise((resolve) => setImmediate(resolve));
  t.equal((await check("P21010200002")).statusCode, 429);
  accepted.push(check("P21010200003"));
  while (waiting.length < 4) await new Promise((resolve) => setImmediate(resolve));
  const full = await check("P21010200004");
  t.match([full.statusCode, full.json().code], [503, "overloaded"], "nothing is left for anybody");
  const step = await post("/v1/swipes/P21010200004-0001/settlement", {});
  t.equal(step.statusCode, 200, "what has happened is heard before what is asked");
  t.equal((await app.inject({ url: "/healthz" })).statusCode, 200);
  t.match((await app.inject({ url: "/readyz" })).json(), { blocking: [{ name: "overload" }] });
  release();
  t.same([...new Set((await Promise.all(accepted)).map(({ statusCode }) => statusCode))], [200]);
});

t.test("metrics are Prometheus text and know what happened", async (t) => {
  const { app } = open(t);
  await app.inject({ method: "POST", url: "/v1/swipes", payload: {} });
  await app.inject({ url: "/v1/swipes/short" });
  const answer = await app.inject({ url: "/metrics" });
  t.equal(answer.statusCode, 200);
  t.match(answer.headers["content-type"], /^text\/plain; version=0\.0\.4/);
  t.match(answer.body, 'guard_requests_total{route="/v1/swipes",status="200"} 1');
  t.match(answer.body, 'guard_problems_total{code="bad_request",via="native"} 1');
});

t.test(
  "the readable page lists each route, needs nothing from outside and escapes what it shows",
  async (t) => {
    const { app } = open(t, { version: "1.2.3<script>" });
    const page = await app.inject({ url: "/docs" });
    const document = (await app.inject({ url: "/docs/json" })).json();
    t.match(page.headers["content-type"], /^text\/html/);
    t.match(page.headers["content-security-policy"], "default-src 'none'");
    t.notMatch(page.body, /<script|src=|https?:\/\/(?!fastify)/);
    const paths = Object.keys(document.paths);
    for (const path of paths) t.ok(page.body.includes(`<code>${path}</code>`), path);
    const nhsa = NHSA_ROUTES.map((route) => `/nhsa/${route}`);
    const native = ["settlement", "reversal", "acknowledgement"].map(
      (step) => `/v1/swipes/{swipeId}/${step}`,
    );
    const expected = ["/v1/swipes", "/v1/swipes/{swipeId}", "/v1/swipes/batch", ...native, ...nhsa];
    t.same(
      paths.sort(),
      [...expected, "/docs", "/docs/json", "/healthz", "/metrics", "/readyz"].sort(),
    );
  },
);

t.test(
  "the OpenAPI document is 3.1, complete in itself and made of the schemas the desk validates by",
  async (t) => {
    const { app } = open(t);
    const text = (await app.inject({ url: "/docs/json" })).body;
    const document = JSON.parse(text);
    t.same(
      JSON.parse(JSON.stringify(await openApiDocument("0.0.0-test", {}))),
      document,
      "and is the one that is published",
    );
    t.match(document.openapi, /^3\.1\./);
    const names = Object.keys(document.components.schemas);
    const references = new Set(
      [...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name),
    );
    t.ok(references.size > 5);
    for (const name of references) t.ok(names.includes(name ?? ""), `${name} is there`);
    const check = document.paths["/v1/swipes"].post;
    t.same(check.requestBody.content["application/json"].schema, {
      $ref: "#/components/schemas/CheckBody",
    });
    t.equal(
      document.components.schemas.CheckBody.additionalProperties,
      false,
      "unknown keys are refused",
    );
    t.same(Object.keys(check.responses), ["200", "400", "409", "413", "415", "429", "500", "503"]);
  },
);

t.test("limits that contradict one another stop the start, each by its relation", async (t) => {
  const contradictions = [
    { bodyBytes: DOOR_LIMITS.drainBytes + 1 },
    { placesMin: DOOR_LIMITS.placesMax + 1 },
    { placeTime: DOOR_LIMITS.loopSampleInterval + 1 },
    { stepRoom: 0.5 },
    { lagShare: 0 },
    { keepAliveTimeout: DOOR_LIMITS.connectionTimeout + 1 },
    { requestTimeout: DOOR_LIMITS.connectionTimeout + 1 },
    { requestTimeout: DOOR_LIMITS.timeoutCheckInterval - 1 },
    { pathParameterChars: 64 },
    { utilizationMax: 0 },
  ];
  for (const limits of contradictions) {
    const build = () => createApp({ ...({} as Parameters<typeof createApp>[0]), limits });
    t.throws(build, DoorLimitsError, Object.keys(limits).join());
  }
});
