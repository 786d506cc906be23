import type { FastifyInstance } from "fastify";

/** A process before its door: listens on loopback, says where in one line, and ends on SIGTERM or SIGINT. */
export async function serve(
  app: FastifyInstance,
  port: number,
  close: () => Promise<void>,
): Promise<void> {
  const address = await app.listen({ host: "127.0.0.1", port });
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => void app.close().then(close));
  }
  process.stdout.write(`listening ${address}\n`);
}

/** `PORT` and `REDIS_URL` of the environment; 0 is any free port. */
export function placesOf(environment: NodeJS.ProcessEnv): { port: number; redisUrl: string } {
  const redisUrl = environment["REDIS_URL"];
  if (redisUrl === undefined) throw new Error("REDIS_URL is not set.");
  return { port: Number(environment["PORT"] ?? 0), redisUrl };
}
