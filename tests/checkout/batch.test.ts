import t from "tap";
import { StoreAwayError, waitedFor } from "../../src/checkout/batch/waited-for.ts";
import type { Bundle } from "../../src/checkout/bundle.ts";
import { shipped } from "../../src/config/settings.ts";
import { loadBundle } from "../../src/control/load-bundle.ts";
import {
  type CounterStore,
  type EntryChange,
  StoreUnavailableError,
} from "../../src/counters/contract.ts";
import { Pseudonymiser } from "../../src/privacy/pseudonymiser.ts";
import { instantText } from "../../src/swipe/calendar.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/units.ts";
import { accepted } from "../swipe/bodies.ts";
import { all, OfflineShop } from "./offline-shop.ts";
import { AT, ELSEWHERE, eventData, type Sale, sale } from "./shop.ts";

const pseudonymiser = new Pseudonymiser("1", Buffer.alloc(32, 7));
const bundle: Promise<Bundle> = loadBundle(shipped(), pseudonymiser, AT);
/** Needs no prescription: no rule minds it. */
const IBUPROFEN = "XM01AEB103A001010100301";
const open = async () => new OfflineShop(await bundle);

const checkLine = (of: Sale, at = of.at ?? AT) => ({
  at: instantText(at),
  op: "check",
  swipeId: of.id,
  body: sale({ boxes: [], ...of, at }),
});
const settleLine = (id: string, at: number) => ({
  at: instantText(at),
  op: "settlement",
  swipeId: id,
  body: { settlementId: `S-${id}`, visitId: `V-${id}` },
});

t.test(
  "given a till that farmed cards while offline, its twelfth person would have been held",
  async (t) => {
    const shop = await open();
    const oneTill = (id: string, person: number, at: number) => {
      const body = sale({ id, person, at, boxes: [5_000 + person] });
      return { ...body, pharmacy: { ...body.pharmacy, terminal: "T03" } };
    };
    const lines = Array.from({ length: 12 }, (_, index) => {
      const at = AT + index * 40 * SECOND;
      const id = `farm-0000-${index}`;
      return { at: instantText(at), op: "check", swipeId: id, body: oneTill(id, 100 + index, at) };
    });
    const played = await shop.upload(lines);
    t.notOk(
      played.some(({ problem }) => problem),
      "every line was played",
    );
    const spoke = played.map(({ hits = [] }) => hits.find(({ rule }) => rule === "CF-01")?.level);
    t.same(spoke.slice(0, 7).filter(Boolean), [], "seven persons are nothing unusual");
    t.same(
      spoke.slice(7),
      ["warn", "warn", "warn", "warn", "hold"],
      "the windows are those of the hour",
    );
    t.equal(played[11]?.decision, "hold");

    // The same till today: what was uploaded stands two days back.
    const today = accepted(await shop.desk.check(oneTill("today-0001", 300, shop.clock.now()), {}));
    t.notOk(
      today.hits.some(({ rule }) => rule === "CF-01"),
      "today's window has one person in it",
    );
  },
);

t.test(
  "given the same upload again, nothing changes and every line is answered the same",
  async (t) => {
    const shop = await open();
    const lines = [
      checkLine({ id: "twice-0001", boxes: [1, 2] }),
      settleLine("twice-0001", AT + MINUTE),
      {
        ...settleLine("twice-0001", AT + 2 * MINUTE),
        op: "reversal",
        body: { reversalId: "R1", reason: "refund", lines: [{ line: "0001", quantity: 1 }] },
      },
      checkLine({ id: "twice-0002", at: AT + HOUR, person: 2, stopped: true }),
    ];
    const first = await shop.upload(lines);
    t.notOk(first.some(({ problem }) => problem));
    const ids = new Set(shop.events().map(({ id }) => id));
    const state = accepted(await shop.desk.find("twice-0001", {}));
    t.same(await shop.upload(lines), first, "answered the same");
    t.same(await shop.upload(lines), first, "however often");
    t.same(accepted(await shop.desk.find("twice-0001", {})), state, "and nothing moved");
    t.match(state, { state: "returned", partlyReturned: true, unchecked: true });
    t.match(state.lines, [{ quantity: 1 }]);
    t.same(new Set(shop.events().map(({ id }) => id)), ids, "no event that was not there before");
  },
);

t.test(
  "given nobody was told, a settled sale that would have been denied is unchecked and not against",
  async (t) => {
    const shop = await open();
    const [check, settlement] = await shop.upload([
      checkLine({ id: "untold-0001", stopped: true }),
      settleLine("untold-0001", AT + MINUTE),
    ]);
    t.equal(check?.decision, "deny", "what the decision would have been");
    t.notOk(settlement?.problem);
    const state = accepted(await shop.desk.find("untold-0001", {}));
    t.match(state, { state: "settled", unchecked: true });
    t.notOk(state.settledAgainst);
    const [entered] = shop.events("swipe.entered");
    t.match(entered?.data, { decision: "deny", counted: true, decidedAt: instantText(AT) });
    t.notOk("answered" in (entered?.data ?? {}), "the till had asked nothing");
    t.same(shop.events("swipe.decided"), []);
    t.match(shop.events("swipe.settled")[0]?.data, { unchecked: true, settledAgainst: false });
    t.same(shop.events("clue.raised"), [], "nobody is accused of having settled against an answer");
  },
);

t.test(
  "given a swipe checked live, the upload gets that answer, and settling against it is a finding",
  async (t) => {
    const shop = await open();
    const at = shop.clock.now() - 5 * MINUTE;
    const of = { id: "asked-0001", at, stopped: true };
    shop.clock.set(at + 400);
    const told = accepted(await shop.desk.check(sale({ boxes: [], ...of }), {}));
    shop.clock.set(AT + 2 * DAY);
    const [check] = await shop.upload([checkLine(of), settleLine("asked-0001", at + MINUTE)]);
    t.equal(check?.decision, told.decision);
    t.same(
      check?.hits?.map(({ rule }) => rule),
      told.hits.map(({ rule }) => rule),
    );
    t.same(shop.events("swipe.entered"), [], "the guard had decided it before");
    t.match(shop.events("swipe.settled")[0]?.data, { unchecked: false, settledAgainst: true });
  },
);

t.test("given broken lines, each is refused by itself and the others are played", async (t) => {
  const shop = await open();
  const good = checkLine({ id: "among-0001" });
  const body = { ...good.body, swipeId: "among-0002", total: "much" };
  const played = await shop.upload([
    "{ not JSON",
    "[]",
    { ...good, swipeId: "other-0001" },
    { ...good, name: "张三" },
    { ...good, at: "yesterday" },
    checkLine({ id: "old-00001", at: AT - 6 * DAY }),
    checkLine({ id: "ahead-0001", at: AT + 3 * DAY }),
    "",
    { ...good, swipeId: "among-0002", body },
    good,
    checkLine({ id: "early-0001", at: AT - 1 }),
    settleLine("among-0001", AT + MINUTE),
  ]);
  const seen = played.map(({ line, problem }) => [line, problem?.paths?.[0]?.path]);
  t.same(seen, [
    [1, "$"],
    [2, "$"],
    [3, "swipeId"],
    [4, "name"],
    [5, "at"],
    [6, "at"],
    [7, "at"],
    [9, "body.total"],
    [10, undefined],
    [11, "at"],
    [12, undefined],
  ]);
  t.notMatch(JSON.stringify(played), /张三|much|yesterday/, "no value is repeated");
  t.match(accepted(await shop.desk.find("among-0001", {})), { state: "settled" });
});

t.test(
  "given a store that goes away, the line and all after it say so, and the next time they are played",
  async (t) => {
    const shop = await open();
    const lines = [
      checkLine({ id: "away-00001" }),
      settleLine("away-00001", AT + MINUTE),
      checkLine({ id: "away-00002", person: 2, at: AT + HOUR }),
      settleLine("away-00002", AT + HOUR + MINUTE),
    ];
    for (let calls = 0; calls < 10; calls += 1) {
      const fresh = await open();
      fresh.storeEndsIn(calls);
      const played = await fresh.upload(lines);
      const problems = played.map(({ problem }) => problem?.code ?? "");
      t.match(
        problems.join(),
        /^,*(store_unavailable,?)*$/,
        `after ${calls} calls: none after the first`,
      );
      const entered = new Set(fresh.events("swipe.entered").map(({ id }) => id)).size;
      const checked = played.filter(({ decision }) => decision !== undefined).length;
      t.equal(entered, checked, "what was not answered is not recorded as entered");
      t.notOk(
        played.some(({ mode }) => mode === "standIn"),
        "nothing of an upload is a stand-in",
      );
      fresh.storeEndsIn(Number.POSITIVE_INFINITY);
      t.notOk(
        (await fresh.upload(lines)).some(({ problem }) => problem),
        "sent again it is played",
      );
      for (const id of ["away-00001", "away-00002"])
        t.match(accepted(await fresh.desk.find(id, {})), { state: "settled", unchecked: true });
    }
    // One call is lost and the next would be answered: later lines must not overtake the one that was not played.
    shop.storeEndsIn(1, 1);
    const played = await shop.upload(lines);
    t.same(
      played.map(({ problem }) => problem?.code),
      Array(4).fill("store_unavailable"),
    );
    t.same(shop.events("swipe.entered"), []);
  },
);

t.test(
  "an upload is refused whole, and changes nothing, where it is too long or no NDJSON at all",
  async (t) => {
    const shop = await open();
    const line = JSON.stringify(checkLine({ id: "whole-0001" }));
    const refused = (body: string) => {
      const outcome = shop.batches.play(body, {}, () => undefined);
      return "problem" in outcome ? outcome.problem.code : "played";
    };
    t.equal(refused(`${line}\n`.repeat(1_001)), "too_large");
    t.equal(refused(""), "bad_request");
    t.equal(refused(`[${line}]`), "bad_request");
    t.equal(refused(JSON.stringify(JSON.parse(line), null, 2)), "bad_request");
    t.equal(shop.keys.size, 0);
  },
);

t.test(
  "uploads take turns and leave the guard to live checks for as long as each line took",
  async (t) => {
    const shop = await open();
    const slow = (function* () {
      for (let read = 0; ; read += 1) yield read;
    })();
    const clock = shop.clock;
    const lines = (from: number) =>
      Array.from({ length: 5 }, (_, index) =>
        checkLine({ id: `turn-${from}-${index}`, person: from + index, at: AT + index * MINUTE }),
      );
    // Every reading of the clock moves it: a line takes as long as it asks for the time.
    const now = clock.now;
    Object.assign(clock, { now: () => now() + slow.next().value });
    const checks: string[] = [];
    const one = shop.upload(lines(10)).then(() => checks.push("one"));
    const two = shop.upload(lines(20)).then(() => checks.push("two"));
    const live = accepted(
      await shop.desk.check(
        sale({ id: "live-00001", at: now(), boxes: [88], drug: IBUPROFEN }),
        {},
      ),
    );
    checks.push("live");
    await Promise.all([one, two]);
    t.not(live.decision, "deny");
    t.equal(checks[0], "live", "a live check waits for no upload");
    t.equal(shop.waits.length, 12, "ten lines and two ends were each followed by a pause");
    t.ok(shop.waits.every((wait) => wait >= 1));

    const places = [1, 2, 3, 4].map(() => shop.batches.enter());
    t.ok(places.every((leave) => leave !== undefined));
    t.equal(shop.batches.enter(), undefined, "a fifth at once has to come again");
    places[0]?.();
    places[0]?.();
    t.ok(shop.batches.enter(), "one that is over makes room for one");
    t.equal(shop.batches.enter(), undefined);
  },
);

t.test("given a stop in the middle, the rest is told so and no line is half played", async (t) => {
  const shop = await open();
  let asked = 0;
  const stops = () => {
    asked += 1;
    return asked > 2 ? ({ code: "draining" } as const) : undefined;
  };
  const lines = [1, 2, 3, 4].map((n) =>
    JSON.stringify(checkLine({ id: `stop-0000${n}`, person: n, at: AT + n * MINUTE })),
  );
  const outcome = shop.batches.play(lines.join("\n"), {}, stops);
  if ("problem" in outcome) throw new Error("refused");
  const played = await all(outcome.value);
  t.same(
    played.map(({ problem }) => problem?.code),
    [undefined, undefined, "draining", "draining"],
  );
  t.equal(shop.events("swipe.entered").length, 2);
});

t.test(
  "given a swipe that is still to be entered from before, its lines wait and others do not",
  async (t) => {
    const shop = await open();
    shop.waiting.add("behind-001");
    const lines = [
      checkLine({ id: "behind-001" }),
      settleLine("behind-001", AT + MINUTE),
      checkLine({ id: "beside-001", person: 2, at: AT + 2 * MINUTE }),
    ];
    const codes = (played: Awaited<ReturnType<typeof shop.upload>>) =>
      played.map(({ problem }) => problem?.code);
    t.same(codes(await shop.upload(lines)), ["store_unavailable", "store_unavailable", undefined]);
    t.equal(shop.events("swipe.entered").length, 1);
    shop.waiting.clear();
    t.same(codes(await shop.upload(lines)), [undefined, undefined, undefined]);
  },
);

t.test(
  "given boxes sold offline and again elsewhere, the claims stand where they were sold",
  async (t) => {
    const shop = await open();
    const [first] = await shop.upload([
      checkLine({ id: "claim-0001", boxes: [77], drug: IBUPROFEN }),
      settleLine("claim-0001", AT + MINUTE),
    ]);
    t.equal(first?.decision, "warn");
    const again = sale({
      id: "claim-0002",
      person: 9,
      boxes: [77],
      pharmacy: ELSEWHERE,
      at: shop.clock.now(),
    });
    const told = accepted(await shop.desk.check(again, {}));
    t.ok(told.hits.some(({ rule, level }) => rule === "TR-01" && level === "deny"));
    t.equal(eventData(shop.records.at(-1))["decision"], "deny");
  },
);

t.test(
  "given a part of the store that did not take all of a settlement, the line is not told as played",
  async (t) => {
    let isAway = true;
    let completed = 0;
    const store = waitedFor({
      change: async () => ({ changed: true, personSeq: 7, incomplete: true }),
      completeChange: async () => {
        if (isAway) throw new StoreUnavailableError("away");
        completed += 1;
      },
    } as unknown as CounterStore);
    await t.rejects(store.change({} as EntryChange), StoreAwayError);
    isAway = false;
    t.same(await store.change({} as EntryChange), { changed: true, personSeq: 7 });
    t.equal(completed, 1);
  },
);
