import { createSecretKey, type KeyObject } from "node:crypto";
import { Pseudonymiser } from "./pseudonymiser.ts";

/** The pseudonym keys by version, and which one is in force. */
export interface KeySet {
  readonly version: string;
  readonly keys: ReadonlyMap<string, KeyObject>;
}

export type KeyFile = { readonly keySet: KeySet } | { readonly mistakes: readonly string[] };

/** What a key file holds: `{ "version": "1", "keys": { "1": "<base64 of 32 bytes or more>" } }`. */
export interface KeyFileContent {
  readonly version: string;
  readonly keys: Readonly<Record<string, string>>;
}

/** RFC 2104: shorter keys than the digest weaken an HMAC, longer ones than its block are hashed first. */
const MIN_KEY_BYTES = 32;
const MAX_KEY_BYTES = 1_024;
/** One in force and those it replaced; 90 days of windows overlap two at most. */
const MAX_KEYS = 16;
const VERSION = /^[A-Za-z0-9._-]{1,32}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** All mistakes at once, one sentence each, without anything of a key. */
export function parseKeyFile(text: string): KeyFile {
  const content = parseJson(text);
  if (!isRecord(content)) return { mistakes: ["The key file must be a JSON object."] };
  const mistakes: string[] = [];
  const unknown = Object.keys(content).some((name) => name !== "version" && name !== "keys");
  if (unknown) mistakes.push('The key file may hold "version" and "keys" only.');
  const keys = readKeys(content["keys"], mistakes);
  const version = readVersion(content["version"], keys, mistakes);
  if (mistakes.length > 0 || version === undefined) return { mistakes };
  return { keySet: { version, keys } };
}

/** A fresh key file with one key of 32 bytes; write `JSON.stringify` of it where only the guard can read it. */
export function generateKey(
  randomBytes: (size: number) => Uint8Array,
  version = "1",
): KeyFileContent {
  const key = Buffer.from(randomBytes(MIN_KEY_BYTES)).toString("base64");
  return { version, keys: { [version]: key } };
}

/** The pseudonymiser of the version in force, or of an older one while two overlap; undefined when that is not known. */
export function createPseudonymiser(
  keySet: KeySet,
  version: string = keySet.version,
): Pseudonymiser | undefined {
  const key = keySet.keys.get(version);
  return key === undefined ? undefined : new Pseudonymiser(version, key);
}

function readVersion(
  version: unknown,
  keys: ReadonlyMap<string, KeyObject>,
  mistakes: string[],
): string | undefined {
  if (typeof version !== "string" || !VERSION.test(version)) {
    mistakes.push('The key file\'s "version" must be 1 to 32 letters, digits, dots or hyphens.');
    return undefined;
  }
  // When a key of its own is broken, that has been said already.
  if (mistakes.length === 0 && !keys.has(version)) {
    mistakes.push('The key file\'s "keys" must hold a key of the version in force.');
  }
  return version;
}

function readKeys(entries: unknown, mistakes: string[]): Map<string, KeyObject> {
  const keys = new Map<string, KeyObject>();
  if (!isRecord(entries)) {
    mistakes.push('The key file\'s "keys" must be an object of version and base64 key.');
    return keys;
  }
  const all = Object.entries(entries);
  if (all.length > MAX_KEYS) mistakes.push(`The key file may hold at most ${MAX_KEYS} keys.`);
  for (const [place, [version, key]] of all.slice(0, MAX_KEYS).entries()) {
    const mistake = keyMistake(version, key);
    // Named by place: a misplaced key could stand where the version belongs.
    if (mistake !== undefined) mistakes.push(`Key ${place + 1} of the key file ${mistake}`);
    else keys.set(version, createSecretKey(Buffer.from(String(key), "base64")));
  }
  return keys;
}

function keyMistake(version: string, key: unknown): string | undefined {
  if (!VERSION.test(version)) {
    return "must be named by 1 to 32 letters, digits, dots or hyphens.";
  }
  if (typeof key !== "string" || !BASE64.test(key)) return "must be base64 with its padding.";
  const length = Buffer.from(key, "base64").length;
  if (length < MIN_KEY_BYTES) return `must have at least ${MIN_KEY_BYTES} bytes.`;
  return length > MAX_KEY_BYTES ? `must have at most ${MAX_KEY_BYTES} bytes.` : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the text, so it is not passed on.
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
