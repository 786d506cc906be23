import { createHash } from "node:crypto";
import { chinaLocalText } from "../../swipe/calendar.ts";
import { type Bytes, type ShanghaiDay, shanghaiMidnight } from "../../units.ts";

/** First 8 bytes of SHA-256 over the parts: what a finding is known by. */
export function findingDigest(...parts: readonly string[]): Bytes {
  return createHash("sha256").update(parts.join("\0")).digest().toString("latin1", 0, 8);
}

export function base64url(bytes: Bytes): string {
  return Buffer.from(bytes, "latin1").toString("base64url");
}

/** How a swipe of which only the digest is known is named in records. */
export function swipeName(swipe: Bytes): string {
  return `~${base64url(swipe)}`;
}

/** A Shanghai day as inspectors write it, yyyy-MM-dd. */
export function dayText(day: ShanghaiDay): string {
  return chinaLocalText(shanghaiMidnight(day)).slice(0, 10);
}
