import t from "tap";
import type { Attempt } from "../../src/counters/contract.ts";
import { swipeKey } from "../../src/features/digests.ts";
import { distanceKm } from "../../src/features/travel.ts";
import type { PharmacyEntry } from "../../src/reference/bundle.ts";
import { AT, ELSEWHERE, HERE, MINUTE, reference, swipe, value } from "./fixtures.ts";

const limits = {
  window: "24h",
  minKm: 30,
  speed: 120,
  farKm: 200,
  farSpeed: 350,
  prefectureGap: "60m",
  provinceGap: "120m",
  source: "x",
};
const travel = { fact: "impossibleTravel", ...limits };
const physical = { fact: "travelCredentialsPhysical", ...limits };

function attempt(minutesAgo: number, changes: Partial<Attempt> = {}): Attempt {
  return {
    swipe: swipeKey("", "earlier"),
    at: AT - minutesAgo * MINUTE,
    pharmacy: ELSEWHERE,
    area: "210102",
    inquiry: false,
    credential: 3,
    basket: "0000",
    codes: [],
    ...changes,
  };
}

function place(code: string, latitude: number): PharmacyEntry {
  return { code, area: "210102", latitude, longitude: 123.4, status: "active" };
}

/** Degrees of latitude to the north; a degree is about 111.2 km. */
function mapped(km: number) {
  return reference({ pharmacies: [place(HERE, 41.8), place(ELSEWHERE, 41.8 + km / 111.195)] });
}

t.test("travel is impossible beyond what a car or a train can do", async (t) => {
  const at = (km: number, minutes: number) =>
    value(travel, { reference: mapped(km), memory: { attempts: [attempt(minutes)] } });
  t.equal(at(31, 15), true, "31 km in 15 minutes is 124 km/h");
  t.equal(at(31, 16), false, "31 km in 16 minutes is 116 km/h");
  t.equal(at(29, 1), false, "near pharmacies may be wrongly mapped");
  t.equal(at(300, 60), false, "a fast train covers 300 km in an hour");
  t.equal(at(300, 50), true, "but not in 50 minutes");
  t.equal(at(31, 0), true, "two places at one instant");
  t.equal(
    value(travel, {
      reference: mapped(31),
      memory: { attempts: [attempt(1, { pharmacy: HERE })] },
    }),
    false,
    "the same pharmacy",
  );
  t.equal(
    value(travel, { reference: mapped(9_000), memory: { attempts: [attempt(24 * 60)] } }),
    false,
    "a day ago is out of the window",
  );
});

t.test("without geocodes areas decide", async (t) => {
  const from = (area: string, minutes: number) =>
    value(travel, { memory: { attempts: [attempt(minutes, { area })] } });
  t.strictSame([from("210204", 59), from("210204", 60)], [true, false], "another prefecture");
  t.strictSame([from("110101", 119), from("110101", 120)], [true, false], "another province");
  t.equal(from("210181", 1), false, "another county");
});

t.test("only cards that were there themselves at both ends are held", async (t) => {
  const pair = (earlier: 0 | 1 | 2 | 3, now: "01" | "02" | "03" | "other") =>
    value(physical, {
      reference: mapped(100),
      swipe: swipe({ credential: { type: now } }),
      memory: { attempts: [attempt(5, { credential: earlier })] },
    });
  t.strictSame([pair(2, "03"), pair(3, "02")], [true, true]);
  t.strictSame(
    [pair(1, "03"), pair(3, "01"), pair(0, "03"), pair(2, "other")],
    [false, false, false, false],
  );
});

t.test("distances are great circles", async (t) => {
  const shenyang = place("A", 41.8);
  const dalian: PharmacyEntry = { ...place("B", 38.914), longitude: 121.615 };
  const km = distanceKm(shenyang, dalian) ?? 0;
  t.ok(km > 350 && km < 365, "Shenyang to Dalian is about 357 km");
  t.equal(distanceKm(shenyang, { code: "C", area: "210102", status: "active" }), undefined);
});
