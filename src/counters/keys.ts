import type { Bytes } from "../units.ts";
import { base36Of, base64urlOf } from "./key-text.ts";
import { TRACE_BUCKET_BITS } from "./limits.ts";

/**
 * Names of what is remembered. Every key belongs to one entity and carries its hash tag (promise 10),
 * pseudonyms as base64url so that no byte of a digest can end a tag early. The generation comes first:
 * a rebuild fills another one beside the living.
 */
export interface KeyNames {
  ledger(person: Bytes): string;
  attempts(person: Bytes): string;
  answer(person: Bytes, swipe: Bytes): string;
  returns(person: Bytes, swipe: Bytes): string;
  locator(swipe: Bytes): string;
  log(kind: string, entity: string): string;
  traceBucket(code: Bytes): string;
  splitPack(code: Bytes): string;
  token(token: Bytes): string;
  prescription(prescription: Bytes): string;
  binding(kind: string, entity: string): string;
  tally(kind: string, entity: string): string;
  flags(person: Bytes): string;
}

const BUCKET_SHIFT = 24 - TRACE_BUCKET_BITS;

export function bucketOf(code: Bytes): string {
  const high = (code.charCodeAt(0) << 16) | (code.charCodeAt(1) << 8) | code.charCodeAt(2);
  return base36Of(high >>> BUCKET_SHIFT);
}

/** A code's field in its bucket: the last 8 of its 10 bytes; the bucket is cut from the first three. */
export function traceField(code: Bytes): Bytes {
  return code.slice(2);
}

/** Keys that share it share a slot of a Cluster: generation and hash tag. */
export function entityOf(key: string): string {
  return key.slice(0, key.indexOf("}") + 1);
}

/** The last steps that were carried out for an entity, on Cluster: beside its keys in their slot. */
export function stepsKey(entity: string): string {
  return `${entity}o`;
}

/** A till's name is free text: what is not plain becomes base64url, so that it can neither end a tag nor lose bytes. */
const PLAIN = /^[A-Za-z0-9._:-]+$/;

function plain(entity: string): string {
  return PLAIN.test(entity) ? entity : `~${Buffer.from(entity).toString("base64url")}`;
}

/** Whose ledger a key is; undefined where it is another key. */
export function personOfLedger(key: string): Bytes | undefined {
  const person = /:\{p([^}]+)\}l$/.exec(key)?.[1];
  return person === undefined ? undefined : Buffer.from(person, "base64url").toString("latin1");
}

export function createKeyNames(generation: string): KeyNames {
  const g = `${generation}:`;
  return {
    ledger: (person) => `${g}{p${base64urlOf(person)}}l`,
    attempts: (person) => `${g}{p${base64urlOf(person)}}t`,
    answer: (person, swipe) => `${g}{p${base64urlOf(person)}}a:${base64urlOf(swipe)}`,
    returns: (person, swipe) => `${g}{p${base64urlOf(person)}}r:${base64urlOf(swipe)}`,
    locator: (swipe) => `${g}{s${base64urlOf(swipe)}}`,
    log: (kind, entity) => `${g}{${kind}${plain(entity)}}w`,
    traceBucket: (code) => `${g}{K${bucketOf(code)}}`,
    splitPack: (code) => `${g}{K${bucketOf(code)}}s:${base64urlOf(code)}`,
    token: (token) => `${g}{k${base64urlOf(token)}}`,
    prescription: (prescription) => `${g}{x${base64urlOf(prescription)}}`,
    binding: (kind, entity) => `${g}{${kind}${plain(entity)}}b`,
    tally: (kind, entity) => `${g}{${kind}${plain(entity)}}d`,
    flags: (person) => `${g}{f${base64urlOf(person)}}`,
  };
}
