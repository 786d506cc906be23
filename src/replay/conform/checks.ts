import { expect, expectOfPolicy, type Point } from "./point.ts";
import { refused } from "./problems.ts";
import { isAccepted, sameAnswer } from "./scene.ts";

const group = "checks" as const;

export const CHECKS: readonly Point[] = [
  {
    group,
    expects:
      "an ordinary sale is answered 200, mode full, with policy, hits and times; allow or warn",
    shipped: true,
    play: async (scene) => {
      const answer = await scene.decided(scene.swipe());
      expect(answer.mode === "full", `mode is ${answer.mode}: is the store there?`);
      expect(answer.missing.length === 0, "facts are missing though the mode is full");
      expect(answer.policy !== undefined, "the answer names no policy");
      expect(Number.isFinite(Date.parse(answer.decidedAt)), "decidedAt is no time");
      expectOfPolicy(isAccepted(answer.decision), `answered ${answer.decision}`);
    },
  },
  {
    group,
    expects: "a repeat gets the same decision, mode, hits, policy and decidedAt",
    play: async (scene) => {
      const body = scene.swipe();
      const first = await scene.decided(body);
      for (let again = 0; again < 3; again += 1)
        expect(sameAnswer(await scene.decided(body), first), "a repeat was answered otherwise");
    },
  },
  {
    group,
    expects: "five repeats at once get one and the same answer",
    play: async (scene) => {
      const body = scene.swipe();
      const [first, ...others] = await Promise.all([1, 2, 3, 4, 5].map(() => scene.decided(body)));
      expect(
        first !== undefined && others.every((other) => sameAnswer(other, first)),
        "repeats at once were answered differently",
      );
    },
  },
  {
    group,
    expects: "the same id with other content is 409",
    play: async (scene) => {
      const body = scene.swipe();
      await scene.decided(body);
      refused(await scene.check({ ...body, channel: "online" }), 409);
    },
  },
  {
    group,
    expects: "the same id for another person is 409",
    play: async (scene) => {
      const body = scene.swipe();
      await scene.decided(body);
      refused(await scene.check(scene.swipe({ swipeId: body.swipeId })), 409);
    },
  },
  {
    group,
    expects: "only what is required is enough, and null is as good as absent",
    play: async (scene) => {
      const whole = scene.swipe();
      const { line, drug, quantity, unitPrice, amount } = scene.line();
      const { code, area, terminal, operator } = whole["pharmacy"] as Record<string, unknown>;
      const { number, insuredArea, insurance } = whole["person"] as Record<string, unknown>;
      const credential = whole["credential"] as Record<string, unknown>;
      await scene.decided({
        swipeId: whole.swipeId,
        occurredAt: whole["occurredAt"],
        pharmacy: { code, area, terminal, operator, device: null },
        person: { number, insuredArea, insurance, sex: null },
        credential: { type: credential["type"], number: credential["number"] },
        medicalType: "41",
        total: 11.8,
        agent: null,
        lines: [{ line, drug, quantity, unitPrice, amount, traceCodes: null }],
      });
    },
  },
  {
    group,
    expects: "codes it does not know (medicalType, credential, channel) are taken as other",
    play: async (scene) => {
      const { number } = scene.swipe()["credential"] as Record<string, unknown>;
      const changes = { medicalType: "8642", channel: "carrier-pigeon" };
      await scene.decided(scene.swipe({ ...changes, credential: { type: "77", number } }));
    },
  },
  {
    group,
    expects: "an inquiry is answered, reserves nothing (attempted) and cannot be settled (409)",
    play: async (scene) => {
      const body = scene.swipe({ stage: "inquiry" });
      await scene.decided(body);
      const { state } = await scene.found(body.swipeId);
      expect(state === "attempted", `an inquiry is ${state}`);
      refused(await scene.step(body.swipeId, "settlement", scene.settlement()), 409);
    },
  },
  {
    group,
    expects: "a piece of a pack is counted (unit piece)",
    play: async (scene) => {
      const piece = { quantity: 6, unit: "piece", unitPrice: 0.5, amount: 3, splitPack: true };
      await scene.decided(scene.swipe({ total: 3, lines: [scene.line(piece)], funds: null }));
    },
  },
];
