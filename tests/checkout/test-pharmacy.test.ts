import t from "tap";
import type { Bundle } from "../../src/checkout/bundle.ts";
import { TEST_PHARMACY } from "../../src/checkout/test-pharmacy.ts";
import { shipped } from "../../src/config/settings.ts";
import { loadBundle } from "../../src/control/load-bundle.ts";
import { Pseudonymiser } from "../../src/privacy/pseudonymiser.ts";
import { instantText } from "../../src/swipe/calendar.ts";
import { MINUTE } from "../../src/units.ts";
import { accepted } from "../swipe/bodies.ts";
import { OfflineShop } from "./offline-shop.ts";
import { AT, HERE, sale } from "./shop.ts";

const pseudonymiser = new Pseudonymiser("1", Buffer.alloc(32, 7));
const bundle: Promise<Bundle> = loadBundle(shipped(), pseudonymiser, AT);
const open = async () => new OfflineShop(await bundle);
const DRUG = "XM01AEB103A001010100301";

const tested = (number: number, at: number, more: object = {}) => ({
  ...sale({ id: `${TEST_PHARMACY}-000${number}`, at, person: number, boxes: [number], drug: DRUG }),
  ...more,
});
const atTest = (body: ReturnType<typeof tested>) => ({
  ...body,
  pharmacy: { ...body.pharmacy, code: TEST_PHARMACY },
});

t.test(
  "given a day of the test pharmacy, nothing of it is counted, recorded or found out anywhere else",
  async (t) => {
    const shop = await open();
    const at = shop.clock.now();
    for (let number = 1; number <= 14; number += 1) {
      const body = atTest(tested(number, at));
      const answer = accepted(await shop.desk.check(body, {}));
      t.equal(answer.mode, "full");
      t.notOk(
        answer.hits.some(({ rule }) => rule === "PH-01"),
        "it is designated",
      );
      const settlement = { settlementId: `S${number}`, visitId: `V${number}` };
      t.match(accepted(await shop.desk.settle(body.swipeId, settlement, {})), { state: "settled" });
    }
    accepted(await shop.desk.reverse(`${TEST_PHARMACY}-0001`, { reason: "refund" }, {}));
    accepted(
      await shop.desk.acknowledge(`${TEST_PHARMACY}-0002`, { by: "L1", choice: "cash" }, {}),
    );
    t.match(accepted(await shop.desk.find(`${TEST_PHARMACY}-0002`, {})), { state: "settled" });
    const uploaded = atTest(tested(15, AT));
    const [line] = await shop.upload([
      { at: instantText(AT), op: "check", swipeId: uploaded.swipeId, body: uploaded },
    ]);
    t.ok(line?.decision);
    await shop.desk.idle();

    t.same(shop.records, [], "the record has none of it");
    t.same(
      [...shop.keys].filter((key) => !key.startsWith("test:")),
      [],
      "no key of another generation was written",
    );
    t.ok(shop.keys.size > 0);
    // The living shop says how much of its own waits.
    const told = shop.notices.filter(({ kind }) => !kind.startsWith("entry."));
    const kinds = [...new Set(told.map(({ kind }) => kind))].sort();
    t.same(kinds, ["batch.line", "test.request"], "operators hear that it was there");
    t.ok(shop.notices.every(({ kind, value }) => !kind.startsWith("entry.") || value === 0));
  },
);

t.test(
  "given the same persons and boxes at a real pharmacy, they are strangers to it",
  async (t) => {
    const shop = await open();
    const at = shop.clock.now();
    const settlement = { settlementId: "S1", visitId: "V1" };
    accepted(await shop.desk.check(atTest(tested(1, at)), {}));
    accepted(await shop.desk.settle(`${TEST_PHARMACY}-0001`, settlement, {}));
    const real = sale({ id: "real-00001", at, person: 1, boxes: [1], drug: DRUG, pharmacy: HERE });
    const { hits } = accepted(await shop.desk.check(real, {}));
    t.notOk(hits.some(({ rule }) => rule.startsWith("TR-0") && rule !== "TR-04"));
    t.equal(
      ((await shop.desk.settle("real-00001", settlement, {})) as { value?: object }).value !==
        undefined,
      true,
    );
  },
);

t.test("its code and its ids go together, in every message", async (t) => {
  const shop = await open();
  const at = shop.clock.now();
  const refused = async (outcome: Promise<unknown>, path: string) => {
    t.match(await outcome, { problem: { code: "bad_request", paths: [{ path }] } }, path);
  };
  const atReal = { ...tested(1, at) };
  await refused(shop.desk.check(atReal, {}), "swipeId");
  await refused(
    shop.desk.check(atTest({ ...tested(1, at), swipeId: "other-0001" }), {}),
    "swipeId",
  );
  const swipe = atTest({ ...tested(1, at), swipeId: "other-0001" });
  const settlement = { settlementId: "S1", visitId: "V1", swipe };
  await refused(shop.desk.settle("other-0001", settlement, {}), "swipe.swipeId");
  const envelope = {
    infno: "2102",
    msgid: `${TEST_PHARMACY}202611211015300001`,
    fixmedins_code: HERE,
  };
  for (const message of [
    envelope,
    { ...envelope, msgid: `${HERE}202611211015300001`, fixmedins_code: TEST_PHARMACY },
  ]) {
    const reply = await shop.desk.nhsa("2102", message, {});
    t.match(reply, { problem: { code: "bad_request", paths: [{ path: "msgid" }] } });
    t.equal(reply.envelope.infcode, -1);
    t.equal(reply.envelope.inf_refmsgid, message.msgid);
  }
  t.match(await shop.desk.check({}, {}), { problem: { code: "bad_request" } });
  t.match(await shop.desk.check(null, {}), { problem: { code: "bad_request" } });
  t.same(shop.keys.size, 0, "nothing of it was counted");
  const later = await shop.upload([
    { at: instantText(at - MINUTE), op: "check", body: atReal, swipeId: atReal.swipeId },
  ]);
  t.match(later, [{ problem: { paths: [{ path: "body.swipeId" }] } }]);
});
