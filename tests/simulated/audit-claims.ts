import { MINUTE } from "../../src/units.ts";
import { type Told, toldOf } from "./audit-sales.ts";
import type { Asked } from "./history.ts";
import { QUOTA } from "./plan.ts";
import type { Life } from "./world.ts";

/** Reservations lapse after 15 minutes; clocks and retries take a little off that. */
const HELD = 14 * MINUTE;

interface Allowed {
  readonly told: Told;
  /** When it was asked first, and when it was last answered. */
  readonly from: number;
  readonly to: number;
  /** When the till first let go of it. */
  readonly freed: number;
}

/** Promise 2: what exists once is never allowed twice, where all was seen. */
export function auditClaims(life: Life): readonly string[] {
  const all = toldOf(life);
  // A second try of the same sale takes the first one's place: nobody then holds what the first one held.
  const once = all.filter((told) => !all.some((other) => isSameSale(told, other, life)));
  const allowed = once.flatMap((told) => allowedOf(told));
  const isStepped = life.plan.faults.some(
    (fault) => fault.kind === "clock" && Math.abs(fault.by) > 5_000,
  );
  if (isStepped) return [];
  return allowed.flatMap((one, index) =>
    allowed
      .slice(index + 1)
      .filter((other) => overlap(one, other))
      .flatMap((other) => shared(one.told, other.told, life)),
  );
}

function isSameSale(one: Told, other: Told, { plan }: Life): boolean {
  if (one === other || one.sale.person !== other.sale.person) return false;
  const samePlace = plan.tills[one.sale.till]?.pharmacy === plan.tills[other.sale.till]?.pharmacy;
  return samePlace && one.sale.boxes.some((box) => other.sale.boxes.includes(box));
}

function allowedOf(told: Told): readonly Allowed[] {
  const checks = told.asked.filter(({ step }) => step === "check");
  const first = checks[0];
  const answers = checks.flatMap(({ answer }) => answer ?? []);
  const isFull = answers.every(({ problem, mode }) => problem === undefined && mode === "full");
  if (first === undefined || answers.length === 0 || !isFull || told.excused) return [];
  if (told.verdict !== "accepted" || answers.length !== checks.length) return [];
  const ends = told.asked.filter(
    ({ step }) => step === "void" || step === "refund" || step === "part",
  );
  return [
    {
      told,
      from: first.at,
      to: Math.max(...answers.map(({ at }) => at)),
      freed: Math.min(...ends.map(({ at }: Asked) => at)),
    },
  ];
}

/** Each was held while the other was asked for, whichever came first. */
function overlap(one: Allowed, other: Allowed): boolean {
  const apart = Math.max(one.to, other.to) - Math.min(one.from, other.from);
  return one.freed > other.to && other.freed > one.to && apart < HELD;
}

function shared(one: Told, other: Told, { plan }: Life): readonly string[] {
  const [a, b] = [one.sale, other.sale];
  const samePerson = a.person === b.person;
  const samePlace = plan.tills[a.till]?.pharmacy === plan.tills[b.till]?.pharmacy;
  const what: string[] = [];
  // Somebody who comes again to the same pharmacy may be making the same sale anew.
  if (!(samePerson && samePlace)) {
    const box = a.boxes.find((each) => b.boxes.includes(each));
    if (box !== undefined) what.push(`box ${box}`);
    if (a.token !== undefined && a.token === b.token) what.push(a.token);
  }
  if (!samePerson && a.rx !== undefined && a.rx === b.rx) what.push(a.rx);
  if (samePerson && !samePlace && a.days === QUOTA && b.days === QUOTA) what.push("quota");
  return what.map(
    (each) => `allowed once: ${each} was allowed to ${one.swipeId} and ${other.swipeId}`,
  );
}
