import type { EventData } from "../../audit/event.ts";
import type { CounterStore, LedgerEntry, Located, ReturnsSheet } from "../../counters/contract.ts";
import { StoreUnavailableError } from "../../counters/contract.ts";
import { RESERVATION } from "../../counters/limits.ts";
import { rememberedPharmacy } from "../../counters/pharmacy-bytes.ts";
import { decodeDecided } from "../../decision/decided.ts";
import { pseudonymBytes } from "../../features/digests.ts";
import { instantText } from "../../swipe/calendar.ts";
import { type Bytes, DAY, type EpochMs } from "../../units.ts";
import type { Bundle } from "../bundle.ts";
import { type BroughtCode, type BroughtCodes, totalOf } from "../findings.ts";
import type { Recorder } from "../recorder.ts";
import { base64url, findingDigest, swipeName } from "./digest.ts";
import { type Bringer, type Holder, holdersOf, SOLD_ELSEWHERE } from "./holders.ts";

export interface TraceTools {
  readonly store: CounterStore;
  readonly recorder: Recorder;
  readonly now: () => EpochMs;
  readonly bundle: () => Bundle;
}

/** All that a claim keeps of its buyer, and all that a flag is found by. */
const BUYER_BYTES = 6;

/** Codes of one sale that one other sale holds. */
export interface Duplicate {
  readonly holder: Holder;
  readonly codes: readonly BroughtCode[];
}

/** The duplicates among what a sale brought: one for each other sale; nothing is read for it. */
export function duplicatesOf(brought: BroughtCodes, now: EpochMs): readonly Duplicate[] {
  const bringer = bringerOf(brought, now);
  const found = new Map<Bytes, { readonly holder: Holder; readonly codes: BroughtCode[] }>();
  for (const code of brought.codes) {
    for (const holder of holdersOf(code, bringer)) {
      const known = found.get(holder.swipe);
      if (known === undefined) found.set(holder.swipe, { holder, codes: [code] });
      else if (!known.codes.includes(code)) known.codes.push(code);
    }
  }
  return [...found.values()];
}

function bringerOf(brought: BroughtCodes, now: EpochMs): Bringer {
  const { swipe, at } = brought;
  const pharmacy = rememberedPharmacy(brought.pharmacy);
  return { swipe, pharmacy, person: pseudonymBytes(brought.person), at, now };
}

/** Names the seller now and the one before, and marks the first buyer (rule RS-03) where that is fair. */
export async function raiseDuplicate(
  tools: TraceTools,
  brought: BroughtCodes,
  duplicate: Duplicate,
): Promise<void> {
  const now = tools.now();
  const other = await recall(tools.store, duplicate.holder);
  const first = firstBuyer(brought, duplicate, other, now);
  const { buyer, reference } = first;
  const marking =
    reference === undefined
      ? undefined
      : tools.store.flag(buyer, { kind: "firstBuyer", at: now, value: 1, reference });
  // The clue is told also where the memory cannot be written just now.
  const [told, marked] = await Promise.allSettled([
    tools.recorder.clue(clueOf(tools, { brought, duplicate, other, first, now })),
    marking,
  ]);
  for (const done of [told, marked]) if (done.status === "rejected") throw done.reason;
}

/** What is still known of the other sale: its person for 90 days, its till's id for 24 h. */
interface Recalled {
  readonly located: Located | undefined;
  readonly entry: LedgerEntry | undefined;
  readonly returns: ReturnsSheet | undefined;
  readonly swipeId: string | undefined;
}

const FORGOTTEN: Recalled = {
  located: undefined,
  entry: undefined,
  returns: undefined,
  swipeId: undefined,
};

async function recall(store: CounterStore, holder: Holder): Promise<Recalled> {
  try {
    const located = await store.locate(holder.swipe);
    // 64 bits of a digest name a swipe: a claim that speaks of somebody else is another swipe's.
    if (!located?.person.startsWith(holder.person)) return FORGOTTEN;
    const { entry, returns, answer } = await store.readEntry(located.person, holder.swipe);
    const swipeId = answer === undefined ? undefined : decodeDecided(answer).swipeId;
    return { located, entry, returns, swipeId };
  } catch (error) {
    if (error instanceof StoreUnavailableError) return FORGOTTEN;
    throw error;
  }
}

interface FirstBuyer {
  readonly pharmacy: string;
  /** Six bytes. */
  readonly buyer: Bytes;
  /** All ten, where they are known. */
  readonly person: Bytes | undefined;
  /** Which finding is counted against the buyer; undefined where none is. */
  readonly reference: Bytes | undefined;
}

/**
 * Who bought first is whoever's sale is the earlier one: codes that come by upload may belong to either.
 *
 * What is fair: nobody is marked for a code of the same pharmacy (its own books are the likelier fault), nor for a
 * purchase that was returned, is only reserved, or of which a part came back without saying which boxes. The same
 * person on both sides is marked like anybody else: a box that was sold on and met its owner again was sold on, and
 * where a pharmacy swiped a card it keeps, the mark makes the next till verify the person, whom that protects. One box
 * counts once, however often and wherever it is offered, and boxes offered together count as one.
 */
function firstBuyer(
  brought: BroughtCodes,
  { holder, codes }: Duplicate,
  other: Recalled,
  now: EpochMs,
): FirstBuyer {
  const isUploadFirst = brought.at < holder.at;
  const stands = isUploadFirst ? codes : codes.filter((code) => isKept(code, holder, other, now));
  const counted = holder.rule === SOLD_ELSEWHERE ? stands.map(({ code }) => code).sort() : [];
  const reference = counted[0] === undefined ? undefined : findingDigest("firstBuyer", counted[0]);
  if (isUploadFirst) {
    const person = pseudonymBytes(brought.person);
    return { pharmacy: brought.pharmacy, buyer: person.slice(0, BUYER_BYTES), person, reference };
  }
  const buyer = holder.person.slice(0, BUYER_BYTES);
  return { pharmacy: holder.pharmacy, buyer, person: other.located?.person, reference };
}

/** Whether the earlier sale of a code certainly stands. */
function isKept(
  { code }: BroughtCode,
  holder: Holder,
  { located, entry, returns }: Recalled,
  now: EpochMs,
): boolean {
  const isSold = holder.state === "sold";
  const isPresumed = holder.state === "presumable" && now - holder.at >= RESERVATION;
  if ((!isSold && !isPresumed) || entry?.state === "returned") return false;
  const tag = located?.claims.find(({ id }) => id === code)?.line;
  const before = returns?.original.find((line) => line.tag === tag)?.quantity ?? 0;
  const left = entry?.lines.find((line) => line.tag === tag)?.quantity ?? before;
  return left >= before;
}

interface Found {
  readonly brought: BroughtCodes;
  readonly duplicate: Duplicate;
  readonly other: Recalled;
  readonly first: FirstBuyer;
  readonly now: EpochMs;
}

function clueOf(tools: TraceTools, found: Found): EventData<"clue.raised"> {
  const { brought, duplicate, other, first } = found;
  const { holder, codes } = duplicate;
  const state = claimWord(holder, found.now);
  const isSold = state === "sold" || state === "presumed";
  const smallest = codes.map(({ code }) => code).sort()[0] ?? "";
  const person = other.located === undefined ? undefined : base64url(other.located.person);
  return {
    clueId: base64url(findingDigest("trace", holder.swipe, brought.pharmacy, smallest)),
    kind: "traceDuplicate",
    severity: holder.rule === SOLD_ELSEWHERE && isSold ? "critical" : "high",
    rules: [holder.rule],
    pharmacies: [...new Set([brought.pharmacy, holder.pharmacy])],
    swipes: [brought.swipeId, other.swipeId ?? swipeName(holder.swipe)],
    persons: [...new Set([brought.person, ...(person === undefined ? [] : [person])])],
    now: saleNow(brought),
    before: {
      swipe: swipeName(holder.swipe),
      ...(other.swipeId === undefined ? {} : { swipeId: other.swipeId }),
      pharmacy: holder.pharmacy,
      buyer: base64url(holder.person.slice(0, BUYER_BYTES)),
      ...(person === undefined ? {} : { person }),
      at: instantText(holder.at),
      state,
      ...(other.entry === undefined ? {} : { total: totalOf(other.entry), fund: other.entry.fund }),
    },
    firstBuyer: {
      pharmacy: first.pharmacy,
      buyer: base64url(first.buyer),
      ...(first.person === undefined ? {} : { person: base64url(first.person) }),
      counted: first.reference !== undefined,
    },
    lines: codes.map(lineOf),
    evidence: evidenceOf(tools, found, person),
    raisedAt: instantText(found.now),
  };
}

function claimWord({ state, at }: Holder, now: EpochMs) {
  if (state !== "presumable") return state;
  return now - at >= RESERVATION ? "presumed" : "reserved";
}

function saleNow(brought: BroughtCodes): EventData<"clue.raised">["now"] {
  const { swipeId, pharmacy, area, terminal, operator, person, at, by, answered } = brought;
  return {
    ...{ swipeId, pharmacy, person, at: instantText(at), by },
    ...(area === undefined ? {} : { area }),
    ...(terminal === undefined ? {} : { terminal }),
    ...(operator === undefined ? {} : { operator }),
    ...(answered === undefined ? {} : { answered }),
  };
}

function lineOf({ line, drug, product, code, split, quantity, amount }: BroughtCode) {
  return {
    ...{ line, code: base64url(code), split },
    ...(drug === undefined ? {} : { drug }),
    ...(product === undefined ? {} : { product }),
    ...(quantity === undefined ? {} : { quantity }),
    ...(amount === undefined ? {} : { amount }),
  };
}

function evidenceOf(
  tools: TraceTools,
  { brought, duplicate, other }: Found,
  person: string | undefined,
): EventData<"clue.raised">["evidence"] {
  const { holder, codes } = duplicate;
  const days = Math.abs(brought.at - holder.at) / DAY;
  const lines = new Map(codes.map(({ line, amount }) => [line, amount ?? 0]));
  const sameDrug = isSameDrug(tools.bundle(), codes, other);
  return {
    codes: codes.length,
    daysBetween: Math.round(days * 10) / 10,
    samePerson: person === undefined ? samePrefix(brought, holder) : person === brought.person,
    amount: [...lines.values()].reduce((sum, amount) => sum + amount, 0),
    ...(sameDrug === undefined ? {} : { sameDrug }),
  };
}

function samePrefix(brought: BroughtCodes, { person }: Holder): boolean {
  return pseudonymBytes(brought.person).startsWith(person);
}

/** Whether the box was the same medicine both times: two names for one box are a swap. Undefined once it is forgotten. */
function isSameDrug(
  { reference, drugKey }: Bundle,
  codes: readonly BroughtCode[],
  { located, entry }: Recalled,
): boolean | undefined {
  for (const { code, drug } of codes) {
    const tag = located?.claims.find(({ id }) => id === code)?.line;
    const then = entry?.lines.find((line) => line.tag === tag)?.drug;
    if (then === undefined || drug === undefined) continue;
    return drugKey(reference.identify(drug)) === then;
  }
  return undefined;
}
