import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startCluster } from "../../tests/services/redis-cluster.ts";
import type { Running, Subject } from "../subjects/subject.ts";
import { type CurvePlan, oneByOne } from "./curve-plan.ts";
import { measurePoint } from "./curve-point.ts";

const INSTANCES = [1, 2, 3, 4];
const SHARDS = [1, 2, 3];
/** Redis' own default: a machine at its limit is slow, not dead. */
const NODE_TIMEOUT_MS = 15_000;

export const SERVER_CURVES: readonly CurvePlan[] = [
  {
    name: "instances",
    title: "More guards on one Redis",
    x: "guards on one Redis",
    measure: (ground) =>
      oneByOne(ground, INSTANCES, (instances) =>
        measurePoint(ground, instances, {
          subject: several(ground.subject, instances),
          instances,
        }),
      ),
  },
  {
    name: "shards",
    title: "More shards of a Redis Cluster",
    x: "primaries of a Redis Cluster",
    measure: (ground) =>
      oneByOne(ground, SHARDS, async (shards) => {
        const cluster = await startCluster({ primaries: shards, nodeTimeoutMs: NODE_TIMEOUT_MS });
        try {
          return await measurePoint(ground, shards, { redisUrl: cluster.url });
        } finally {
          await cluster.stop();
        }
      }),
  },
];

/** Several of one subject on the same Redis, each with its own folder; tills are dealt out to them in turn. */
function several(subject: Subject, count: number): Subject {
  return {
    name: `${count} x ${subject.name}`,
    async start(around) {
      const running: Running[] = [];
      const stop = async () => {
        await Promise.all(running.map((one) => one.stop()));
      };
      try {
        for (let index = 0; index < count; index += 1) {
          const scratch = join(around.scratch, `instance-${index}`);
          mkdirSync(scratch, { recursive: true });
          running.push(await subject.start({ ...around, scratch }));
        }
      } catch (error) {
        await stop();
        throw error;
      }
      return {
        url: running.map(({ url }) => url).join(","),
        pids: running.flatMap(({ pids }) => pids),
        metrics: async () => undefined,
        stop,
      };
    },
  };
}
