import { expect, type Point } from "./point.ts";
import { sameAnswer } from "./scene.ts";
import type { CutAt } from "./wire.ts";

const group = "lost answers" as const;

export const LOST_ANSWERS: readonly Point[] = [
  ...(["sent", "answered"] as const).map(
    (at: CutAt): Point => ({
      group,
      expects:
        at === "sent"
          ? "a check whose connection is cut before its answer is answered when it comes again under its id"
          : "a check whose connection is cut in the answer is answered alike when it comes again",
      play: async (scene) => {
        const body = scene.swipe();
        const text = JSON.stringify(body);
        await scene.wire.cut(
          { method: "POST", path: "/v1/swipes", body: text, type: "application/json" },
          at,
        );
        const first = await scene.accepted(body);
        expect(sameAnswer(await scene.decided(body), first), "the repeats differ");
      },
    }),
  ),
  {
    group,
    expects: "a settlement whose answer is lost settles once, however often it is sent",
    play: async (scene) => {
      const body = scene.swipe();
      await scene.accepted(body);
      const settlement = scene.settlement();
      const path = `/v1/swipes/${body.swipeId}/settlement`;
      const text = JSON.stringify(settlement);
      await scene.wire.cut({ method: "POST", path, body: text, type: "application/json" }, "sent");
      const { state, lines = [] } = await scene.stepped(body.swipeId, "settlement", settlement);
      expect(state === "settled", `the state is ${state}`);
      expect(lines[0]?.quantity === 1, "it is not one pack that is settled");
    },
  },
  {
    group,
    expects: "a reversal whose answer is lost gives back once",
    play: async (scene) => {
      const line = { quantity: 2, amount: 23.6, traceCodes: [scene.newCode(), scene.newCode()] };
      const body = scene.swipe({ total: 23.6, funds: null, lines: [scene.line(line)] });
      await scene.accepted(body);
      await scene.stepped(body.swipeId, "settlement", scene.settlement());
      const lines = [{ line: "0001", quantity: 1 }];
      const reversal = { reversalId: scene.newNumber("R"), reason: "refund", lines };
      const path = `/v1/swipes/${body.swipeId}/reversal`;
      const text = JSON.stringify(reversal);
      await scene.wire.cut({ method: "POST", path, body: text, type: "application/json" }, "sent");
      const state = await scene.stepped(body.swipeId, "reversal", reversal);
      expect(state.lines?.[0]?.quantity === 1, "it is not one pack that is left of two");
    },
  },
];
