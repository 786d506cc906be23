import type { Bytes } from "../units.ts";

/**
 * Big-endian fields, written and read by hand: a method of Buffer costs more than the few bytes of a field (a time of
 * six bytes 10 ns, so 4; measured), and a check's plans write more than a hundred of them.
 */
export function putBytes(into: Uint8Array, at: number, width: number, bytes: Bytes): void {
  for (let i = 0; i < width; i += 1) into[at + i] = bytes.charCodeAt(i);
}

export function putUint8(into: Uint8Array, at: number, value: number): void {
  into[at] = fitting(value, 0xff);
}

export function putUint16(into: Uint8Array, at: number, value: number): void {
  fitting(value, 0xffff);
  into[at] = value >>> 8;
  into[at + 1] = value;
}

export function putUint24(into: Uint8Array, at: number, value: number): void {
  fitting(value, 0xffffff);
  into[at] = value >>> 16;
  into[at + 1] = value >>> 8;
  into[at + 2] = value;
}

export function putUint32(into: Uint8Array, at: number, value: number): void {
  fitting(value, 0xffffffff);
  into[at] = value >>> 24;
  into[at + 1] = value >>> 16;
  into[at + 2] = value >>> 8;
  into[at + 3] = value;
}

/** For instance a time. */
export function putUint48(into: Uint8Array, at: number, value: number): void {
  fitting(value, 0xffffffffffff);
  const high = Math.floor(value / TWO_TO_32);
  into[at] = high >>> 8;
  into[at + 1] = high;
  into[at + 2] = value >>> 24;
  into[at + 3] = value >>> 16;
  into[at + 4] = value >>> 8;
  into[at + 5] = value;
}

const TWO_TO_32 = 2 ** 32;

/** A value beyond its field would be another one there. */
function fitting(value: number, max: number): number {
  if (value < 0 || value > max)
    throw new RangeError(`GUARD_COUNTERS_FIELD: ${value} is not from 0 to ${max}`);
  return value;
}

/** The callers know that the bytes are there: what lies beyond the end would read as zeros. */
export function uint16At(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function uint24At(bytes: Uint8Array, at: number): number {
  return (uint16At(bytes, at) << 8) | (bytes[at + 2] ?? 0);
}

export function uint32At(bytes: Uint8Array, at: number): number {
  return ((uint16At(bytes, at) << 16) | uint16At(bytes, at + 2)) >>> 0;
}

export function uint48At(bytes: Uint8Array, at: number): number {
  return uint16At(bytes, at) * TWO_TO_32 + uint32At(bytes, at + 2);
}
