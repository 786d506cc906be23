import t from "tap";
import type { Attempt } from "../../src/counters/contract.ts";
import { rememberedPharmacy } from "../../src/counters/pharmacy-bytes.ts";
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
  const far = (km: number, minutes: number, area = "210202") =>
    value(travel, { reference: mapped(km), memory: { attempts: [attempt(minutes, { area })] } });
  t.equal(far(300, 60), false, "a fast train covers 300 km in an hour");
  t.equal(far(300, 50), true, "but not in 50 minutes");
  t.equal(far(300, 1, "210181"), false, "no city is so wide: one of the two is wrongly mapped");
  t.equal(far(199, 50, "210181"), true, "but 199 km wide it may be");
  t.equal(at(31, 0), true, "two places at one instant");
  t.equal(
    value(travel, {
      reference: mapped(31),
      memory: { attempts: [attempt(1, { pharmacy: HERE })] },
    }),
    false,
    "the same pharmacy",
  );
  t.equal(far(9_000, 24 * 60), false, "a day ago is out of the window");
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

t.test("another kind of credential elsewhere within the hour is a hop", async (t) => {
  const hop = { fact: "credentialHop", window: "60m" };
  const pair = (
    earlier: 0 | 1 | 2 | 3,
    now: "01" | "02" | "03" | "other",
    minutes = 5,
    changes: Partial<Attempt> = {},
  ) =>
    value(hop, {
      swipe: swipe({ credential: { type: now } }),
      memory: { attempts: [attempt(minutes, { credential: earlier, ...changes })] },
    });
  t.strictSame([pair(1, "03"), pair(3, "01")], [true, true]);
  t.strictSame([pair(1, "01"), pair(3, "03")], [false, false], "the same kind");
  t.strictSame(
    [pair(2, "01"), pair(2, "03"), pair(0, "03"), pair(1, "02"), pair(3, "other")],
    [false, false, false, false, false],
    "identity cards and others are no part of it",
  );
  t.equal(pair(1, "03", 5, { pharmacy: HERE }), false, "both at this counter");
  t.equal(pair(1, "03", 5, { inquiry: true }), true, "an inquiry shows the credential too");
  t.strictSame([pair(1, "03", 59.9), pair(1, "03", 60)], [true, false]);
  t.equal(value(hop, { memory: null }), "missing");
  const idCard = swipe({ credential: { type: "02" } });
  t.equal(value(hop, { swipe: idCard, memory: null }), false, "which needs no store to say");
});

t.test("nobody is at two pharmacies of one city at once", async (t) => {
  const hop = { fact: "nearbyHop", window: "5m", minKm: 2, source: "x" };
  const from = (km: number, minutes: number, changes: Partial<Attempt> = {}) =>
    value(hop, { reference: mapped(km), memory: { attempts: [attempt(minutes, changes)] } });
  t.strictSame([from(2.1, 4), from(1.9, 4)], [true, false]);
  t.strictSame([from(2.1, 4.99), from(2.1, 5)], [true, false]);
  t.equal(from(2.1, -0.05), true, "a neighbour's clock three seconds ahead");
  t.equal(from(2.1, 4, { pharmacy: HERE }), false, "an earlier step of this sale");
  t.equal(from(2.1, 4, { area: "210202" }), false, "another city is a matter of travel");
  t.equal(from(2.1, 4, { area: "210181" }), true, "another district of it");
  t.equal(
    value(hop, { memory: { attempts: [attempt(1)] } }),
    false,
    "without coordinates nothing is known",
  );
  t.equal(value(hop, { memory: null }), "missing");
});

t.test("a pharmacy whose code has another shape is no other place", async (t) => {
  const local = "H0100020003";
  const back = attempt(1, { pharmacy: rememberedPharmacy(local), area: "210204", credential: 1 });
  const judged = { swipe: swipe({ pharmacy: { code: local } }), memory: { attempts: [back] } };
  t.equal(value(travel, judged), false);
  t.equal(value({ fact: "credentialHop", window: "60m" }, judged), false);
});
