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

const PLAIN = Array.from({ length: 128 }, (_, code) =>
  /[A-Za-z0-9._:-]/.test(String.fromCharCode(code)),
);

/** A till's name is free text: what is not plain becomes base64url, so that it can neither end a tag nor lose bytes. */
function plain(entity: string): string {
  return isPlain(entity) ? entity : `~${Buffer.from(entity).toString("base64url")}`;
}

function isPlain(entity: string): boolean {
  for (let i = 0; i < entity.length; i += 1) if (PLAIN[entity.charCodeAt(i)] !== true) return false;
  return entity !== "";
}

/** Whose ledger a key is; undefined where it is another key. */
export function personOfLedger(key: string): Bytes | undefined {
  const person = /:\{p([^}]+)\}l$/.exec(key)?.[1];
  return person === undefined ? undefined : Buffer.from(person, "base64url").toString("latin1");
}

/** The text made last: a plan names its person and its swipe several times, one after the other. */
function lastOf(make: (bytes: Bytes) => string): (bytes: Bytes) => string {
  let last: Bytes | undefined;
  let text = "";
  return (bytes) => {
    if (bytes !== last) {
      text = make(bytes);
      last = bytes;
    }
    return text;
  };
}

export function createKeyNames(generation: string): KeyNames {
  const g = `${generation}:`;
  const personTag = lastOf((person) => `${g}{p${base64urlOf(person)}}`);
  const swipeText = lastOf(base64urlOf);
  const bucketTag = lastOf((code) => `${g}{K${bucketOf(code)}}`);
  return {
    ledger: (person) => `${personTag(person)}l`,
    attempts: (person) => `${personTag(person)}t`,
    answer: (person, swipe) => `${personTag(person)}a:${swipeText(swipe)}`,
    returns: (person, swipe) => `${personTag(person)}r:${swipeText(swipe)}`,
    locator: (swipe) => `${g}{s${swipeText(swipe)}}`,
    log: (kind, entity) => `${g}{${kind}${plain(entity)}}w`,
    traceBucket: bucketTag,
    splitPack: (code) => `${bucketTag(code)}s:${base64urlOf(code)}`,
    token: (token) => `${g}{k${base64urlOf(token)}}`,
    prescription: (prescription) => `${g}{x${base64urlOf(prescription)}}`,
    binding: (kind, entity) => `${g}{${kind}${plain(entity)}}b`,
    tally: (kind, entity) => `${g}{${kind}${plain(entity)}}d`,
    flags: (person) => `${g}{f${base64urlOf(person)}}`,
  };
}
