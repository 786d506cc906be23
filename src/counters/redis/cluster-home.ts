import { createHash } from "node:crypto";
import type { Bytes, DurationMs, Timers } from "../../units.ts";
import { StoreUnavailableError } from "../contract.ts";
import { entityOf } from "../keys.ts";
import { decodeEntry, findEntry } from "../ledger-layout.ts";
import { hasMovedOn, hasMovedOnSince, withoutClaiming } from "../moved-on.ts";
import type {
  ChangeOperation,
  ChangePlan,
  ChangeReply,
  MemoryHome,
  ObservePlan,
  ObserveReply,
  SealOperation,
  SealPlan,
  SealReply,
} from "../operations.ts";
import {
  entityParts,
  type HeardPart,
  observePart,
  othersCalls,
  sendOthers,
} from "./cluster-calls.ts";
import { emptyOutbox, outboxKey, outboxOperation } from "./cluster-outbox.ts";
import { patienceOf } from "./cluster-patience.ts";
import {
  encodeChange,
  encodeObserveLocator,
  encodeObservePerson,
  encodeSeal,
  type ScriptCall,
} from "./plan-codec.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { callScript, createRedisHome, readObserve } from "./redis-home.ts";
import { changeScript, observeScript, sealScript } from "./scripts.generated.ts";

/** Whose swipe it is must be known early: the person and all others come after it. */
const LOCATOR_SHARE = 0.4;
/** The others end a little before the caller's own patience does: what came is worth more than nothing. */
const OTHERS_SHARE = 0.9;
/** What a settlement or a reversal waits for its claims and totals; then they are left to be completed. */
const CHANGE_WAIT: DurationMs = 100;

/** What a Cluster's memory works with. */
interface Parts {
  readonly connection: RedisConnection;
  readonly timers: Timers;
  /** Steady time, in milliseconds. */
  readonly now: () => number;
}

/**
 * The memory on a Cluster: one script call an entity. First whose swipe it is (a conflict writes nothing), then the
 * person, whose word decides, then all others side by side. What of them does not answer in time is left out and
 * said so, and sent again by `complete`; every step is carried out once however often it is sent.
 */
export function createClusterHome(
  connection: RedisConnection,
  timers: Timers,
  now: () => number,
): MemoryHome {
  const parts: Parts = { connection, timers, now };
  return {
    ...createRedisHome(connection),
    observe: (plan, wait) => observe(parts, plan, wait),
    seal: (plan, wait) => seal(parts, plan, wait),
    change: (plan) => change(parts, plan),
    complete: (plan, sealing) => complete(parts, plan, sealing),
    completeChange: async (plan) => {
      await sendAll(connection, othersCalls(plan, stepOf(plan), othersOf(plan)));
      await connection.send("UNLINK", [outboxKey(plan)]);
    },
  };
}

async function observe(
  parts: Parts,
  plan: ObservePlan,
  wait: DurationMs | undefined,
): Promise<ObserveReply> {
  const { connection, timers, now } = parts;
  const patience = patienceOf(timers, wait, now);
  const located = await patience.heard(locate(connection, plan), LOCATOR_SHARE);
  if (located?.verdict === "conflict") return located;
  const call = encodeObservePerson(plan);
  const person = readObserve(await callScript(connection, observeScript, call));
  if (person.verdict !== "new" && person.verdict !== "retry") return person;
  const isMoved = hasMovedOn(person.ledger, plan.swipe);
  const entities = entityParts(isMoved ? withoutClaiming(plan.operations) : plan.operations);
  const heard = await Promise.all(
    entities.map((part) => patience.heard(observePart(connection, plan, part), OTHERS_SHARE)),
  );
  const isWritten = entities.every(({ writes }, index) => !writes || heard[index] !== undefined);
  const { verdict, ledger, attempts } = person;
  const values = inPlace(entities, heard);
  const lost = heard.reduce((sum, part) => sum + (part?.lost ?? 0), 0);
  if (located !== undefined && isWritten) return { verdict, ledger, attempts, values, lost };
  return { verdict, ledger, attempts, values, lost, incomplete: true };
}

async function locate(connection: RedisConnection, plan: ObservePlan): Promise<ObserveReply> {
  return readObserve(await callScript(connection, observeScript, encodeObserveLocator(plan)));
}

/** The replies in the order of the plan; undefined where an entity was not heard. */
function inPlace(
  entities: readonly { readonly places: readonly number[] }[],
  heard: readonly (HeardPart | undefined)[],
): (Buffer | null | undefined)[] {
  const values: (Buffer | null | undefined)[] = [];
  entities.forEach(({ places }, index) => {
    const part = heard[index];
    places.forEach((place, at) => {
      values[place] = part === undefined ? undefined : (part.values[at] ?? null);
    });
  });
  return values;
}

async function seal(
  parts: Parts,
  plan: SealPlan,
  wait: DurationMs | undefined,
): Promise<SealReply> {
  const patience = patienceOf(parts.timers, wait, parts.now);
  const call = encodeSeal({ ...plan, operations: [] });
  const reply = await callScript(parts.connection, sealScript, call);
  if (Buffer.isBuffer(reply)) return { won: false, answer: reply };
  const operations = dueOperations(plan, reply === 1);
  const calls = othersCalls(plan, plan.swipe, operations);
  const heard = await Promise.all(
    calls.map((of) => patience.heard(sendOthers(parts.connection, of), OTHERS_SHARE)),
  );
  return heard.includes(undefined) ? { won: true, incomplete: true } : { won: true };
}

/** A seal that comes after the settlement finds its sale counted, and its claims sold. */
function dueOperations({ operations }: SealPlan, held: boolean): readonly SealOperation[] {
  return held ? operations : operations.filter(({ kind }) => kind === "bind");
}

async function change(parts: Parts, plan: ChangePlan): Promise<ChangeReply> {
  const { connection, timers, now } = parts;
  const person = entityOf(plan.ledgerKey);
  const calls = othersCalls(plan, stepOf(plan), othersOf(plan));
  const own = plan.operations.filter(({ key }) => entityOf(key) === person);
  const operations = [...own, ...outboxOperation(plan, calls)];
  const reply = await callScript(connection, changeScript, encodeChange({ ...plan, operations }));
  if (!Array.isArray(reply)) return { changed: false };
  const patience = patienceOf(timers, CHANGE_WAIT, now);
  // A repeat changes nothing: whoever made the change may have died before the others were told.
  if (calls.length === 0 && plan.before.equals(plan.after)) {
    await patience.heard(emptyOutbox(connection, plan), 1);
  }
  const heard = await Promise.all(calls.map((of) => patience.heard(sendOthers(connection, of), 1)));
  const isWhole = !heard.includes(undefined);
  if (isWhole && calls.length > 0) {
    connection.send("UNLINK", [outboxKey(plan)]).catch(() => undefined);
  }
  return {
    changed: true,
    seq: Number(reply[0]),
    lost: heard.reduce<number>((sum, lost) => sum + (lost ?? 0), 0),
    ...(isWhole ? {} : { incomplete: true as const }),
  };
}

function othersOf(plan: ChangePlan): readonly ChangeOperation[] {
  const person = entityOf(plan.ledgerKey);
  return plan.operations.filter(({ key }) => entityOf(key) !== person);
}

/** The same change has the same name whenever it is sent, and another change of the swipe another. */
function stepOf(plan: ChangePlan): Bytes {
  const { keys, plan: bytes } = encodeChange(plan);
  const digest = createHash("sha256").update(keys.join(" ")).update(bytes).digest();
  return digest.toString("latin1", 0, 8);
}

async function complete(parts: Parts, plan: ObservePlan, sealing: SealPlan): Promise<void> {
  const { connection } = parts;
  const located = await locate(connection, plan);
  // The id is another person's since: there is nothing of this one's to complete.
  if (located.verdict === "conflict") return;
  const reply = await connection.send("GET", [sealing.ledgerKey]);
  const ledger = Buffer.isBuffer(reply) ? reply : null;
  const isMoved = hasMovedOnSince(ledger, plan.swipe);
  await settleAll(
    entityParts(isMoved ? withoutClaiming(plan.operations) : plan.operations)
      .filter(({ writes }) => writes)
      .map((part) => observePart(connection, plan, part)),
  );
  const operations = dueOperations(sealing, isHeld(ledger, sealing));
  await sendAll(connection, othersCalls(sealing, sealing.swipe, operations));
}

/** Whether the seal gave the swipe's entry its state, as the entry itself still tells. */
function isHeld(ledger: Buffer | null, plan: SealPlan): boolean {
  const position = ledger === null ? -1 : findEntry(ledger, plan.swipe);
  if (ledger === null || position < 0) return false;
  const { state, presume } = decodeEntry(ledger, position);
  return presume || state === "reserved" || state === "attempted";
}

function sendAll(connection: RedisConnection, calls: readonly ScriptCall[]): Promise<void> {
  return settleAll(calls.map((call) => sendOthers(connection, call)));
}

/** Every part is tried, also where another fails. */
async function settleAll(work: readonly Promise<unknown>[]): Promise<void> {
  const ends = await Promise.allSettled(work);
  const failed = ends.find((end) => end.status === "rejected");
  if (failed !== undefined) {
    throw failed.reason instanceof StoreUnavailableError
      ? failed.reason
      : new StoreUnavailableError("A part of the store did not answer.", { cause: failed.reason });
  }
}
