import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hearFloorShape } from "../measure/floor-shape.ts";
import type { Contender, Ground } from "../measure/phases.ts";
import type { Names } from "../measure/targets.ts";
import { type BenchOptions, BenchOptionsError } from "../options.ts";
import { CANONICAL_RULES, peersPolicyText, policyText } from "../workload/policies.ts";
import { withDeadRedis } from "./dead-redis.ts";
import { guard, guardWithOwnStore } from "./guard.ts";
import { program } from "./program.ts";
import { withSlowRedis } from "./slow-redis.ts";

/** Everybody who is measured. */
export interface Contenders {
  readonly guard: Contender;
  /** The guard with a fifth of the rules, over the same memory. */
  readonly fewRules: Contender;
  /** The guard with the rules that the peers have. */
  readonly peersRules: Contender;
  /** The guard as it comes without Redis. */
  readonly ownStore: Contender;
  readonly memoryFloor: Contender;
  readonly bareFloor: Contender;
  readonly peers: readonly Contender[];
  /** The guard with a Redis that is slow or dead. */
  readonly standIns: readonly Contender[];
  readonly names: Names;
  isWanted(contender: Contender): boolean;
}

const FEW_RULES = 20;
const REPLY_LATE_MS = 20;

const NAMES: Names = {
  guard: "guard-100-rules",
  fewRules: "guard-20-rules",
  peersRules: "guard-peers-20",
  memoryFloor: "memory-floor",
  bareFloor: "bare-floor",
  peers: ["json-rules", "zen"],
};
const OWN_STORE = "guard-embedded";
const SLOW = `guard-redis-${REPLY_LATE_MS}ms-late`;
const FROZEN = "guard-redis-frozen";
const CLOSED = "guard-redis-port-closed";
const ALL: readonly string[] = [
  ...[NAMES.guard, NAMES.fewRules, NAMES.peersRules, OWN_STORE, NAMES.memoryFloor, NAMES.bareFloor],
  ...[...NAMES.peers, SLOW, FROZEN, CLOSED],
];

export async function contendersOf(
  ground: Ground,
  { only, dist }: Pick<BenchOptions, "only" | "dist">,
): Promise<Contenders> {
  const stranger = only.find((name) => !ALL.includes(name));
  if (stranger !== undefined) {
    throw new BenchOptionsError(`nobody is called ${stranger}; there are ${ALL.join(", ")}`);
  }
  const policyFile = writePolicy(ground, CANONICAL_RULES);
  const fewRules = writePolicy(ground, FEW_RULES);
  const peersRules = join(ground.scratch, "policy-peers.yaml");
  writeFileSync(peersRules, peersPolicyText());
  const isNamed = (name: string) => only.length === 0 || only.includes(name);
  const main: Contender = { subject: guard(NAMES.guard, dist), policyFile };
  // Heard by this build's scripts: those of another build may have other names.
  const own: Contender = { subject: guard(NAMES.guard), policyFile };
  const shape = isNamed(NAMES.memoryFloor) ? await hearFloorShape(ground, own) : undefined;
  const environment = shape === undefined ? {} : { FLOOR_SHAPE: JSON.stringify(shape) };
  const memory = program(NAMES.memoryFloor, "floors/memory.js", { dist, environment });
  const plain = guard("guard", dist);
  return {
    guard: main,
    fewRules: { subject: guard(NAMES.fewRules, dist), policyFile: fewRules },
    peersRules: { subject: guard(NAMES.peersRules, dist), policyFile: peersRules },
    ownStore: { subject: guardWithOwnStore(OWN_STORE, dist), policyFile },
    memoryFloor: { subject: memory, policyFile },
    bareFloor: { subject: program(NAMES.bareFloor, "floors/bare.js", { dist }), policyFile },
    peers: NAMES.peers.map((name) => ({
      subject: program(name, `peers/${name}.js`, { dist }),
      policyFile: peersRules,
    })),
    standIns: [
      { subject: withSlowRedis(SLOW, plain, REPLY_LATE_MS), policyFile },
      { subject: withDeadRedis(FROZEN, plain, "frozen"), policyFile },
      { subject: withDeadRedis(CLOSED, plain, "closed"), policyFile },
    ],
    names: NAMES,
    isWanted: ({ subject }) => isNamed(subject.name),
  };
}

/** A policy of so many rules in the scratch folder; gives its path. */
export function writePolicy({ scratch }: Pick<Ground, "scratch">, rules: number): string {
  const file = join(scratch, `policy-${rules}.yaml`);
  writeFileSync(file, policyText({ rules }));
  return file;
}
