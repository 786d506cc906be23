import { connect, type Socket } from "node:net";
import { eventually } from "./guard-process.ts";

/** One command to a Redis of the test's own, its reply as text; for what a test sets up or looks up. */
export async function ask(port: number, ...words: readonly string[]): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port });
  let text = "";
  socket.on("data", (bytes) => {
    text += bytes.toString("latin1");
  });
  const ended = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.write(encode(words) + encode(["QUIT"]));
  await ended;
  return text.replace(/\+OK\r\n$/, "");
}

function encode(words: readonly string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
  return `*${words.length}\r\n${parts.join("")}`;
}

/** How often each command ran, whoever called it: scripts' own calls are among them. */
export async function commandCounts(port: number): Promise<Record<string, number>> {
  const text = await ask(port, "INFO", "commandstats");
  const found = text.matchAll(/cmdstat_([a-z|]+):calls=(\d+)/g);
  return Object.fromEntries([...found].map(([, name = "", calls]) => [name, Number(calls)]));
}

/** Commands as they arrive, by who sent them: `lua` for a script's own. */
export class Monitor {
  private readonly socket: Socket;
  private text = "";
  private readonly port: number;

  constructor(port: number) {
    this.port = port;
    this.socket = connect({ host: "127.0.0.1", port });
    this.socket.on("data", (bytes) => {
      this.text += bytes.toString("latin1");
    });
  }

  async start(): Promise<void> {
    this.socket.write(encode(["MONITOR"]));
    await eventually(() => this.text.includes("+OK"));
  }

  /** Names of the commands clients sent; those of scripts are left out, and what instances tell each other by the clock. */
  async stop(): Promise<Record<string, number>> {
    // Seen by the monitor after everything that was sent before it.
    await ask(this.port, "ECHO", "monitor-ends-here");
    await eventually(() => this.text.includes("monitor-ends-here"));
    this.socket.destroy();
    const counts: Record<string, number> = {};
    const lines = this.text.matchAll(/^\+[\d.]+ \[\d+ (\S+)\] "([^"]+)"(.*)$/gm);
    for (const [, source, name = "", rest = ""] of lines) {
      if (source === "lua" || /^(echo|quit)$/i.test(name) || rest.includes(":{control}")) continue;
      counts[name.toUpperCase()] = (counts[name.toUpperCase()] ?? 0) + 1;
    }
    return counts;
  }
}
