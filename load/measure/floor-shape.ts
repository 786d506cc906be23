import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { calibrate } from "../floors/calibrate.ts";
import type { MemoryShape } from "../floors/memory-shape.ts";
import { startGenerator } from "../generators/generator.ts";
import { askRedis, portsOf } from "./ask-redis.ts";
import type { Contender, Ground } from "./phases.ts";

/** Few enough that Redis, which tells every command meanwhile, keeps up. */
const TILLS = 4;
const WARM_UP_S = 5;
const FOR_S = 3;

/** What the guard's scripts read and write for a check and a step, heard from the guard itself under the same traffic. */
export async function hearFloorShape(
  { redisUrl, scratch, reference, traffic }: Ground,
  { subject, policyFile }: Contender,
): Promise<MemoryShape> {
  for (const port of portsOf(redisUrl)) await askRedis(port, ["FLUSHALL", "SYNC"]);
  const heard = await calibrate(redisUrl);
  const folder = mkdtempSync(join(scratch, "calibrate-"));
  const running = await subject.start({ redisUrl, scratch: folder, reference, policyFile });
  const generator = startGenerator({
    url: running.url,
    traffic,
    load: { kind: "closed", connections: TILLS },
    warmUpS: WARM_UP_S,
    forS: FOR_S,
  });
  try {
    await generator.warm;
    await generator.pace();
    heard.begin();
    await generator.go();
    return await heard.done();
  } finally {
    await generator.stop();
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
