import type { DecisionAnswer } from "../../swipe/answer.ts";
import type { Level } from "../../swipe/vocabulary.ts";
import { DAY } from "../../units.ts";
import { expect, expectOfPolicy, type Point } from "./point.ts";
import { type Body, isAccepted, type Scene } from "./scene.ts";
import { rfc3339 } from "./times.ts";

const group = "levels" as const;

/** What provokes each level under the shipped policy, by rules that need the swipe alone. */
const PROVOKED: Readonly<Record<Exclude<Level, "allow">, (scene: Scene) => Body>> = {
  warn: (scene) => ({ occurredAt: rfc3339(scene.clock.now() - DAY / 4) }),
  stepUp: () => ({ agent: { relation: "child" }, verification: null }),
  hold: () => ({ verification: { method: "face", outcome: "fail" } }),
  deny: (scene) => ({ lines: [scene.line({ expires: "2020-01-31" })] }),
};

const WHY: Readonly<Record<Exclude<Level, "allow">, string>> = {
  warn: "a till whose clock is six hours off (DQ-03)",
  stepUp: "a proxy without registration (IM-06)",
  hold: "a face that was not recognised (IM-07)",
  deny: "a medicine past its last day (TR-07)",
};

export const LEVEL_POINTS: readonly Point[] = [
  ...(["warn", "stepUp", "hold", "deny"] as const).map(
    (level): Point => ({
      group,
      shipped: true,
      expects: `${WHY[level]} is answered ${level}, with a hit in Chinese and English`,
      play: async (scene) => {
        const answer = await scene.decided(scene.swipe(PROVOKED[level](scene)));
        expectOfPolicy(answer.decision === level, `answered ${answer.decision}`);
        isTold(answer, level);
      },
    }),
  ),
  {
    group,
    shipped: true,
    expects: "a stepUp is cleared by checking again with `supersedes` and the person verified",
    play: async (scene) => {
      const buyer = scene.newBuyer();
      const codes = [scene.newCode()];
      const lines = [scene.line({ traceCodes: codes })];
      const first = scene.swipe({ ...PROVOKED.stepUp(scene), lines }, buyer);
      const { decision } = await scene.decided(first);
      expectOfPolicy(decision === "stepUp", `answered ${decision}`);
      const verified = { verification: { method: "id-card", outcome: "pass" } };
      const agent = { id: scene.newNumber("A"), relation: "child", registered: true };
      const again = { ...verified, agent, lines, supersedes: first.swipeId };
      const second = await scene.decided(scene.swipe(again, buyer));
      expectOfPolicy(isAccepted(second.decision), `the second check was ${second.decision}`);
    },
  },
  {
    group,
    shipped: true,
    expects: "a hold is cleared by an override code and `supersedes`; the hit stays, as warn",
    play: async (scene) => {
      const buyer = scene.newBuyer();
      const lines = [scene.line()];
      const first = scene.swipe({ ...PROVOKED.hold(scene), lines }, buyer);
      const { decision } = await scene.decided(first);
      expectOfPolicy(decision === "hold", `answered ${decision}`);
      const override = { code: "ELDERLY", approver: scene.newNumber("M") };
      const again = { ...PROVOKED.hold(scene), lines, override, supersedes: first.swipeId };
      const second = await scene.decided(scene.swipe(again, buyer));
      expectOfPolicy(isAccepted(second.decision), `the second check was ${second.decision}`);
      expect(
        second.hits.some(({ level, clearedBy }) => level === "warn" && clearedBy !== undefined),
        "the cleared hit is not among the hits as warn with clearedBy",
      );
    },
  },
  {
    group,
    shipped: true,
    expects: "the operator cannot approve an override himself",
    play: async (scene) => {
      const buyer = scene.newBuyer();
      const override = { code: "ELDERLY", approver: buyer.operator };
      const answer = await scene.decided(scene.swipe({ ...PROVOKED.hold(scene), override }, buyer));
      expectOfPolicy(answer.decision === "hold", `answered ${answer.decision}`);
    },
  },
  {
    group,
    expects: "an override never clears a deny",
    shipped: true,
    play: async (scene) => {
      const override = { code: "ELDERLY", approver: scene.newNumber("M") };
      const answer = await scene.decided(scene.swipe({ ...PROVOKED.deny(scene), override }));
      expectOfPolicy(answer.decision === "deny", `answered ${answer.decision}`);
    },
  },
  {
    group,
    shipped: true,
    expects: "settling a deny counts all the same and is settledAgainst",
    play: async (scene) => {
      const body = scene.swipe(PROVOKED.deny(scene));
      const { decision } = await scene.decided(body);
      expectOfPolicy(decision === "deny", `answered ${decision}`);
      const settled = await scene.stepped(body.swipeId, "settlement", scene.settlement());
      expect(settled.state === "settled", `the state is ${settled.state}`);
      expect(settled.settledAgainst === true, "it is not settledAgainst");
    },
  },
  {
    group,
    shipped: true,
    expects: "a check that reserved nothing has nothing to reverse, and is answered so",
    play: async (scene) => {
      const body = scene.swipe(PROVOKED.deny(scene));
      const { decision } = await scene.decided(body);
      expectOfPolicy(decision === "deny", `answered ${decision}`);
      const { state } = await scene.stepped(body.swipeId, "reversal", { reason: "void" });
      expect(state === "attempted", `the state is ${state}`);
    },
  },
];

function isTold({ hits }: DecisionAnswer, level: Level): void {
  const hit = hits.find((each) => each.level === level);
  expect(hit !== undefined, "no hit has the level of the decision");
  const texts = [hit.name.zh, hit.name.en, hit.message.zh, hit.message.en];
  expect(
    texts.every((text) => text.trim() !== ""),
    "a hit lacks a name or a sentence in Chinese or English",
  );
}
