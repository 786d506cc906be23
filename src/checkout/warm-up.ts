import { instantText } from "../swipe/calendar.ts";
import type { EpochMs } from "../units.ts";
import type { Desk } from "./desk.ts";

/** Enough for the compiler to have optimised the whole way of a check; measured: the first check took 19 ms, later ones under 1. */
const ROUNDS = 300;
/** A dozen persons and codes that come again, so that ledgers, logs and claims are walked and not only missed. */
const PERSONS = 12;

/** Plays checks through a desk whose memory and record are thrown away: ready only once warmed up (promise 1). */
export async function warmUp(desk: Desk, at: EpochMs): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const swipe = warmSwipe(round, at);
    await desk.check(swipe, {});
    const settlement = { settlementId: `warm-${round}`, visitId: `warm-${round}` };
    await desk.settle(swipe.swipeId, settlement, {});
  }
  await desk.idle();
}

function warmSwipe(round: number, at: EpochMs) {
  const person = round % PERSONS;
  const line = (id: string, drug: string, code: number) => ({
    line: id,
    drug,
    quantity: 1,
    unitPrice: 10,
    amount: 10,
    daysSupply: 7,
    traceCodes: [`8${String(code).padStart(19, "0")}`],
  });
  return {
    swipeId: `warm-up-${round}`,
    occurredAt: instantText(Math.floor(at)),
    pharmacy: { code: "P00000000000", area: "000000", terminal: "W", operator: "W" },
    person: { number: `W${person}`, insuredArea: "000000", insurance: "310", status: "1" },
    credential: { type: round % 2 === 0 ? "01" : "03", number: `W${round}`, cardSn: `W${person}` },
    medicalType: "41",
    total: 20,
    lines: [
      line("0001", "XC10AAA067A001010100501", 2 * round),
      line("0002", "XC08CAA187A001010100501", 2 * (round % 40) + 1),
    ],
  };
}
