import { once } from "node:events";
import { createServer, type RequestListener, type ServerResponse } from "node:http";
import t, { type Test } from "tap";
import { runOpenLoop } from "../../../load/generators/open-loop.ts";
import { RawClient } from "../../../load/generators/raw-client.ts";
import { Tally } from "../../../load/generators/tally.ts";
import type { Shot, Traffic } from "../../../load/workload/traffic.ts";

const FULL = '{"decision":"allow","mode":"full"}';

/** Checks only, or each check followed by a step once it was answered. */
function trafficOf(withSteps: boolean): Traffic & { readonly answers: string[] } {
  const steps: Shot[] = [];
  const answers: string[] = [];
  let count = 0;
  return {
    answers,
    next: () => {
      const step = steps.shift();
      if (step !== undefined) return step;
      const swipeId = `swipe-${count++}`;
      return { path: "/v1/swipes", body: `{"id":"${swipeId}"}`, kind: "check", swipeId };
    },
    answered: (shot, status, body) => {
      answers.push(`${status} ${body}`);
      if (withSteps && shot.kind === "check") steps.push({ ...shot, path: "/step", kind: "step" });
    },
  };
}

async function serve(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return `http://127.0.0.1:${address.port}`;
}

async function load(t: Test, url: string, traffic: Traffic, perSecond: number, forS: number) {
  const client = new RawClient(url);
  t.teardown(() => client.close());
  await client.open(4);
  const tally = new Tally();
  await runOpenLoop({ perSecond, forS }, client, traffic, tally);
  return tally.result(forS, 0);
}

t.test(
  "a stall is charged to every check that came due in it, not to the first alone",
  async (t) => {
    const STALL_MS = 400;
    const held: ServerResponse[] = [];
    let heard = 0;
    let isStalled = false;
    const url = await serve(t, (_, reply) => {
      heard += 1;
      if (heard === 20) {
        isStalled = true;
        setTimeout(() => {
          isStalled = false;
          for (const each of held.splice(0)) each.end(FULL);
        }, STALL_MS);
      }
      if (isStalled) held.push(reply);
      else reply.end(FULL);
    });
    const seen = await load(t, url, trafficOf(false), 200, 1);
    t.equal(seen.checks, 200, "each was due, whatever went before it");
    t.equal(seen.answered, 200);
    t.equal(seen.failed, 0);
    // Due in the first 350 ms of the stall: 70 checks that waited for more than 50 ms.
    t.ok(seen.checks - seen.withinDeadline >= 70, `${seen.checks - seen.withinDeadline} were late`);
  },
);

t.test("steps ride along and have no part in the latency, nor in the checks", async (t) => {
  const url = await serve(t, (request, reply) => {
    if (request.url === "/step") setTimeout(() => reply.end("{}"), 100);
    else reply.end(FULL);
  });
  const seen = await load(t, url, trafficOf(true), 100, 0.5);
  t.equal(seen.checks, 50);
  t.ok(seen.steps > 0, "steps were sent");
  t.equal(seen.answered, 50);
  t.ok(seen.p50 < 100, "a step's time is not a check's");
});

t.test("only answers that name the mode full count as full", async (t) => {
  let heard = 0;
  const url = await serve(t, (_, reply) => {
    heard += 1;
    reply.end(heard % 2 === 0 ? FULL : FULL.replace("full", "standIn"));
  });
  const seen = await load(t, url, trafficOf(false), 100, 0.4);
  t.equal(seen.answered, 40);
  t.equal(seen.withMode, 40);
  t.equal(seen.full, 20);
});

t.test(
  "what is refused or cut off counts as failed, and what came is passed on whole",
  async (t) => {
    let heard = 0;
    const url = await serve(t, (request, reply) => {
      heard += 1;
      if (heard % 4 === 1) reply.writeHead(503).end("{}");
      else if (heard % 4 === 2) request.socket.destroy();
      else reply.end('{"message":"药"}');
    });
    const traffic = trafficOf(false);
    const seen = await load(t, url, traffic, 100, 0.4);
    t.equal(seen.checks, 40);
    t.equal(seen.failed, 20);
    t.equal(seen.answered, 20);
    t.equal(traffic.answers.length, 40, "each check has one end");
    t.equal(traffic.answers.filter((each) => each === '200 {"message":"药"}').length, 20);
  },
);

t.test("a subject that is gone fails every check, and the run ends by itself", async (t) => {
  const url = await serve(t, (request) => request.socket.destroy());
  const seen = await load(t, url, trafficOf(false), 100, 0.2);
  t.equal(seen.checks, 20);
  t.equal(seen.failed, 20);
  t.equal(seen.answered, 0);
});
