import { randomUUID } from "node:crypto";
import { createMemoryShelf } from "../../src/counters/embedded/byte-shelf.ts";
import { createEmbeddedHome } from "../../src/counters/embedded/embedded-home.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import type { MemoryHome } from "../../src/counters/operations.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { START } from "../conformance/swipes.ts";
import { type Home, repliesOf } from "./twins.ts";
import type { Step } from "./twins-steps.ts";

function homeOf(home: (now: () => number) => MemoryHome): Home {
  let now = START;
  const clock = () => now;
  return {
    store: createPackedStore(home(clock), createKeyNames(`twins-${randomUUID()}`), clock),
    setNow: (at) => {
      now = at;
    },
  };
}

/** The same steps on the embedded home and on another give the same replies, which come back. */
export async function assertTwins(
  other: MemoryHome,
  steps: readonly Step[],
  years: boolean,
): Promise<readonly string[]> {
  const embedded = homeOf((now) => createEmbeddedHome(createMemoryShelf(), now));
  const remote = homeOf(() => other);
  const here = await repliesOf(embedded, steps, years);
  const there = await repliesOf(remote, steps, years);
  for (const [step, reply] of here.entries()) {
    if (reply === there[step]) continue;
    const told = `step ${step} ${JSON.stringify(steps[step])}`;
    throw new Error(`${told}\n  embedded ${reply}\n  other    ${there[step]}`);
  }
  return here;
}
