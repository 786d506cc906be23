import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import t, { type Test } from "tap";
import { RawConnection, type RawReply } from "../../../load/generators/raw-connection.ts";

async function connected(t: Test, listener: RequestListener): Promise<RawConnection> {
  const server = createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  const connection = new RawConnection(new URL(`http://127.0.0.1:${address.port}`));
  t.teardown(() => {
    connection.cut("the test is over");
    server.close();
  });
  await connection.ready;
  return connection;
}

function post(connection: RawConnection): Promise<RawReply> {
  return new Promise((resolve) => connection.exchange("/v1/swipes", '{"药":1}', resolve));
}

t.test("one connection carries one request after the other, headers and all", async (t) => {
  let heard = "";
  const connection = await connected(t, (request, reply) => {
    request.on("data", (bytes: Buffer) => {
      heard += bytes.toString();
    });
    request.on("end", () => {
      reply.statusCode = 429;
      reply.setHeader("retry-after", "1");
      reply.end('{"药":2}');
    });
  });
  for (const _ of [1, 2]) {
    const { status, head, body } = await post(connection);
    t.equal(status, 429);
    t.match(head, /\r\nretry-after: 1/i);
    t.equal(body, '{"药":2}');
  }
  t.equal(heard, '{"药":1}'.repeat(2));
  t.ok(connection.isOpen);
});

t.test("what is cut off, and what is asked after that, has no answer", async (t) => {
  const connection = await connected(t, (request) => request.socket.destroy());
  t.match(await post(connection), { status: 0, head: "" });
  t.notOk(connection.isOpen);
  t.match(await post(connection), { status: 0, body: "connection closed" });
});

t.test("a server that closes after its answer is believed", async (t) => {
  const connection = await connected(t, (_, reply) => {
    reply.setHeader("connection", "close");
    reply.end("{}");
  });
  t.equal((await post(connection)).status, 200);
  t.notOk(connection.isOpen);
});
