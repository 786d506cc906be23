import type { Socket } from "node:net";

/** What a request is counted under when nothing tells whose it is. */
export const UNKNOWN_CALLER = "";

/** A pharmacy's code (P) or a hospital's (H), as msgids begin with it (domain 1.2). */
const PHARMACY = /^[PH]\d{11}/;

/** A code has 12 characters, a msgid 30; longer text is neither, and counted with the unknown. */
const VALUE_CHARS_MAX = 64;

const QUOTE = 0x22;
const COLON = 0x3a;

/** Where a body names its pharmacy: a key, and within its value another one. */
type KeyPath = readonly Buffer[];

const keys = (...names: readonly string[]): KeyPath =>
  names.map((name) => Buffer.from(JSON.stringify(name)));

const MESSAGE_ID = keys("msgid");
const NATIVE: readonly KeyPath[] = [keys("pharmacy", "code")];
/** The envelope's own field; NHSA's answer to 2102 has none and names the msgid, which begins with the code. */
const NHSA: readonly KeyPath[] = [keys("fixmedins_code"), MESSAGE_ID, keys("inf_refmsgid")];

/**
 * Whose request this is, from the raw bytes of its body: a look of about a microsecond, so that what is turned away
 * was never parsed. It decides nothing but who waits: a body that fools it is charged to another name and refused
 * by the desk as ever.
 */
export function callerIn(bytes: Buffer, door: "native" | "nhsa"): string {
  for (const path of door === "nhsa" ? NHSA : NATIVE) {
    const text = valueAt(bytes, path);
    if (text !== undefined) return pharmacyIn(text) ?? text;
  }
  return UNKNOWN_CALLER;
}

/** Empty where there is none: an NHSA till finds its answer by it, also when its message was turned away. */
export function messageIdIn(bytes: Buffer): string {
  return valueAt(bytes, MESSAGE_ID) ?? "";
}

/** A swipeId begins with its pharmacy's code where tills follow NHSA's form of a msgid. */
export function pharmacyIn(id: string): string | undefined {
  return PHARMACY.exec(id)?.[0];
}

function valueAt(bytes: Buffer, path: KeyPath): string | undefined {
  let from = 0;
  for (const key of path) {
    const found = bytes.indexOf(key, from);
    if (found < 0) return undefined;
    from = found + key.length;
  }
  const colon = skipSpace(bytes, from);
  if (bytes[colon] !== COLON) return undefined;
  const open = skipSpace(bytes, colon + 1);
  if (bytes[open] !== QUOTE) return undefined;
  const close = bytes.indexOf(QUOTE, open + 1);
  if (close < 0 || close - open > VALUE_CHARS_MAX + 1) return undefined;
  return bytes.toString("latin1", open + 1, close);
}

function skipSpace(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0a || bytes[at] === 0x0d) {
    at += 1;
  }
  return at;
}

/**
 * Which pharmacy last spoke on a connection: a step names its swipe and not its pharmacy, and a till keeps its
 * connection. Where many share one (a chain's proxy) a step may be charged to a sister.
 */
export interface KnownSockets {
  note(socket: Socket, caller: string): void;
  of(socket: Socket): string;
}

export function createKnownSockets(): KnownSockets {
  const callers = new WeakMap<Socket, string>();
  return {
    note: (socket, caller) => {
      if (caller !== UNKNOWN_CALLER) callers.set(socket, caller);
    },
    of: (socket) => callers.get(socket) ?? UNKNOWN_CALLER,
  };
}
