import type { DecisionAnswer } from "../../swipe/answer.ts";
import type { Clock, Observer } from "../../units.ts";
import { createShop } from "../create-desk.ts";
import type { Recorder } from "../recorder.ts";
import { routeTestPharmacy, testTools } from "../test-pharmacy.ts";
import type { DeskTools } from "../tools.ts";
import type { LineDesk } from "./play-line.ts";
import { waitedFor } from "./waited-for.ts";

/** A store as of another time than the machine's. */
export type StoreAsOf = (now: () => number) => DeskTools["store"];

/**
 * The shop of one upload: the same store, record and rules as the live one, at the time of the line that is played.
 * Its store is waited for, so nothing of it is ever a stand-in.
 */
export function openBatchDesk(
  live: DeskTools,
  storeAsOf: StoreAsOf,
  testStoreAsOf: StoreAsOf,
  clock: Clock,
): LineDesk {
  const answered = new Map<string, DecisionAnswer["hits"]>();
  const now = () => clock.now();
  const tools = (of: DeskTools, store: DeskTools["store"]): DeskTools => ({
    ...of,
    clock,
    store: waitedFor(store),
    recorder: heard(of.recorder, answered),
    observer: ofUploads(of.observer),
    deadline: Number.POSITIVE_INFINITY,
    patient: true,
    offline: true,
  });
  const shops = [
    createShop(tools(live, storeAsOf(now))),
    createShop(tools(testTools(live, live.store), testStoreAsOf(now))),
  ] as const;
  const [{ desk: living }, { desk: test }] = shops;
  return {
    desk: routeTestPharmacy(living, test, live.observer, clock),
    hitsOf: (swipeId) => answered.get(swipeId) ?? [],
    close: async () => {
      await Promise.all(shops.map(({ entry }) => entry.stop()));
    },
  };
}

/** Uploads are counted by their lines: their checks took no till's time, and nothing of them waits to be entered. */
function ofUploads(observer: Observer): Observer {
  return {
    notice: (notice) => {
      if (!/^(?:check\.(?:answered|repeated|late)|entry\.)/.test(notice.kind))
        observer.notice(notice);
    },
  };
}

/** The record of a decision has its hits in the words of the contract. */
function heard(recorder: Recorder, answered: Map<string, DecisionAnswer["hits"]>): Recorder {
  return {
    ...recorder,
    decided: (record) => {
      answered.set(record.swipe.swipeId, [...record.decided.answered]);
      return recorder.decided(record);
    },
  };
}
