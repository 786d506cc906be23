import type { Bytes, EpochMs } from "../../units.ts";
import { ATTEMPTS_HEAD, LOG_WIDTH, USE_WIDTH } from "../entry-layouts.ts";
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
import type {
  ChangePlan,
  ChangeReply,
  MemoryHome,
  ObserveOperation,
  ObservePlan,
  ObserveReply,
  SealPlan,
  SealReply,
} from "../operations.ts";
import type { ByteShelf } from "./byte-shelf.ts";
import { ownClaim } from "./own-claims.ts";
import { appendEntry, findVariable, splitEntries } from "./packed-entries.ts";
import { writeTrace } from "./trace-claims.ts";

const ATTEMPT_AT = 2;
const ATTEMPT_SWIPE = 8;
const EMPTY = Buffer.alloc(0);

/** The memory in this process: the same operations as the Lua scripts, over a shelf of bytes. */
export function createEmbeddedHome(shelf: ByteShelf, now: () => EpochMs): MemoryHome {
  return {
    observe: async (plan) => shelf.together(() => observe(shelf, plan)),
    seal: async (plan) => shelf.together(() => seal(shelf, plan)),
    change: async (plan) => shelf.together(() => change(shelf, plan, now())),
    read: async (keys, at) => keys.map((key) => shelf.get(key, at) ?? null),
    close: () => shelf.close(),
  };
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
  if (!shelf.get(plan.locatorKey, at)) {
    shelf.set(plan.locatorKey, plan.locator, at + plan.locatorTtl);
  }
  writeLedger(shelf, plan, ledger);
  const attempts = writeAttempts(shelf, plan);
  const values = plan.operations.flatMap((operation) => carryOut(shelf, plan, operation));
  return { verdict: retry ? "retry" : "new", ledger, attempts, values };
}

function freshAnswer(shelf: ByteShelf, key: Bytes, at: EpochMs): Buffer | undefined {
  const sealed = shelf.get(key, at);
  return sealed && sealed.readUIntBE(16, 6) + limits.ANSWER_KEPT > at ? sealed : undefined;
}

function checkAnswer(sealed: Buffer | undefined, plan: ObservePlan): Refusal | undefined {
  if (sealed === undefined) return undefined;
  if (!sameBytes(sealed, 0, plan.content)) return { verdict: "conflict", with: "content" };
  return sealed.readUInt8(22) === 1 ? { verdict: "sealed", answer: sealed } : undefined;
}

function checkLocator(shelf: ByteShelf, plan: ObservePlan): Refusal | undefined {
  const located = shelf.get(plan.locatorKey, plan.at);
  if (located === undefined || sameBytes(located, 6, plan.person)) return undefined;
  return { verdict: "conflict", with: "person" };
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
    after = appendEntry(after, plan.entry, {
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
  if (findVariable(before, ATTEMPTS_HEAD, ATTEMPT_SWIPE, plan.swipe) < 0) {
    const after = appendEntry(before, plan.attempt, {
      head: ATTEMPTS_HEAD,
      atOffset: ATTEMPT_AT,
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
  if (entries.some((entry) => sameBytes(entry, 6, plan.swipe))) return log;
  let first = 0;
  for (const entry of entries) {
    const full = entries.length - first >= operation.max;
    if (!full && entry.readUIntBE(0, 6) >= operation.cut) break;
    first += 1;
  }
  const kept = Buffer.concat([...entries.slice(first), operation.entry]);
  shelf.set(operation.key, kept, plan.at + operation.ttl);
  return log;
}

function writeUse(
  shelf: ByteShelf,
  plan: ObservePlan,
  operation: Extract<ObserveOperation, { kind: "use" }>,
): Buffer | null {
  const uses = shelf.get(operation.key, plan.at) ?? null;
  if (!operation.write) return uses;
  const drug = operation.entry.toString("latin1", 29, 34);
  const entries = splitEntries(uses ?? EMPTY, USE_WIDTH);
  const own = (entry: Buffer) => sameBytes(entry, 7, plan.swipe) && sameBytes(entry, 29, drug);
  if (entries.some(own)) return uses;
  const kept = entries.slice(-(limits.USES_MAX - 1));
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
  if (ledger !== undefined && plan.marks.length > 0) {
    shelf.set(plan.ledgerKey, marked(ledger, plan), plan.at + limits.LEDGER_KEPT);
  }
  for (const operation of plan.operations) ownClaim(shelf, operation, plan.swipe, plan.at);
  return { won: true };
}

function marked(ledger: Buffer, plan: SealPlan): Buffer {
  const after = Buffer.from(ledger);
  for (const mark of plan.marks) {
    const position = findEntry(after, mark.swipe);
    if (position < 0) continue;
    const state = after.readUInt8(position + ENTRY_STATE_OFFSET);
    if ((mark.from & (1 << state)) === 0) continue;
    after.writeUInt8(mark.to, position + ENTRY_STATE_OFFSET);
    if (mark.flags !== undefined) after.writeUInt16BE(mark.flags, position + ENTRY_FLAGS_OFFSET);
  }
  return after;
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
  shelf.set(plan.ledgerKey, after, now + limits.LEDGER_KEPT);
  for (const operation of plan.operations) {
    if (operation.kind === "traceTake") {
      const key = operation.key + operation.field;
      shelf.set(key, operation.entry, now + limits.TRACE_KEPT);
    } else if (operation.kind === "put") {
      shelf.set(operation.key, operation.value, now + operation.ttl);
    } else {
      ownClaim(shelf, operation, plan.swipe, now);
    }
  }
  return { changed: true, seq };
}
