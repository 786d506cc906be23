import type { SwipeState } from "../../swipe/answer.ts";
import { expect, type Point } from "./point.ts";
import { refused } from "./problems.ts";
import type { Body, Scene } from "./scene.ts";

const group = "afterwards" as const;

export const AFTERWARDS: readonly Point[] = [
  {
    group,
    expects:
      "a settlement settles what was reserved; the swipe is found so; a repeat changes nothing",
    play: async (scene) => {
      const { swipeId } = await sold(scene);
      isState(await scene.found(swipeId), "reserved");
      const settlement = scene.settlement();
      isState(await scene.stepped(swipeId, "settlement", settlement), "settled");
      isState(await scene.stepped(swipeId, "settlement", settlement), "settled");
      const found = await scene.found(swipeId);
      isState(found, "settled");
      expect(left(found) === 1, `${left(found)} packs are left instead of 1`);
    },
  },
  {
    group,
    expects: "another settlement of a settled sale is 409 with the state",
    play: async (scene) => {
      const { swipeId } = await settled(scene);
      const { state } = refused(await scene.step(swipeId, "settlement", scene.settlement()), 409);
      expect(state === "settled", "409 does not name the state");
    },
  },
  {
    group,
    expects: "a settlement of fewer packs than checked counts those alone",
    play: async (scene) => {
      const { swipeId } = await sold(scene, 3);
      const lines = [{ line: "0001", quantity: 2 }];
      const state = await scene.stepped(swipeId, "settlement", scene.settlement({ lines }));
      expect(left(state) === 2, `${left(state)} packs are left instead of 2`);
    },
  },
  {
    group,
    expects:
      "a part comes back under its reversalId, once; without an id it is 400; more than is left is 409",
    play: async (scene) => {
      const { swipeId } = await settled(scene, 3);
      const part = (quantity: number) => ({
        reason: "refund",
        lines: [{ line: "0001", quantity }],
      });
      refused(await scene.step(swipeId, "reversal", part(1)), 400);
      const first = { ...part(1), reversalId: scene.newNumber("R") };
      for (let again = 0; again < 2; again += 1) {
        const state = await scene.stepped(swipeId, "reversal", first);
        expect(left(state) === 2, `${left(state)} packs are left instead of 2`);
      }
      const more = { ...part(3), reversalId: scene.newNumber("R") };
      refused(await scene.step(swipeId, "reversal", more), 409);
      expect(left(await scene.found(swipeId)) === 2, "what was refused changed what is left");
    },
  },
  {
    group,
    expects: "a whole reversal returns all that is left; a repeat changes nothing",
    play: async (scene) => {
      const { swipeId } = await settled(scene, 2);
      for (let again = 0; again < 2; again += 1)
        isState(await scene.stepped(swipeId, "reversal", { reason: "refund" }), "returned");
      expect(left(await scene.found(swipeId)) === 0, "something is left of a returned sale");
    },
  },
  {
    group,
    expects: "a reservation can be let go before it is settled (void, timeout)",
    play: async (scene) => {
      for (const reason of ["void", "timeout"]) {
        const { swipeId } = await sold(scene);
        const { state } = await scene.stepped(swipeId, "reversal", { reason });
        expect(
          state !== "reserved" && state !== "settled",
          `after ${reason} the state is ${state}`,
        );
      }
    },
  },
  {
    group,
    expects: "each choice of the pharmacist is taken; another word is 400",
    play: async (scene) => {
      const { swipeId } = await sold(scene);
      for (const choice of ["continue", "withdraw", "cash"])
        await scene.stepped(swipeId, "acknowledgement", { by: "L0031", choice });
      refused(await scene.step(swipeId, "acknowledgement", { by: "L0031", choice: "shrug" }), 400);
    },
  },
  {
    group,
    expects: "what nobody checked is 404 afterwards (GET, settlement, reversal, acknowledgement)",
    play: async (scene) => {
      const swipeId = scene.newId();
      refused(await scene.get(`/v1/swipes/${swipeId}`), 404);
      refused(await scene.step(swipeId, "settlement", scene.settlement()), 404);
      refused(await scene.step(swipeId, "reversal", { reason: "void" }), 404);
      const acknowledgement = { by: "L0031", choice: "cash" };
      refused(await scene.step(swipeId, "acknowledgement", acknowledgement), 404);
    },
  },
  {
    group,
    expects:
      "a settlement with the check's body enters a sale nobody checked, settled and unchecked",
    play: async (scene) => {
      const swipe = scene.swipe();
      const settlement = scene.settlement({ swipe });
      isState(await scene.stepped(swipe.swipeId, "settlement", settlement), "settled");
      const found = await scene.found(swipe.swipeId);
      expect(found.unchecked === true, "it is not unchecked");
      expect(
        found.settledAgainst !== true,
        "it is settledAgainst, though nobody was told anything",
      );
    },
  },
  {
    group,
    expects: "a settlement with unknown keys or without its numbers is 400",
    play: async (scene) => {
      const { swipeId } = await sold(scene);
      refused(await scene.step(swipeId, "settlement", { settlementId: "S1" }), 400);
      refused(await scene.step(swipeId, "settlement", scene.settlement({ psn_name: "x" })), 400);
      isState(await scene.found(swipeId), "reserved");
    },
  },
];

async function sold(scene: Scene, quantity = 1): Promise<{ readonly swipeId: string }> {
  const amount = Math.round(quantity * 1_180) / 100;
  const traceCodes = Array.from({ length: quantity }, () => scene.newCode());
  const funds = { pooled: 0, account: amount, familyAccount: 0, cash: 0 };
  const lines: readonly Body[] = [scene.line({ quantity, amount, traceCodes })];
  const body = scene.swipe({ total: amount, funds, lines });
  await scene.accepted(body);
  return body;
}

async function settled(scene: Scene, quantity = 1): Promise<{ readonly swipeId: string }> {
  const body = await sold(scene, quantity);
  isState(await scene.stepped(body.swipeId, "settlement", scene.settlement()), "settled");
  return body;
}

function isState({ state }: SwipeState, wanted: SwipeState["state"]): void {
  expect(state === wanted, `the state is ${state} instead of ${wanted}`);
}

function left({ lines }: SwipeState): number | undefined {
  return lines?.reduce((sum, { quantity }) => sum + quantity, 0);
}
