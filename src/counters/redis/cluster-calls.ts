import type { Bytes } from "../../units.ts";
import { entityOf } from "../keys.ts";
import type { ChangeOperation, ChangePlan, ObserveOperation, ObservePlan } from "../operations.ts";
import { encodeObserveEntity, encodeOthers, type ScriptCall } from "./plan-codec.ts";
import type { RedisConnection } from "./redis-connection.ts";
import { callScript, readObserve } from "./redis-home.ts";
import { observeScript, othersScript } from "./scripts.generated.ts";

/** What a check asks of one entity: its keys share a hash tag, so they are one script call. */
export interface EntityPart {
  readonly entity: string;
  readonly operations: readonly ObserveOperation[];
  /** Where the replies belong among all of the plan's. */
  readonly places: readonly number[];
  /** Something is written; else its loss loses nothing. */
  readonly writes: boolean;
}

export interface HeardPart {
  readonly values: readonly (Buffer | null | undefined)[];
  readonly lost: number;
}

export function entityParts(operations: readonly ObserveOperation[]): readonly EntityPart[] {
  const parts = new Map<string, { operations: ObserveOperation[]; places: number[] }>();
  let place = 0;
  for (const operation of operations) {
    const entity = entityOf(operation.key);
    const part = parts.get(entity) ?? { operations: [], places: [] };
    parts.set(entity, part);
    part.operations.push(operation);
    part.places.push(place++);
    // A code's holder and its split sales are two replies.
    if (operation.kind === "trace") part.places.push(place++);
  }
  return [...parts].map(([entity, part]) => ({
    entity,
    ...part,
    writes: part.operations.some(writes),
  }));
}

function writes(operation: ObserveOperation): boolean {
  return operation.kind === "log" || (operation.kind !== "read" && operation.write);
}

export async function observePart(
  connection: RedisConnection,
  plan: ObservePlan,
  { entity, operations }: EntityPart,
): Promise<HeardPart> {
  const call = encodeObserveEntity(plan, entity, operations);
  const { values, lost } = readEntityReply(await callScript(connection, observeScript, call));
  return { values, lost };
}

function readEntityReply(reply: unknown): HeardPart {
  const read = readObserve(reply);
  if (read.verdict !== "new" && read.verdict !== "retry") return { values: [], lost: 0 };
  // Without a person among the operations, the first two replies are the first two values.
  return { values: [read.ledger, read.attempts, ...read.values], lost: read.lost };
}

/** What a step means for others than the person: a call an entity, each carried out once however often it is sent. */
export function othersCalls(
  plan: Pick<ChangePlan, "at" | "swipe">,
  step: Bytes,
  operations: readonly ChangeOperation[],
): readonly ScriptCall[] {
  const parts = new Map<string, ChangeOperation[]>();
  for (const operation of operations) {
    const entity = entityOf(operation.key);
    const part = parts.get(entity);
    if (part === undefined) parts.set(entity, [operation]);
    else part.push(operation);
  }
  return [...parts].map(([entity, part]) => encodeOthers(plan, step, entity, part));
}

/** Resolves to the codes lost to make room. */
export async function sendOthers(connection: RedisConnection, call: ScriptCall): Promise<number> {
  return Number(await callScript(connection, othersScript, call));
}
