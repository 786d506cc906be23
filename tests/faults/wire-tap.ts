import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A port in front of another one that keeps every byte that goes through, both ways. */
export interface WireTap {
  readonly port: number;
  heard(): Buffer;
  /** Cuts what goes through and answers no more. */
  close(): Promise<void>;
}

export async function tapWire(target: number): Promise<WireTap> {
  const heard: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((caller) => {
    const callee = connect({ host: "127.0.0.1", port: target });
    join(caller, callee);
    join(callee, caller);
  });
  /** Bytes of one direction stay beside each other: a value is never cut by another connection's. */
  function join(from: Socket, to: Socket): void {
    const chunks: Buffer[] = [];
    sockets.add(from);
    from.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      to.write(chunk);
    });
    from.on("error", () => to.destroy());
    from.on("close", () => {
      heard.push(...chunks.splice(0));
      to.destroy();
    });
  }
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no TCP address");
  return {
    port: address.port,
    heard: () => Buffer.concat(heard),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
