import { mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { type Put, readFrames } from "./log-frames.ts";

const NAME = /^ahead-(\d{12})$/;
/** Number of the segment before u48, its bytes u48, CRC-32 u32. */
const HEAD_BYTES = 16;
const CRC_OFFSET = 12;

export interface SegmentFacts {
  readonly number: number;
  /** Up to the end of the last whole frame. */
  readonly bytes: number;
}

export function segmentPath(folder: string, number: number): string {
  return join(folder, `ahead-${String(number).padStart(12, "0")}`);
}

/** Says where the segment before ended: what follows a gap must not be taken for its continuation. */
export function segmentHead(before: SegmentFacts | undefined): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUIntBE(before?.number ?? 0, 0, 6);
  head.writeUIntBE(before?.bytes ?? 0, 6, 6);
  head.writeUInt32BE(crc32(head.subarray(0, CRC_OFFSET)), CRC_OFFSET);
  return head;
}

export interface Recovered {
  /** Those that stay, oldest first. */
  readonly segments: readonly SegmentFacts[];
  /** Bytes that were no whole command, or lay behind a gap. */
  readonly cut: number;
}

/**
 * Hands over what the log holds, in order, up to the first gap (a power loss can take an end that was not on disk and
 * leave what came after it). What lies behind a gap goes.
 */
export function recoverSegments(folder: string, take: (put: Put) => void): Recovered {
  mkdirSync(folder, { recursive: true });
  const segments: SegmentFacts[] = [];
  const numbers = segmentNumbers(folder);
  let cut = 0;
  for (const [index, number] of numbers.entries()) {
    const bytes = readFileSync(segmentPath(folder, number));
    if (!follows(bytes, segments.at(-1))) {
      // The newest first, so that a gap never closes over what is left.
      for (const lost of numbers.slice(index).reverse()) cut += removed(segmentPath(folder, lost));
      break;
    }
    const end = readFrames(bytes, HEAD_BYTES, take);
    segments.push({ number, bytes: end });
    cut += bytes.length - end;
  }
  return { segments, cut };
}

/** Its size. */
function removed(path: string): number {
  const { size } = statSync(path);
  rmSync(path);
  return size;
}

function segmentNumbers(folder: string): number[] {
  const numbers: number[] = [];
  for (const name of readdirSync(folder)) {
    const number = NAME.exec(name)?.[1];
    if (number !== undefined) numbers.push(Number(number));
  }
  return numbers.sort((a, b) => a - b);
}

function follows(bytes: Buffer, before: SegmentFacts | undefined): boolean {
  if (bytes.length < HEAD_BYTES) return false;
  if (crc32(bytes.subarray(0, CRC_OFFSET)) !== bytes.readUInt32BE(CRC_OFFSET)) return false;
  // The one before the oldest is in the file and gone.
  if (before === undefined) return true;
  return bytes.readUIntBE(0, 6) === before.number && bytes.readUIntBE(6, 6) <= before.bytes;
}
