import { crc32 } from "node:zlib";
import type { Bytes, EpochMs } from "../../units.ts";

/** What a key became; undefined: it was removed. */
export interface Put {
  readonly key: Bytes;
  readonly value: Buffer | undefined;
  readonly expiresAt: EpochMs;
}

/** A frame is one command: length u32, CRC-32 u32, then its puts. */
const FRAME_HEAD = 8;
/** A put: key length u16, expiry u48, value length u32, then key and value. */
const PUT_HEAD = 12;
const REMOVED = 0xffff_ffff;
const FIRST_BYTES = 1 << 16;

/** Frames one behind the other, in a buffer that is used again. */
export class FrameBuffer {
  private bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES);
  private end = 0;

  get length(): number {
    return this.end;
  }

  /** A whole command: where it throws, nothing of it. */
  add(puts: readonly Put[]): void {
    const start = this.end;
    let end = start + FRAME_HEAD;
    for (const { key, value, expiresAt } of puts) {
      const length = value?.length ?? 0;
      this.makeRoom(end + PUT_HEAD + key.length + length);
      const { bytes } = this;
      bytes.writeUInt16BE(key.length, end);
      bytes.writeUIntBE(expiresAt, end + 2, 6);
      bytes.writeUInt32BE(value === undefined ? REMOVED : length, end + 8);
      bytes.write(key, end + PUT_HEAD, key.length, "latin1");
      value?.copy(bytes, end + PUT_HEAD + key.length);
      end += PUT_HEAD + key.length + length;
    }
    this.bytes.writeUInt32BE(end - start, start);
    this.bytes.writeUInt32BE(crc32(this.bytes.subarray(start + FRAME_HEAD, end)), start + 4);
    this.end = end;
  }

  /** A view: good until `clear`. */
  view(): Buffer {
    return this.bytes.subarray(0, this.end);
  }

  clear(): void {
    this.end = 0;
  }

  private makeRoom(needed: number): void {
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.bytes.length));
    this.bytes.copy(larger);
    this.bytes = larger;
  }
}

/** Hands over each whole frame's puts, in order. Returns where the last whole frame ends. */
export function readFrames(bytes: Buffer, start: number, take: (put: Put) => void): number {
  let frame = start;
  while (frame + FRAME_HEAD <= bytes.length) {
    const end = frame + bytes.readUInt32BE(frame);
    const isWhole = end >= frame + FRAME_HEAD && end <= bytes.length;
    if (!isWhole) break;
    const body = bytes.subarray(frame + FRAME_HEAD, end);
    if (crc32(body) !== bytes.readUInt32BE(frame + 4)) break;
    readPuts(body, take);
    frame = end;
  }
  return frame;
}

function readPuts(body: Buffer, take: (put: Put) => void): void {
  for (let at = 0; at < body.length; ) {
    const keyEnd = at + PUT_HEAD + body.readUInt16BE(at);
    const length = body.readUInt32BE(at + 8);
    const end = length === REMOVED ? keyEnd : keyEnd + length;
    take({
      key: body.toString("latin1", at + PUT_HEAD, keyEnd),
      value: length === REMOVED ? undefined : Buffer.from(body.subarray(keyEnd, end)),
      expiresAt: body.readUIntBE(at + 2, 6),
    });
    at = end;
  }
}
