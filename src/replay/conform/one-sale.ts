import { expect, expectOfPolicy, type Point } from "./point.ts";
import { type Body, isAccepted, type Scene } from "./scene.ts";

const group = "one sale" as const;

export const ONE_SALE: readonly Point[] = [
  {
    group,
    expects: "a second try under a new id with the same trace code supersedes the first",
    play: async (scene) => {
      const { first, second } = await triedTwice(scene, [scene.line()]);
      await areStates(scene, { [first]: "superseded", [second]: "reserved" });
    },
  },
  {
    group,
    shipped: true,
    expects:
      "a second try without codes supersedes the first where drugs and quantities are the same",
    play: async (scene) => {
      // A drug that the sample's reference data exempt from trace codes.
      const lines = [scene.line({ drug: "XB05XAL052P001", traceCodes: null })];
      const buyer = scene.newBuyer();
      const first = scene.swipe({ lines }, buyer);
      const { decision } = await scene.decided(first);
      expectOfPolicy(isAccepted(decision), `a sale without codes was answered ${decision}`);
      const second = scene.swipe({ lines }, buyer);
      await scene.accepted(second);
      await areStates(scene, { [first.swipeId]: "superseded", [second.swipeId]: "reserved" });
    },
  },
  {
    group,
    expects: "`supersedes` names the check it replaces, whatever is in it",
    play: async (scene) => {
      const buyer = scene.newBuyer();
      const first = scene.swipe({}, buyer);
      await scene.accepted(first);
      const second = scene.swipe({ supersedes: first.swipeId }, buyer);
      await scene.accepted(second);
      await areStates(scene, { [first.swipeId]: "superseded", [second.swipeId]: "reserved" });
    },
  },
  {
    group,
    expects:
      "a settlement of the superseded one counts, and its unsettled successor is superseded instead",
    play: async (scene) => {
      const { first, second } = await triedTwice(scene, [scene.line()]);
      await scene.stepped(first, "settlement", scene.settlement());
      await areStates(scene, { [first]: "settled", [second]: "superseded" });
    },
  },
  {
    group,
    expects: "an inquiry supersedes nothing",
    play: async (scene) => {
      const lines = [scene.line()];
      const buyer = scene.newBuyer();
      const first = scene.swipe({ lines }, buyer);
      await scene.accepted(first);
      await scene.decided(scene.swipe({ lines, stage: "inquiry" }, buyer));
      await areStates(scene, { [first.swipeId]: "reserved" });
    },
  },
];

async function triedTwice(scene: Scene, lines: readonly Body[]) {
  const buyer = scene.newBuyer();
  const first = scene.swipe({ lines }, buyer);
  await scene.accepted(first);
  const second = scene.swipe({ lines }, buyer);
  await scene.accepted(second);
  return { first: first.swipeId, second: second.swipeId };
}

/** What a superseded step held is handed over behind the answer; the state itself stands with it. */
async function areStates(scene: Scene, wanted: Readonly<Record<string, string>>): Promise<void> {
  for (const [index, [swipeId, state]] of Object.entries(wanted).entries()) {
    const found = await scene.found(swipeId);
    expect(found.state === state, `check ${index + 1} of the sale is ${found.state}, not ${state}`);
  }
}
