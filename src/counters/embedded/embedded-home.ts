import type { Bytes, EpochMs } from "../../units.ts";
import {
  ATTEMPT_AT_OFFSET,
  ATTEMPT_SWIPE_OFFSET,
  ATTEMPTS_HEAD,
  LOG_WIDTH,
  USE_DRUG_OFFSET,
  USE_QUANTITY_OFFSET,
  USE_WIDTH,
} from "../entry-layouts.ts";
import {
  ENTRY_AT_OFFSET,
  ENTRY_FLAGS_OFFSET,
  ENTRY_STATE_OFFSET,
  findEntry,
  LEDGER_HEAD,
  ledgerSeq,
  sameBytes,
} from "../ledger-layout.ts";
import * as limits from "../limits.ts";
import {
  LOCATOR_CLAIM,
  LOCATOR_COUNT_OFFSET,
  LOCATOR_HEAD,
  locatorEnds,
} from "../locator-layout.ts";
import { hasMovedOn, withoutClaiming } from "../moved-on.ts";
import type {
  ChangeOperation,
  ChangePlan,
  ChangeReply,
  FoldPlan,
  MemoryHome,
  ObserveOperation,
  ObservePlan,
  ObserveReply,
  SealPlan,
  SealReply,
} from "../operations.ts";
import { writeFlag } from "./bindings.ts";
import { AS_LONG_AS_BEFORE, type ByteShelf } from "./byte-shelf.ts";
import { ownOperation, takeUse, withRoom } from "./own-claims.ts";
import { findVariable, insertEntry, splitEntries } from "./packed-entries.ts";
import { writeTally } from "./tallies.ts";
import { writeTrace } from "./trace-claims.ts";

const EMPTY = Buffer.alloc(0);

/** The memory in this process: the same operations as the Lua scripts, over a shelf of bytes. */
export function createEmbeddedHome(shelf: ByteShelf, now: () => EpochMs): MemoryHome {
  return {
    observe: async (plan) =>
      shelf.together(() => observe(keptFromNow(shelf, plan.at, now()), plan)),
    seal: async (plan) => shelf.together(() => seal(keptFromNow(shelf, plan.at, now()), plan)),
    change: async (plan) => shelf.together(() => change(shelf, plan, now())),
    fold: async (plan) => shelf.together(() => fold(shelf, plan, now())),
    read: async (keys, at) => keys.map((key) => shelf.get(key, at) ?? null),
    readTraces: async (reads, at) =>
      reads.flatMap(({ key, field, splitKey }) => [
        shelf.get(key + field, at) ?? null,
        shelf.get(splitKey, at) ?? null,
      ]),
    flag: async (plan) => shelf.together(() => writeFlag(shelf, plan, now())),
    close: () => shelf.close(),
  };
}

/** What comes days late (a till's upload) is kept as long from now as it would have been: a repeat of it must be known. */
function keptFromNow(shelf: ByteShelf, at: EpochMs, now: EpochMs): ByteShelf {
  const late = now - at;
  if (late <= 0) return shelf;
  const { get, set, remove, keys, together, close } = shelf;
  const setLate: ByteShelf["set"] = (key, value, expiresAt) =>
    set(key, value, expiresAt === AS_LONG_AS_BEFORE ? expiresAt : expiresAt + late);
  return { get, set: setLate, remove, keys, together, close };
}

type Refusal = Exclude<ObserveReply, { verdict: "new" | "retry" }>;

function observe(shelf: ByteShelf, plan: ObservePlan): ObserveReply {
  const { at, swipe } = plan;
  const sealed = freshAnswer(shelf, plan.answerKey, at);
  const retry = sealed !== undefined;
  const refused = checkAnswer(sealed, plan) ?? checkLocator(shelf, plan);
  if (refused) return refused;
  const ledger = shelf.get(plan.ledgerKey, at) ?? null;
  if (ledger && !retry && findEntry(ledger, swipe) >= 0) return { verdict: "recalled", ledger };

  if (!retry) shelf.set(plan.answerKey, unsealed(plan), at + limits.ANSWER_KEPT);
  if (!standingLocator(shelf, plan)) {
    shelf.set(plan.locatorKey, plan.locator, at + plan.locatorTtl);
  }
  writeLedger(shelf, plan, ledger);
  const attempts = writeAttempts(shelf, plan);
  const isMoved = hasMovedOn(ledger, swipe);
  const operations = isMoved ? withoutClaiming(plan.operations) : plan.operations;
  const values = operations.flatMap((operation) => carryOut(shelf, plan, operation));
  // Here each code has a place of its own, so none is ever lost to make room.
  return { verdict: retry ? "retry" : "new", ledger, attempts, values, lost: 0 };
}

function freshAnswer(shelf: ByteShelf, key: Bytes, at: EpochMs): Buffer | undefined {
  const sealed = shelf.get(key, at);
  return sealed && limits.isKept(sealed.readUIntBE(16, 6), limits.ANSWER_KEPT, at)
    ? sealed
    : undefined;
}

function checkAnswer(sealed: Buffer | undefined, plan: ObservePlan): Refusal | undefined {
  if (sealed === undefined) return undefined;
  if (!sameBytes(sealed, 0, plan.content)) return { verdict: "conflict", with: "content" };
  return sealed.readUInt8(22) === 1 ? { verdict: "sealed", answer: sealed } : undefined;
}

function checkLocator(shelf: ByteShelf, plan: ObservePlan): Refusal | undefined {
  const located = standingLocator(shelf, plan);
  if (located === undefined || sameBytes(located, 6, plan.person)) return undefined;
  return { verdict: "conflict", with: "person" };
}

function standingLocator(shelf: ByteShelf, plan: ObservePlan): Buffer | undefined {
  const located = shelf.get(plan.locatorKey, plan.at);
  return located && locatorEnds(located) > plan.at ? located : undefined;
}

function unsealed(plan: ObservePlan): Buffer {
  const head = Buffer.alloc(23);
  head.write(plan.content, 0, 16, "latin1");
  head.writeUIntBE(plan.at, 16, 6);
  return head;
}

function writeLedger(shelf: ByteShelf, plan: ObservePlan, ledger: Buffer | null): void {
  const { at } = plan;
  const expiresAt = at + limits.LEDGER_KEPT;
  let after: Buffer = Buffer.from(ledger ?? Buffer.alloc(LEDGER_HEAD));
  if (plan.entry !== undefined && findEntry(after, plan.swipe) < 0) {
    after = insertEntry(after, plan.entry, {
      head: LEDGER_HEAD,
      atOffset: ENTRY_AT_OFFSET,
      keptFrom: at - limits.LEDGER_KEPT,
      max: limits.LEDGER_ENTRIES_MAX,
    });
  }
  after.writeUInt32BE(ledgerSeq(ledger) + 1, 0);
  shelf.set(plan.ledgerKey, after, expiresAt);
}

function writeAttempts(shelf: ByteShelf, plan: ObservePlan): Buffer | null {
  const { at } = plan;
  const attempts = shelf.get(plan.attemptsKey, at) ?? null;
  const before = attempts ?? Buffer.alloc(ATTEMPTS_HEAD);
  const own = findVariable(before, ATTEMPTS_HEAD, ATTEMPT_SWIPE_OFFSET, plan.swipe);
  const ownAt = own < 0 ? 0 : before.readUIntBE(own + ATTEMPT_AT_OFFSET, 6);
  if (!limits.isKept(ownAt, limits.ATTEMPTS_KEPT, at)) {
    const after = insertEntry(before, plan.attempt, {
      head: ATTEMPTS_HEAD,
      atOffset: ATTEMPT_AT_OFFSET,
      keptFrom: at - limits.ATTEMPTS_KEPT,
      max: limits.ATTEMPTS_MAX,
    });
    shelf.set(plan.attemptsKey, after, at + limits.ATTEMPTS_KEPT);
  }
  return attempts;
}

function carryOut(
  shelf: ByteShelf,
  plan: ObservePlan,
  operation: ObserveOperation,
): (Buffer | null)[] {
  switch (operation.kind) {
    case "log":
      return [writeLog(shelf, plan, operation)];
    case "trace":
      return writeTrace(shelf, plan, operation);
    case "use":
      return [writeUse(shelf, plan, operation)];
    case "read":
      return [shelf.get(operation.key, plan.at) ?? null];
  }
}

function writeLog(
  shelf: ByteShelf,
  plan: ObservePlan,
  operation: Extract<ObserveOperation, { kind: "log" }>,
): Buffer | null {
  const log = shelf.get(operation.key, plan.at) ?? null;
  const entries = splitEntries(log ?? EMPTY, LOG_WIDTH);
  const kept = entries.filter((entry) => entry.readUIntBE(0, 6) > operation.cut);
  if (kept.some((entry) => sameBytes(entry, 6, plan.swipe))) return log;
  // In its place by time, so that what is late never pushes out what is newer.
  const place = kept.findLastIndex((entry) => entry.readUIntBE(0, 6) <= plan.at) + 1;
  kept.splice(place, 0, operation.entry);
  shelf.set(operation.key, Buffer.concat(kept.slice(-operation.max)), plan.at + operation.ttl);
  return log;
}

function writeUse(
  shelf: ByteShelf,
  plan: ObservePlan,
  operation: Extract<ObserveOperation, { kind: "use" }>,
): Buffer | null {
  const uses = shelf.get(operation.key, plan.at) ?? null;
  if (!operation.write) return uses;
  const drug = operation.entry.toString("latin1", USE_DRUG_OFFSET, USE_QUANTITY_OFFSET);
  const entries = splitEntries(uses ?? EMPTY, USE_WIDTH);
  const own = (entry: Buffer) =>
    sameBytes(entry, 7, plan.swipe) && sameBytes(entry, USE_DRUG_OFFSET, drug);
  if (entries.some(own)) return uses;
  const kept = withRoom(entries, plan.at);
  // All of them stand: it is told so, and pushes nobody out.
  if (kept === undefined) return uses;
  shelf.set(operation.key, Buffer.concat([...kept, operation.entry]), plan.at + operation.ttl);
  return uses;
}

function seal(shelf: ByteShelf, plan: SealPlan): SealReply {
  const standing = freshAnswer(shelf, plan.answerKey, plan.at);
  if (standing && standing.readUInt8(22) === 1 && sameBytes(standing, 0, plan.content)) {
    return { won: false, answer: standing };
  }
  shelf.set(plan.answerKey, plan.answer, plan.at + limits.ANSWER_KEPT);
  const ledger = shelf.get(plan.ledgerKey, plan.at);
  const marked = ledger === undefined ? NO_MARKS : markedLedger(ledger, plan);
  if (marked.after !== undefined) shelf.set(plan.ledgerKey, marked.after, AS_LONG_AS_BEFORE);
  for (const operation of plan.operations) {
    // A seal that comes after the settlement finds its sale counted, and its claims sold.
    if (operation.kind !== "bind" && !marked.swipes.has(plan.swipe)) continue;
    ownOperation(shelf, operation, plan.swipe, plan.at);
  }
  return { won: true };
}

interface Marked {
  readonly after: Buffer | undefined;
  readonly swipes: ReadonlySet<Bytes>;
}

const NO_MARKS: Marked = { after: undefined, swipes: new Set() };

function markedLedger(ledger: Buffer, plan: SealPlan): Marked {
  const after = Buffer.from(ledger);
  const swipes = new Set<Bytes>();
  for (const mark of plan.marks) {
    const position = findEntry(after, mark.swipe);
    if (position < 0) continue;
    const state = after.readUInt8(position + ENTRY_STATE_OFFSET);
    if ((mark.from & (1 << state)) === 0) continue;
    after.writeUInt8(mark.to, position + ENTRY_STATE_OFFSET);
    // A part may have come back before the seal: that stays.
    const flags = after.readUInt16BE(position + ENTRY_FLAGS_OFFSET) | (mark.flags ?? 0);
    after.writeUInt16BE(flags, position + ENTRY_FLAGS_OFFSET);
    swipes.add(mark.swipe);
  }
  return { after: swipes.size > 0 ? after : undefined, swipes };
}

function change(shelf: ByteShelf, plan: ChangePlan, now: EpochMs): ChangeReply {
  const ledger = shelf.get(plan.ledgerKey, now);
  const position = ledger === undefined ? -1 : findEntry(ledger, plan.swipe);
  if (ledger === undefined || position < 0) return { changed: false };
  const standing = ledger.subarray(position, position + plan.before.length);
  if (!standing.equals(plan.before)) return { changed: false };
  const after = Buffer.from(ledger);
  const seq = ledgerSeq(ledger) + 1;
  after.writeUInt32BE(seq, 0);
  plan.after.copy(after, position);
  shelf.set(plan.ledgerKey, after, AS_LONG_AS_BEFORE);
  for (const operation of plan.operations) carryOutChange(shelf, plan, operation, now);
  return { changed: true, seq, lost: 0 };
}

function carryOutChange(
  shelf: ByteShelf,
  plan: ChangePlan,
  operation: ChangeOperation,
  now: EpochMs,
): void {
  switch (operation.kind) {
    case "traceTake": {
      const key = operation.key + operation.field;
      shelf.set(key, operation.entry, operation.entry.readUIntBE(1, 6) + limits.TRACE_KEPT);
      break;
    }
    case "put":
      shelf.set(operation.key, operation.value, now + operation.ttl);
      break;
    case "useTake":
      takeUse(shelf, operation, plan.swipe, now);
      break;
    case "locate":
      extendLocator(shelf, operation, plan.at);
      break;
    case "tally":
      writeTally(shelf, operation, plan.swipe, plan.at);
      break;
    default:
      ownOperation(shelf, operation, plan.swipe, now);
  }
}

/** Claims that are in the locator already stay as they are; what is beyond the bound is left out. */
function extendLocator(
  shelf: ByteShelf,
  { key, claims }: Extract<ChangeOperation, { kind: "locate" }>,
  now: EpochMs,
): void {
  const located = shelf.get(key, now);
  if (located === undefined || locatorEnds(located) <= now) return;
  const known = splitEntries(located.subarray(LOCATOR_HEAD), LOCATOR_CLAIM);
  for (const claim of splitEntries(claims, LOCATOR_CLAIM)) {
    const isKnown = known.some((other) => other.equals(claim));
    if (!isKnown && known.length < limits.CLAIMS_A_SWIPE_MAX) known.push(claim);
  }
  const after = Buffer.concat([located.subarray(0, LOCATOR_HEAD), ...known]);
  after.writeUInt16BE(known.length, LOCATOR_COUNT_OFFSET);
  shelf.set(key, after, AS_LONG_AS_BEFORE);
}

function fold(shelf: ByteShelf, plan: FoldPlan, now: EpochMs): boolean {
  if (!shelf.get(plan.ledgerKey, now)?.equals(plan.before)) return false;
  shelf.set(plan.ledgerKey, plan.after, AS_LONG_AS_BEFORE);
  return true;
}
