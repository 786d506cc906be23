import { createSecretKey, type KeyObject } from "node:crypto";
import { normaliseIdNumber } from "../swipe/id-number.ts";
import type { Pseudonym } from "../swipe/pseudonymised-swipe.ts";
import { normaliseTraceCode } from "../swipe/trace-code.ts";
import type { Bytes } from "../units.ts";
import { KeyedHash } from "./keyed-hash.ts";
import { RecentCache } from "./recent-cache.ts";

/** Whose identity a value is. The same value in two domains gives two digests that cannot be linked. */
export const DOMAINS = [
  "person",
  "id-number",
  "credential",
  "card",
  "agent",
  "employer",
  "prescriber",
  "staff",
  "prescription",
  "trace",
] as const;
export type Domain = (typeof DOMAINS)[number];

/** 80 bits: among 10^9 identities of one domain a chance meeting has a probability of about 4 in 10^7. */
const PSEUDONYM_BYTES = 10;
const CONTENT_BYTES = 16;
const FINGERPRINT_BYTES = 16;

/** Digests kept a domain: a city's persons of a day; about 4 MB a domain when full. */
export const CACHED_DIGESTS = 20_000;
/** What returns within minutes. Tokens, trace codes and prescriptions are used once or thrice: not worth the place. */
const REPEATING: readonly Domain[] = [
  "person",
  "id-number",
  "card",
  "agent",
  "employer",
  "prescriber",
  "staff",
];

/**
 * HMAC-SHA-256(key, domain || 0x00 || value), cut. Values are compared trimmed, identity numbers with
 * a capital X, trace codes without what scanners add, so a list file and a till meet in one digest.
 * Holds recent clear values in memory only; nothing here writes or logs.
 */
export class Pseudonymiser {
  readonly keyVersion: string;
  readonly #hash: KeyedHash;
  readonly #recent: ReadonlyMap<Domain, RecentCache<Pseudonym>>;

  constructor(keyVersion: string, key: Uint8Array | KeyObject) {
    this.keyVersion = keyVersion;
    this.#hash = new KeyedHash(key instanceof Uint8Array ? createSecretKey(key) : key);
    this.#recent = new Map(REPEATING.map((domain) => [domain, new RecentCache(CACHED_DIGESTS)]));
  }

  /** 10 bytes in base64url, 14 characters. */
  pseudonym(domain: Domain, value: string): Pseudonym {
    const compared = comparedForm(domain, value);
    const recent = this.#recent.get(domain);
    const known = recent?.get(compared);
    if (known !== undefined) return known;
    const digest = this.#hash.digest(`${domain}\u0000${compared}`, PSEUDONYM_BYTES, "base64url");
    recent?.set(compared, digest);
    return digest;
  }

  /** One prescription: its number within its issuer, the prescriber or else the pharmacy's area. */
  prescription(issuer: string, number: string): Pseudonym {
    return this.pseudonym("prescription", `${issuer.trim()}\u0000${number.trim()}`);
  }

  /** 16 bytes over the canonical text of a body, to tell a repeat from other content. Keyed: a body can be guessed. */
  content(canonical: string): Bytes {
    return this.#hash.digest(`content\u0000${canonical}`, CONTENT_BYTES, "latin1");
  }

  /** Equal for equal keys and says nothing else of them: what a store keeps to refuse another key. */
  get fingerprint(): string {
    return this.#hash.digest("fingerprint\u0000", FINGERPRINT_BYTES, "base64url");
  }
}

function comparedForm(domain: Domain, value: string): string {
  if (domain === "id-number") return normaliseIdNumber(value);
  return domain === "trace" ? normaliseTraceCode(value) : value.trim();
}
