import type { DurationMs, Observer, Timers } from "../../units.ts";
import type { SharedDocuments } from "../control-documents.ts";
import type { MemoryHome } from "../operations.ts";
import { openCluster } from "./cluster-connection.ts";
import { clusterDocuments } from "./cluster-documents.ts";
import { createClusterHome } from "./cluster-home.ts";
import { type ConnectionTuning, openRedis, type RedisConnection } from "./redis-connection.ts";
import { redisDocuments } from "./redis-documents.ts";
import { createRedisHome } from "./redis-home.ts";
import type { RedisSettings } from "./redis-options.ts";

export interface OpenedHome {
  readonly connection: RedisConnection;
  readonly home: MemoryHome;
  /** What instances share beside the counts, under this generation's name. */
  documents(generation: string): SharedDocuments;
}

/** The memory on whichever Redis the settings mean: one, one behind sentinels, or a Cluster. `now`: monotonic. */
export function openRedisHome(
  settings: RedisSettings,
  now: () => DurationMs,
  timers: Timers,
  observer: Observer,
  tuning: ConnectionTuning = {},
): OpenedHome {
  if (settings.cluster === undefined) {
    const connection = openRedis(settings, now, observer, tuning);
    const documents = (generation: string) => redisDocuments(connection, generation);
    return { connection, home: createRedisHome(connection), documents };
  }
  const connection = openCluster(settings, now, observer, tuning);
  return {
    connection,
    home: createClusterHome(connection, timers, now),
    documents: (generation) => clusterDocuments(connection, generation, timers, now),
  };
}
