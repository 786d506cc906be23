import t from "tap";
import { auditLife, kindOf } from "./auditor.ts";
import { KNOWN_FAULTS } from "./breakages.ts";
import { planLife } from "./plan.ts";
import { layGround, live } from "./world.ts";

/** An honest guard broken in one place is found out in far fewer; measured numbers are in each comment's output. */
const LIVES_MAX = 400;

t.test("given a guard with a known fault, when it lives, then the auditor finds it", async (t) => {
  const ground = await layGround();
  for (const { name, kinds, broken } of KNOWN_FAULTS) {
    const began = performance.now();
    let found: string | undefined;
    let lives = 0;
    while (found === undefined && lives < LIVES_MAX) {
      const life = await live(ground, planLife(`known-${lives}`), { broken });
      found = auditLife(life).find((finding) => kinds.includes(kindOf(finding)));
      lives += 1;
    }
    const honest = auditLife(await live(ground, planLife(`known-${lives - 1}`)));
    t.notOk(
      honest.some((finding) => kinds.includes(kindOf(finding))),
      "and an honest guard has none",
    );
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    t.ok(found, `${name}: after ${lives} lives, ${seconds} s: ${found}`);
  }
});

t.test("the same seed is the same life, to the last event", async (t) => {
  const ground = await layGround();
  for (const seed of ["again-1", "again-2", "again-3"]) {
    const [one, other] = [
      await live(ground, planLife(seed), { trace: true }),
      await live(ground, planLife(seed), { trace: true }),
    ];
    t.ok(one.trace.length > 20, "something happened");
    t.same(one.trace, other.trace);
  }
});
