import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { guard } from "../../load/subjects/guard.ts";
import { program } from "../../load/subjects/program.ts";
import type { Subject } from "../../load/subjects/subject.ts";
import { peersPolicyText } from "../../load/workload/policies.ts";
import { TWENTY_RULES } from "../../load/workload/twenty-rules.ts";
import { shipped } from "../../src/config/settings.ts";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { type Body, createCustomers, type Told } from "./customers.ts";

/** Persons on a list, by the number of `Told`. */
const STOPPED = 7;
const DEALER = 8;
const TWO = 2;

/** What is sold, and which rules the last of it fires: no swipe before it fires one. */
interface Scene {
  readonly fires: readonly string[];
  readonly told: readonly Told[];
}

function times(count: number, told: (index: number) => Told): readonly Told[] {
  return Array.from({ length: count }, (_, index) => told(index));
}

/**
 * One scene a rule, each at a place of its own. Nobody is refused before the last swipe, because what was refused
 * counts for the peers and not for the guard; CF-01 and CF-16 need more persons than CF-02 lets pass in a minute.
 */
const SCENES: readonly Scene[] = [
  { fires: ["CF-02"], told: times(20, () => ({ pharmacy: 1, terminal: "T1" })) },
  { fires: ["CF-16"], told: times(40, () => ({ pharmacy: 2, operator: "O1" })) },
  { fires: ["CF-05"], told: times(7, () => ({ agent: "AGENT-1" })) },
  { fires: ["CF-06"], told: times(40, () => ({ pharmacy: 3, area: "110100" })) },
  { fires: ["CF-07"], told: times(7, () => ({ pharmacy: 4, isBasket: true })) },
  { fires: ["CF-11"], told: times(15, () => ({ pharmacy: 5, employer: "EMPLOYER-1" })) },
  { fires: ["RX-02"], told: times(30, () => ({ pharmacy: 6, prescriber: "D210105000001" })) },
  { fires: ["OV-01"], told: times(20, () => ({ pharmacy: 7, approver: "MANAGER-1" })) },
  { fires: ["OQ-07"], told: times(4, () => ({ person: 101 })) },
  { fires: ["PH-02"], told: times(TWO, () => ({ device: "DEVICE-1" })) },
  { fires: ["IM-05"], told: times(TWO, () => ({ card: "SN-SHARED" })) },
  { fires: ["IM-09"], told: times(TWO, () => ({ idNumber: "210105196001010017" })) },
  { fires: ["TR-01"], told: times(TWO, () => ({ codes: ["81027072468513102331"] })) },
  { fires: ["SW-04"], told: [{ total: 5_000 }] },
  { fires: ["CF-15"], told: times(11, () => ({ pharmacy: 8, total: 4_600 })) },
  { fires: ["IM-03"], told: [{ person: STOPPED }] },
  { fires: ["RS-08"], told: [{ person: DEALER }] },
  { fires: [], told: times(20, () => ({})) },
];

const SUBJECTS: readonly Subject[] = [
  guard("the guard", fileURLToPath(new URL("../../src", import.meta.url))),
  program("json-rules", "peers/json-rules.js"),
  // The zen engine is a binary, and this package has it for one platform.
  ...(process.platform === "linux" && process.arch === "x64"
    ? [program("zen", "peers/zen.js")]
    : []),
];

t.test(
  "the peers fire the rules that the guard fires",
  {
    skip: skipWithoutRedisServer(),
  },
  async (t) => {
    const folder = t.testdir();
    const { reference, policyFile } = places(folder);
    const customers = createCustomers(Date.now());
    const shots = SCENES.map(({ fires, told }) => ({
      fires,
      bodies: told.map((each) => customers.body(each)),
    }));
    for (const subject of SUBJECTS) {
      const redis = await startRedis();
      t.teardown(redis.stop);
      const scratch = join(folder, subject.name.replaceAll(" ", "-"));
      mkdirSync(scratch);
      // Nobody may be in a hurry: a stand-in fires no rule that counts.
      const env = { GUARD_DEADLINE_MS: "5000", LOG_LEVEL: "error" };
      const running = await subject.start({
        ...{ redisUrl: redis.url, scratch, reference, policyFile, env },
      });
      t.teardown(() => running.stop());
      for (const { fires, bodies } of shots) {
        const fired = [];
        for (const body of bodies) fired.push(await firedBy(running.url, body));
        t.same(fired.pop(), fires, `${subject.name}: ${fires} at the last of ${bodies.length}`);
        t.same(fired.flat(), [], `${subject.name}: none before it`);
      }
      await running.stop();
      await redis.stop();
    }
  },
);

t.test("every rule is in a scene but those that say why not", async (t) => {
  const inScenes = SCENES.flatMap(({ fires }) => fires);
  // CF-01: above. CF-03 and CF-04 count what was settled with the guard, and every try with the peers.
  const all = [...inScenes, "CF-01", "CF-03", "CF-04"].sort();
  t.same(all, TWENTY_RULES.map(({ id }) => id).sort());
});

function places(folder: string): { reference: string; policyFile: string } {
  const reference = join(folder, "reference");
  cpSync(shipped().referenceDir, reference, { recursive: true });
  const number = (person: number) => `21010${String(person).padStart(15, "0")}`;
  for (const [list, person] of [
    ["settlement-stopped", STOPPED],
    ["dealers", DEALER],
  ] as const) {
    const rows = ["id,from,to,source,note", `${number(person)},,,test,`];
    writeFileSync(join(reference, "lists", `${list}.csv`), `${rows.join("\n")}\n`);
  }
  const policyFile = join(folder, "policy.yaml");
  writeFileSync(policyFile, peersPolicyText());
  return { reference, policyFile };
}

async function firedBy(url: string, body: Body): Promise<readonly string[]> {
  const answer = await fetch(`${url}/v1/swipes`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const said = (await answer.json()) as { readonly hits?: readonly { readonly rule: string }[] };
  if (said.hits === undefined) throw new Error(`${answer.status}: ${JSON.stringify(said)}`);
  return said.hits.map(({ rule }) => rule).sort();
}
