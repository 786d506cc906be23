import type { ControlDocuments } from "../control-documents.ts";
import type { RedisConnection } from "./redis-connection.ts";

export function redisDocuments(connection: RedisConnection, generation: string): ControlDocuments {
  return {
    claim: async (name, value) => {
      const key = `${generation}:{control}${name}`;
      const standing = await connection.send("SET", [key, value, "NX", "GET"]);
      return Buffer.isBuffer(standing) ? standing.toString() : value;
    },
  };
}
