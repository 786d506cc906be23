import fc from "fast-check";
import type { Test } from "tap";
import type { Desk } from "../../src/checkout/desk.ts";
import { DAY, MINUTE } from "../../src/units.ts";
import { accepted } from "../swipe/bodies.ts";
import { ELSEWHERE, eventData, HERE, type OpenShop, sale } from "./shop.ts";

type Take = (desk: Desk, index: number, body: unknown) => Promise<unknown>;

const ID = "sale-0001";
const lines = [{ line: "0001", quantity: 0.7 }];
const anyStep = fc.constantFrom<Take>(
  (desk) => desk.settle(ID, { settlementId: "S1", visitId: "V1" }, {}),
  (desk, index) => desk.settle(ID, { settlementId: `S${index}2`, visitId: "V1" }, {}),
  (desk, index) => desk.reverse(ID, { reversalId: `R${index}`, reason: "refund", lines }, {}),
  (desk) => desk.reverse(ID, { reason: "void" }, {}),
  (desk) => desk.acknowledge(ID, { by: "L1", choice: "continue" }, {}),
  (desk, _, body) => desk.check(body, {}),
);

/** Two instances on one memory, everything at the same instant. */
export function racesAreFair(t: Test, open: OpenShop): void {
  t.test(
    "of 60 persons who race for one box at two instances exactly one is allowed",
    async (t) => {
      const shop = await open();
      const desks = [shop.open("one").desk, shop.open("two").desk];
      const answers = await Promise.all(
        Array.from({ length: 60 }, async (_, person) => {
          const body = sale({
            id: `racer-${person}-00`,
            person,
            boxes: [1],
            pharmacy: person % 3 === 0 ? ELSEWHERE : HERE,
          });
          return accepted(
            (await desks[person % 2]?.check(body, {})) ?? { problem: { code: "internal" } },
          );
        }),
      );
      const allowed = answers.filter(({ decision }) => decision === "allow" || decision === "warn");
      t.equal(allowed.length, 1);
      for (const { decision, hits } of answers)
        if (decision !== "allow") t.match(hits, [{ rule: /TR-0[12]/ }]);
    },
  );

  t.test("two halves of a quota that together exceed it are never both allowed", async (t) => {
    for (let round = 0; round < 8; round++) {
      const shop = await open();
      const desks = [shop.open("one").desk, shop.open("two").desk];
      const answers = await Promise.all(
        desks.map(async (desk, half) => {
          // With the other half on hand more than 30 days are left, which OQ-02 holds.
          const body = sale({
            id: `half-${half}-000`,
            boxes: [half, half + 10],
            days: 32,
            pharmacy: half === 0 ? HERE : ELSEWHERE,
          });
          return accepted(await desk.check(body, {}));
        }),
      );
      t.same(answers.map(({ decision }) => decision).sort(), ["allow", "hold"]);
    }
  });

  t.test(
    "one id checked at two instances at once is counted once and answered alike",
    async (t) => {
      const shop = await open();
      const counters = [shop.open("one"), shop.open("two")];
      const body = sale({ id: "sale-0001", boxes: [1], rx: "RX-1", token: "TOKEN-1" });
      const answers = await Promise.all(
        Array.from({ length: 12 }, async (_, i) =>
          accepted(
            (await counters[i % 2]?.desk.check(body, {})) ?? { problem: { code: "internal" } },
          ),
        ),
      );
      for (const answer of answers) t.same(answer, answers[0]);
      t.equal((await shop.seen(1)).packs, 1);
      const written = counters.flatMap(({ records }) =>
        records.map(({ event }) => ({ ...event, source: "" })),
      );
      t.ok(written.length >= 2);
      for (const event of written) t.same(event, written[0], "whoever writes it writes the same");
    },
  );

  t.test("four returns at once at two instances never give back more than there was", async (t) => {
    const shop = await open();
    const [one, two] = [shop.open("one"), shop.open("two")];
    accepted(await one.desk.check(sale({ id: "sale-0001", boxes: [1, 2, 3, 4], days: 28 }), {}));
    accepted(await one.desk.settle("sale-0001", { settlementId: "S1", visitId: "V1" }, {}));
    const back = (id: string, quantity: number) => ({
      reversalId: id,
      reason: "refund",
      lines: [{ line: "0001", quantity }],
    });
    const parts = await Promise.all([
      one.desk.reverse("sale-0001", back("R1", 1), {}),
      two.desk.reverse("sale-0001", back("R2", 2), {}),
      one.desk.reverse("sale-0001", back("R1", 1), {}),
      two.desk.reverse("sale-0001", back("R3", 2), {}),
    ]);
    const refused = parts.filter((outcome) => "problem" in outcome);
    t.equal(refused.length, 1, "one of the two packs more than there were");
    t.match(accepted(await one.desk.find("sale-0001", {})), { lines: [{ quantity: 1 }] });
    t.equal((await shop.seen(1)).packs, 1);
    const seqs = [...one.records, ...two.records].map((record) => eventData(record)["personSeq"]);
    t.equal(
      new Set(seqs).size,
      seqs.length,
      "each step has its own place in the person's sequence",
    );
  });

  t.test(
    "whatever a till sends, in whatever order, a whole reversal leaves nothing behind",
    async (t) => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyStep, { maxLength: 8 }), async (steps) => {
          const shop = await open();
          const { desk } = shop.open();
          const body = sale({
            id: "sale-0001",
            boxes: [1, 2],
            days: 28,
            rx: "RX-1",
            token: "TOKEN-1",
          });
          accepted(await desk.check(body, {}));
          for (const [index, take] of steps.entries()) {
            shop.at((index + 1) * MINUTE);
            await take(desk, index, body);
          }
          accepted(await desk.reverse("sale-0001", { reason: "refund" }, {}));
          shop.at(DAY - 1);
          const left = [
            await shop.seen(1),
            await shop.ask({ box: 1 }, HERE),
            await shop.ask({ box: 2 }, HERE),
            await shop.ask({ rx: "RX-1" }),
            await shop.ask({ token: "TOKEN-1" }),
          ];
          t.same(left, [{ onHand: 0, packs: 0 }, "free", "free", "free", "free"]);
        }),
        { numRuns: 25 },
      );
    },
  );
}
