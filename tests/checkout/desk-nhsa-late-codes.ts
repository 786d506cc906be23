import type { Test } from "tap";
import { eventSchema } from "../../src/audit/event.ts";
import { DAY, HOUR } from "../../src/units.ts";
import { accepted } from "../swipe/bodies.ts";
import { interrupted } from "./desk-nhsa-crossing.ts";
import {
  ALLOWED,
  ASPIRIN,
  cancel,
  nhsaAnswer,
  post,
  returnUpload,
  saleMessage,
  saleUpload,
  twoDrugs,
} from "./nhsa-messages.ts";
import { AMLODIPINE, ELSEWHERE, eventData, HERE, type OpenShop, SALTS, type Shop } from "./shop.ts";

const SETTLED = { infcode: 0, matched: 1, state: "settled" };
const codesLater = (id: string, of: Partial<Parameters<typeof saleMessage>[1]> = {}) =>
  saleMessage("2102", { id, days: 2, ...of });

/** Trace codes that come by 3505, after their sale. */
export function lateCodes(t: Test, open: OpenShop): void {
  theTable(t, open);
  repeats(t, open);
  interrupted(t, open);
  sellers(t, open);
  returns(t, open);
}

function theTable(t: Test, open: OpenShop): void {
  t.test(
    "a sale without codes is not held for them; once they came they are sold like any others",
    async (t) => {
      const shop = await open();
      const { desk, records } = shop.open();
      t.same(await post(desk, "2102", codesLater("msg-2102-0001", { quantity: 2 })), ALLOWED);
      t.same(await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1")), SETTLED);
      t.same([await shop.ask({ box: 1 }), await shop.ask({ box: 1 }, HERE)], ["free", "free"]);
      shop.at(HOUR);
      const upload = saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [1, 2] });
      t.same(await post(desk, "3505", upload), SETTLED);
      shop.at(300 * DAY);
      for (const box of [1, 2]) {
        t.same(
          [await shop.ask({ box }), await shop.ask({ box }, HERE)],
          ["TR-01 deny", "TR-02 hold"],
        );
      }
      const late = records.at(-1);
      t.match(eventData(late), {
        settlementId: undefined,
        lines: [{ line: "0001", drug: AMLODIPINE, quantity: 0 }],
        upload: { message: "msg-3505-0001" },
      });
      t.equal((eventData(late)["lines"] as [{ traceCodes: [] }])[0].traceCodes.length, 2);
      t.match(late?.event.id, /:msg-2102-0001:swipe\.settled:codes-/);
      t.ok(late && eventSchema(late.event.type).safeParse(late.event).success);
      t.equal(shop.counted("nhsa.upload", { outcome: "codes" }), 1);
    },
  );

  t.test(
    "a sale of several drugs comes in several uploads: the first settles it, each brings its own codes",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      t.match(await post(desk, "2102", twoDrugs("msg-2102-0001")), { infcode: 0 });
      const one = saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [1] });
      const two = { id: "msg-3505-0002", settlement: "SETL-1", boxes: [2], drug: ASPIRIN };
      t.same(await post(desk, "3505", one), SETTLED);
      t.match(accepted(await desk.find("msg-2102-0001", {})), {
        state: "settled",
        lines: [{ quantity: 1 }, { quantity: 1 }],
      });
      t.same(await post(desk, "3505", saleUpload(two)), SETTLED);
      const back = await desk.reverse(
        "msg-2102-0001",
        { reversalId: "R1", reason: "refund", lines: [{ line: "0002", quantity: 1 }] },
        {},
      );
      t.match(accepted(back), { partlyReturned: true });
      t.same(
        [await shop.ask({ box: 1 }, HERE), await shop.ask({ box: 2 }, HERE)],
        ["TR-02 hold", "free"],
        "each code went with its own line",
      );
    },
  );

  t.test(
    "the uploads of one sale may come all at once: it is settled once, with all codes",
    async (t) => {
      for (let round = 0; round < 5; round++) {
        const shop = await open();
        const { desk, records } = shop.open();
        await post(desk, "2102", twoDrugs("msg-2102-0001"));
        const uploads = [
          saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [1] }),
          saleUpload({ id: "msg-3505-0002", settlement: "SETL-1", boxes: [2], drug: ASPIRIN }),
          saleUpload({ id: "msg-3505-0002", settlement: "SETL-1", boxes: [2], drug: ASPIRIN }),
        ];
        const told = await Promise.all(uploads.map((upload) => post(desk, "3505", upload)));
        t.same(told, [SETTLED, SETTLED, SETTLED]);
        t.same(
          [await shop.ask({ box: 1 }), await shop.ask({ box: 2 })],
          ["TR-01 deny", "TR-01 deny"],
        );
        t.equal(shop.counted("sale.settlement", { outcome: "applied" }), 1);
        const codes = records
          .filter(({ event }) => event.type === "swipe.settled")
          .flatMap((record) => eventData(record)["lines"] as { traceCodes: string[] }[])
          .flatMap(({ traceCodes }) => traceCodes);
        t.equal(new Set(codes).size, 2, "and the record has both");
      }
    },
  );

  t.test("an upload for a line that has no codes by nature settles its sale", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await post(desk, "2102", codesLater("msg-2102-0001", { drug: SALTS }));
    const upload = saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", drug: SALTS });
    t.same(await post(desk, "3505", upload), SETTLED);
    t.same(await post(desk, "3505", upload), SETTLED);
  });

  t.test("parts of a split pack count up to the pack, however their codes come", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    const part = async (person: number, quantity: number) => {
      const id = `msg-2102-000${person}`;
      const settlement = `SETL-${person}`;
      await post(desk, "2102", codesLater(id, { person, quantity }));
      const upload = { id: `m-3505-000${person}`, person, settlement, quantity, boxes: [1] };
      return post(desk, "3505", saleUpload({ ...upload, split: true }));
    };
    t.same([await part(1, 0.5), await part(2, 0.25)], [SETTLED, SETTLED]);
    const { traceCodes } = await claimsOf(shop, 1);
    t.same(traceCodes, [5_000, 2_500]);
    t.equal(await shop.ask({ box: 1 }), "TR-01 deny", "elsewhere it is sold");
    for (const [person, sold, said] of [
      [3, 0.5, 0.125],
      [4, 0.0625, 5],
    ] as const) {
      const [id, settlement] = [`msg-2102-000${person}`, `SETL-${person}`];
      await post(desk, "2102", codesLater(id, { person, quantity: sold }));
      await post(desk, "2102/answer", nhsaAnswer(id, settlement));
      const upload = { id: `m-3505-000${person}`, person, settlement, quantity: said, boxes: [1] };
      await post(desk, "3505", saleUpload({ ...upload, split: true }));
    }
    const all = await claimsOf(shop, 1);
    t.same(all.traceCodes, [5_000, 2_500, 1_250, 625], "as the upload says, at most what was sold");
  });
}

/** How much each sale took of a split pack. */
async function claimsOf(shop: Shop, box: number) {
  const { desk, records } = shop.open("probe");
  await post(desk, "2102", saleMessage("2102", { id: "probe-split-1", person: 77, boxes: [box] }));
  const swipe = eventData(records[0])["swipe"] as {
    readonly lines: readonly [{ readonly traceCodes: readonly [{ readonly id: string }] }];
  };
  const code = Buffer.from(swipe.lines[0].traceCodes[0].id, "base64url").toString("latin1");
  const [memory] = await shop.store.traces([code]);
  return { traceCodes: memory?.splits.map(({ quantity }) => quantity) };
}

function repeats(t: Test, open: OpenShop): void {
  t.test("a double click changes nothing, under the same msgid or another", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    await post(desk, "2102", codesLater("msg-2102-0001"));
    await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
    const upload = (id: string) => saleUpload({ id, settlement: "SETL-1", boxes: [1] });
    const both = await Promise.all([
      post(desk, "3505", upload("msg-3505-0001")),
      post(desk, "3505", upload("msg-3505-0001")),
    ]);
    t.same(both, [SETTLED, SETTLED]);
    const ids = new Set(records.map(({ event }) => event.id));
    t.equal(ids.size, 3, "the check, its settlement, its codes");
    const before = await shop.seen(1);
    for (const id of ["msg-3505-0001", "msg-3505-0002"]) {
      t.same(await post(desk, "3505", upload(id)), SETTLED);
    }
    t.same(await shop.seen(1), before);
    for (const { event } of records) t.ok(ids.has(event.id), `${event.id} had been told`);
    t.match(accepted(await desk.find("msg-2102-0001", {})), { state: "settled" });
    t.ok(shop.counted("nhsa.upload", { outcome: "repeated" }) >= 2);
    t.ok(
      shop.counted("nhsa.upload", { outcome: "codes" }) >= 1,
      "two at once may both have come first",
    );
  });
}

function sellers(t: Test, open: OpenShop): void {
  t.test(
    "a code sold elsewhere before goes with the later sale, which nothing stops, and both are told of",
    async (t) => {
      const shop = await open();
      const { desk, records } = shop.open();
      const sold = saleMessage("2102", { id: "msg-2102-0001", boxes: [1], pharmacy: ELSEWHERE });
      await post(desk, "2102", sold);
      await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
      t.equal(await shop.ask({ box: 1 }, ELSEWHERE), "TR-02 hold");
      shop.at(30 * DAY);
      await post(desk, "2102", codesLater("msg-2102-0002", { person: 2 }));
      const upload = { id: "msg-3505-0001", person: 2, settlement: "SETL-2", boxes: [1] };
      t.same(await post(desk, "3505", saleUpload(upload)), SETTLED);
      const clues = () => records.filter(({ event }) => event.type === "clue.raised");
      t.match(clues().map(eventData), [
        {
          kind: "traceDuplicate",
          rules: ["TR-01"],
          pharmacies: [HERE, ELSEWHERE],
          swipes: ["msg-2102-0002", /^~/],
          now: { swipeId: "msg-2102-0002", pharmacy: HERE, by: "upload", answered: "allow" },
          before: { pharmacy: ELSEWHERE, state: "sold" },
          lines: [
            { line: "0001", drug: AMLODIPINE, quantity: 10_000, amount: 3_500, split: false },
          ],
        },
      ]);
      const [clue] = clues();
      t.ok(clue && eventSchema("clue.raised").safeParse(clue.event).success);
      t.same(
        [await shop.ask({ box: 1 }, ELSEWHERE), await shop.ask({ box: 1 }, HERE)],
        ["TR-01 deny", "TR-02 hold"],
        "it is here now",
      );
      await post(desk, "3505", saleUpload({ ...upload, id: "msg-3505-0009" }));
      t.equal(new Set(clues().map(({ event }) => event.id)).size, 1, "told once, however often");
      const first = saleUpload({
        ...{ id: "msg-3505-0002", settlement: "SETL-1", boxes: [1], pharmacy: ELSEWHERE },
      });
      t.same(await post(desk, "3505", first), SETTLED);
      t.equal(await shop.ask({ box: 1 }, HERE), "TR-02 hold", "and told again it stays here");
      t.equal(new Set(clues().map(({ event }) => event.id)).size, 1, "and nobody is told anew");
    },
  );

  t.test(
    "a code that another sale of the pharmacy holds, or waits with, is told of too",
    async (t) => {
      const shop = await open();
      const { desk, records } = shop.open();
      await post(desk, "2102", saleMessage("2102", { id: "msg-2102-0001", boxes: [1] }));
      await post(desk, "2102", codesLater("msg-2102-0002", { person: 2 }));
      const upload = { id: "msg-3505-0001", person: 2, settlement: "SETL-2", boxes: [1, 2] };
      t.same(await post(desk, "3505", saleUpload(upload)), SETTLED);
      t.match(records.filter(({ event }) => event.type === "clue.raised").map(eventData), [
        { rules: ["TR-02"], pharmacies: [HERE], before: { state: "reserved" }, lines: [{}] },
      ]);
    },
  );

  t.test("codes nobody had are nobody's clue", async (t) => {
    const shop = await open();
    const { desk, records } = shop.open();
    await post(desk, "2102", codesLater("msg-2102-0001", { quantity: 2 }));
    const upload = saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [1, 2] });
    for (const _ of [1, 2, 3]) t.same(await post(desk, "3505", upload), SETTLED);
    t.same(
      records.filter(({ event }) => event.type === "clue.raised"),
      [],
    );
  });
}

function returns(t: Test, open: OpenShop): void {
  t.test(
    "codes of a sale that came back are noted with it, and nobody is kept from the box",
    async (t) => {
      const shop = await open();
      const { desk, records } = shop.open();
      await post(desk, "2102", codesLater("msg-2102-0001"));
      await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
      await post(desk, "2103", cancel("msg-2103-0001", "SETL-1"));
      shop.at(HOUR);
      const again = saleMessage("2102", { id: "msg-2102-0002", person: 2, boxes: [1] });
      t.same(await post(desk, "2102", again), ALLOWED);
      await post(desk, "2102/answer", nhsaAnswer("msg-2102-0002", "SETL-2"));
      const upload = saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [1] });
      t.same(await post(desk, "3505", upload), { infcode: 0, matched: 1, state: "returned" });
      t.equal((await shop.seen(1)).packs, 0, "it stays returned");
      t.equal(
        records.filter(({ event }) => event.type === "clue.raised").length,
        0,
        "and nobody is suspected of selling a box that had come back",
      );
      await post(desk, "2103", cancel("msg-2103-0002", "SETL-2", 2));
      t.equal(await shop.ask({ box: 1 }, HERE), "free", "the box was the second buyer's");
    },
  );

  t.test(
    "a box that came back and is sold to the same person again is the second sale's",
    async (t) => {
      const shop = await open();
      const { desk } = shop.open();
      await post(
        desk,
        "2102",
        saleMessage("2102", { id: "msg-2102-0001", boxes: [1, 2], days: 2 }),
      );
      await post(desk, "2102/answer", nhsaAnswer("msg-2102-0001", "SETL-1"));
      await post(
        desk,
        "3506",
        returnUpload({ id: "msg-3506-0001", settlement: "SETL-1", boxes: [1] }),
      );
      await post(desk, "2102", codesLater("msg-2102-0002"));
      t.same(await post(desk, "3505", saleUpload({ id: "msg-3505-0001", boxes: [1] })), SETTLED);
      t.match(accepted(await desk.find("msg-2102-0002", {})), { state: "settled" });
      t.equal(await shop.ask({ box: 1 }, HERE), "TR-02 hold");
    },
  );

  t.test("a return finds the codes that came late, and frees them", async (t) => {
    const shop = await open();
    const { desk } = shop.open();
    await post(desk, "2102", codesLater("msg-2102-0001"));
    await post(desk, "3505", saleUpload({ id: "msg-3505-0001", settlement: "SETL-1", boxes: [1] }));
    t.equal(await shop.ask({ box: 1 }, HERE), "TR-02 hold");
    shop.at(2 * DAY);
    t.match(await post(desk, "2103", cancel("msg-2103-0001", "SETL-1")), { state: "returned" });
    t.equal(await shop.ask({ box: 1 }, HERE), "free");
  });
}
