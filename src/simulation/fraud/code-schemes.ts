import { MINUTE, SECOND } from "../../units.ts";
import type { Person } from "../people/person.ts";
import type { Visit } from "../sale.ts";
import { ABROAD } from "../stores/places.ts";
import { act, daysInARow, quietStore, single, strangers, swipe, timeOn, token } from "./cast.ts";
import { covered, loot, tonics } from "./loot.ts";
import { between, type Scheme, type Stage, wholeBetween } from "./scheme.ts";

/** Electronic credentials from afar (Wuhan 2023-24; the online cash-out market of 2024). */

/** Insured all over the country, and never seen here. */
function faraway(stage: Stage, count: number): Person[] {
  const { random, episode } = stage;
  const sellers = strangers(stage, count).map((person, index): Person => {
    const area = `${(ABROAD[(index * 5) % ABROAD.length] ?? "420100").slice(0, 4)}00`;
    const number = `${area}${String(70_000_000 + random.below(9_000_000)).padStart(14, "0")}`;
    return {
      ...person,
      number,
      insuredArea: area,
      insurance: "310",
      balance: random.between(800, 5_000) * 100,
      stores: [],
    };
  });
  for (const { number } of sellers) episode.persons.add(number);
  return sellers;
}

const screenshots: Scheme = {
  name: "qr-screenshots",
  kinds: ["B19", "G02", "B16"],
  what: "photographs of payment codes are scanned for people all over the country, who never were in the shop",
  often: 4,
  needs: 3,
  plan(stage) {
    const store = quietStore(stage);
    const days = daysInARow(stage, wholeBetween(stage, 4, 9));
    const daily = wholeBetween(stage, 26, 10);
    return days.map((day) =>
      act(day, () =>
        faraway(stage, daily).map((seller): Visit => {
          const at = timeOn(day, stage.random.within(9, 20.5), stage.random);
          const age = stage.random.within(between(stage, 200, 20), between(stage, 900, 110));
          const issuedAt = store.habits.tokenTimes ? at - Math.round(age) * SECOND : undefined;
          const cart = covered(
            stage,
            stage.random.chance(0.6) ? tonics(stage) : loot(stage),
            store,
            at,
          );
          const isOnline = stage.random.chance(between(stage, 0.4, 0.05));
          return single(
            at,
            store,
            swipe(stage, seller, cart, {
              credential: token(stage, issuedAt),
              ...(isOnline ? { channel: "online" } : {}),
            }),
          );
        }),
      ),
    );
  },
};

const replayedCode: Scheme = {
  name: "replayed-code",
  kinds: ["B19", "B13"],
  what: "one photograph of a payment code is scanned again for another sale",
  often: 3,
  needs: 2,
  plan(stage) {
    const store = quietStore(stage);
    const sellers = faraway(stage, wholeBetween(stage, 6, 3));
    return daysInARow(stage, 2).map((day) =>
      act(day, () =>
        sellers.flatMap((seller): Visit[] => {
          const at = timeOn(day, stage.random.within(9, 17), stage.random);
          const credential = token(stage, store.habits.tokenTimes ? at - 40 * SECOND : undefined);
          return [0, 1, 2].map((time) => {
            const when = at + time * stage.random.between(25, 70) * MINUTE;
            const cart = covered(stage, loot(stage), store, when);
            return single(when, store, swipe(stage, seller, cart, { credential }));
          });
        }),
      ),
    );
  },
};

export const CODE_SCHEMES: readonly Scheme[] = [screenshots, replayedCode];
