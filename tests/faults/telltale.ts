import { createHash, createHmac, randomInt } from "node:crypto";
import { DOMAINS } from "../../src/privacy/pseudonymiser.ts";

/** An identity that occurs nowhere else in the world, so that wherever it is found it was left by the guard. */
export interface Telltale {
  /** What it is of: for the report, which never repeats the value. */
  readonly kind: string;
  readonly value: string;
}

const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join("");
const letters = (count: number) =>
  Array.from({ length: count }, () => "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"[randomInt(32)]).join("");
/** Common characters beside one another as no name has them. */
const han = (count: number) =>
  Array.from({ length: count }, () => String.fromCodePoint(0x4e00 + randomInt(0x5000))).join("");
const two = (number: number) => String(number).padStart(2, "0");

/** Makes identities and remembers each. */
export class Telltales {
  readonly all: Telltale[] = [];

  make(kind: string, value: string): string {
    this.all.push({ kind, value });
    return value;
  }

  person = () => this.make("person number", `29${digits(18)}`);
  token = () => this.make("token", `T${letters(40)}`);
  card = () => this.make("card number", `C${letters(12)}`);
  chip = () => this.make("cardSn", `7F${letters(26)}`);
  staff = (what: string) => this.make(what, `L${letters(14)}`);
  prescriber = () => this.make("prescriber", `D21${digits(12)}`);
  prescription = () => this.make("prescription number", `RX${digits(15)}`);
  agent = () => this.make("agent", `41${digits(16)}`);
  employer = () => this.make("employer", `${han(6)}有限公司`);
  name = (what: string) => this.make(what, han(6));
  phone = () => this.make("phone", `139${digits(8)}`);
  secret = (what: string) => this.make(what, letters(30));

  birthDate(): string {
    const year = 1915 + randomInt(30);
    const day = `${year}-${two(1 + randomInt(12))}-${two(1 + randomInt(28))}`;
    this.make("birth date", day.replaceAll("-", ""));
    return this.make("birth date", day);
  }

  idNumber(birthDate: string): string {
    const body = `210102${birthDate.replaceAll("-", "")}${digits(3)}`;
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const sum = weights.reduce((total, weight, index) => total + weight * Number(body[index]), 0);
    return this.make("ID number", body + "10X98765432"[sum % 11]);
  }

  /** A national code; its first seven digits are product data, the rest is not. */
  traceCode(): string {
    const rest = digits(13);
    this.make("trace code without its product", rest);
    return this.make("trace code", `8338652${rest}`);
  }

  gs1Code(): string {
    const serial = this.make("GS1 serial", letters(16));
    this.make("GS1 code", `010690123456789221${serial}`);
    return `(01)06901234567892(21)${serial}`;
  }
}

interface Needle {
  readonly bytes: Buffer;
  readonly what: string;
}

/** Six bytes are looked up at every place: by chance they are met once in 2^48. */
const KEY = 6;
/** Parts of a long identity count as the identity. */
const PART = 10;
const LONG = 16;
const ALGORITHMS = ["sha256", "sha1", "md5", "sha512"];

/** Finds identities in bytes: in clear in whatever encoding, and every digest of one that needs no key. */
export class Search {
  private readonly needles = new Map<number, Needle[]>();
  size = 0;

  constructor(telltales: readonly Telltale[]) {
    for (const { kind, value } of telltales) {
      this.addClear(kind, value);
      // Of a trace code the first part is the product's.
      const parts = value.length < LONG || kind.startsWith("trace") ? [] : [value.slice(0, PART)];
      if (value.length >= LONG) parts.push(value.slice(-PART));
      for (const part of parts) this.add(`a part of a ${kind}`, Buffer.from(part));
      this.addDigests(kind, value);
    }
  }

  /** What was found, each once. */
  in(haystack: Buffer): string[] {
    const found = new Set<string>();
    for (let at = 0; at + KEY <= haystack.length; at++) {
      const candidates = this.needles.get(haystack.readUIntBE(at, KEY));
      for (const { bytes, what } of candidates ?? []) {
        if (haystack.subarray(at, at + bytes.length).equals(bytes)) found.add(what);
      }
    }
    return [...found];
  }

  private add(what: string, bytes: Buffer): void {
    if (bytes.length < KEY) throw new Error(`${what} is too short to be looked for`);
    const key = bytes.readUIntBE(0, KEY);
    const others = this.needles.get(key) ?? [];
    if (others.some((other) => other.bytes.equals(bytes))) return;
    this.needles.set(key, [...others, { bytes, what }]);
    this.size += 1;
  }

  private addClear(kind: string, value: string): void {
    for (const [form, bytes] of clearForms(value)) this.add(`a ${kind} in clear (${form})`, bytes);
  }

  private addDigests(kind: string, value: string): void {
    for (const input of inputsOf(value)) {
      for (const [algorithm, digest] of digestsOf(input)) {
        for (const [form, bytes] of digestForms(digest)) {
          this.add(`an unkeyed ${algorithm} of a ${kind} (${form})`, bytes);
        }
      }
    }
  }
}

export function* clearForms(value: string): Generator<readonly [string, Buffer]> {
  const utf8 = Buffer.from(value);
  yield ["UTF-8", utf8];
  yield ["lower case", Buffer.from(value.toLowerCase())];
  yield ["UTF-16", Buffer.from(value, "utf16le")];
  yield ["hex", Buffer.from(utf8.toString("hex"))];
  yield ["HEX", Buffer.from(utf8.toString("hex").toUpperCase())];
  // Inside longer base64 a value begins at one of three places; the characters it shares with others are left out.
  for (const shift of [0, 1, 2]) {
    const shifted = Buffer.concat([Buffer.alloc(shift), utf8]);
    const inner = (encoding: "base64" | "base64url") =>
      shifted
        .toString(encoding)
        .slice(shift === 0 ? 0 : shift + 1, Math.floor((shifted.length * 4) / 3));
    yield [`base64, place ${shift}`, Buffer.from(inner("base64"))];
    yield [`base64url, place ${shift}`, Buffer.from(inner("base64url"))];
  }
  if (/^[\x20-\x7e]*$/.test(value)) return;
  const escaped = Array.from(value, (one) => `\\u${one.charCodeAt(0).toString(16)}`).join("");
  yield ["JSON escapes", Buffer.from(escaped)];
  yield ["percent encoding", Buffer.from(encodeURIComponent(value))];
  yield ["UTF-8 twice", Buffer.from(utf8.toString("latin1"))];
}

/** The value alone, and as the guard's keyed digests are made of it, with the key left out. */
function inputsOf(value: string): string[] {
  return [value, ...DOMAINS.flatMap((domain) => [`${domain}\0${value}`, `${domain}:${value}`])];
}

export function* digestsOf(input: string): Generator<readonly [string, Buffer]> {
  for (const algorithm of ALGORITHMS) {
    yield [algorithm, createHash(algorithm).update(input).digest()];
  }
  yield ["sha256 with an empty key", createHmac("sha256", "").update(input).digest()];
}

/** Beginnings short enough to be in every longer one; the memory keeps the last 8 of 10 bytes of some. */
export function* digestForms(digest: Buffer): Generator<readonly [string, Buffer]> {
  yield ["bytes", digest.subarray(0, KEY)];
  yield ["bytes without the first two", digest.subarray(2, 2 + KEY)];
  yield ["hex", Buffer.from(digest.toString("hex").slice(0, 12))];
  yield ["HEX", Buffer.from(digest.toString("hex").toUpperCase().slice(0, 12))];
  yield ["base64", Buffer.from(digest.toString("base64").slice(0, 8))];
  yield ["base64url", Buffer.from(digest.toString("base64url").slice(0, 8))];
  yield ["bytes as text", Buffer.from(digest.toString("latin1", 0, 8))];
}
