import { once } from "node:events";
import { connect } from "node:net";

const REPLY_LIMIT_MS = 5_000;

/** One command on a connection of its own, its reply as it came over the wire. Rejects where none comes in 5 s. */
export async function askRedis(port: number, words: readonly string[]): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port });
  let text = "";
  socket.setTimeout(REPLY_LIMIT_MS, () => socket.destroy(new Error("Redis does not answer")));
  socket.on("data", (bytes) => {
    text += bytes.toString("latin1");
  });
  socket.write(encodeCommand(words) + encodeCommand(["QUIT"]));
  await once(socket, "close");
  if (text === "") throw new Error(`Redis on port ${port} does not answer`);
  if (text.startsWith("-")) throw new Error(`Redis refuses ${words[0]}: ${text.slice(1, 200)}`);
  return text.replace(/\+OK\r\n$/, "");
}

export function encodeCommand(words: readonly string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join("")}`;
}

/** Ports of a loopback `redis://` or `redis+cluster://` address; of a Cluster all that are named. */
export function portsOf(redisUrl: string): readonly number[] {
  const hosts = redisUrl.replace(/^[a-z+]+:\/\//, "").replace(/\/.*$/, "");
  return hosts.split(",").map((host) => Number(host.split(":").at(-1)));
}
