import { once } from "node:events";
import { createServer } from "node:http";
import t from "tap";
import { runClosedLoop } from "../../../load/generators/closed-loop.ts";
import { Tally } from "../../../load/generators/tally.ts";
import type { Shot } from "../../../load/workload/traffic.ts";

t.test("each till has one request at a time, and every answer is looked at", async (t) => {
  let under = 0;
  let most = 0;
  let heard = 0;
  const bodies = new Set<string>();
  const server = createServer((request, reply) => {
    under += 1;
    most = Math.max(most, under);
    heard += 1;
    const isRefused = heard % 10 === 0;
    request.on("data", (bytes) => bodies.add(`${request.url} ${bytes}`));
    request.on("end", () => {
      // Held for a moment, so that tills meet.
      setTimeout(() => {
        under -= 1;
        reply.writeHead(isRefused ? 503 : 200).end('{"mode":"full"}');
      }, 2);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const ended: Shot[] = [];
  let made = 0;
  const tally = new Tally();
  await runClosedLoop(
    { url: `http://127.0.0.1:${port}`, connections: 3, forS: 0.5 },
    {
      next: () => {
        const kind = made % 2 === 0 ? ("check" as const) : ("step" as const);
        const swipeId = `swipe-${made++}`;
        return { path: `/${kind}`, body: `{"id":"${swipeId}"}`, kind, swipeId };
      },
      answered: (shot) => ended.push(shot),
    },
    tally,
  );
  const seen = tally.result(0.5, 0);
  t.ok(most <= 3, `${most} at once`);
  t.equal(seen.checks + seen.steps, ended.length, "what was cut off at the end counts nowhere");
  t.ok(heard - ended.length <= 3, "one a till at most was cut off");
  t.ok(seen.failed > 0, "the refused ones failed");
  t.ok(seen.failed <= Math.floor(heard / 10));
  t.equal(seen.full, seen.answered);
  t.equal(new Set(ended.map(({ swipeId }) => swipeId)).size, ended.length, "no request twice");
  t.ok(bodies.has('/check {"id":"swipe-0"}'), "the body and the address are the traffic's");
});
