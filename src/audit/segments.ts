import { type FileHandle, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Bytes a line may have; Kafka's default limit for a message is 1,048,588. */
export const RECORD_MAX = 1_000_000;
const NEWLINE = 0x0a;
const NAME = /^(\d{16})\.ndjson$/;
/** How much of a segment's end may be unsound after a power loss: two lines of the greatest size. */
const UNSOUND_MAX = 2 * RECORD_MAX;
const CHUNK = 1 << 20;

/** What the journal does to a file; a test puts a failing disk behind it. */
export interface JournalFile {
  /** Appends; may take fewer bytes than given, as a nearly full disk does. */
  write(bytes: Buffer): Promise<number>;
  truncate(length: number): Promise<void>;
  datasync(): Promise<void>;
  close(): Promise<void>;
}

export interface JournalDisk {
  open(path: string): Promise<JournalFile>;
  remove(path: string): Promise<void>;
}

export const realDisk: JournalDisk = {
  open: async (path) => {
    const file = await open(path, "a", 0o640);
    await syncFolder(join(path, ".."));
    return {
      write: async (bytes) => (await file.write(bytes)).bytesWritten,
      truncate: (length) => file.truncate(length),
      datasync: () => file.datasync(),
      close: () => file.close(),
    };
  },
  remove: (path) => rm(path, { force: true }),
};

/** A new file's name is on disk only once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** A segment is named by the number of its first record; records are numbered from 1 for ever. */
export function segmentPath(folder: string, first: number): string {
  return join(folder, `${String(first).padStart(16, "0")}.ndjson`);
}

/** Numbers of the first records of all segments, oldest first. */
export async function listSegments(folder: string): Promise<number[]> {
  const firsts: number[] = [];
  for (const name of await readdir(folder)) {
    const first = NAME.exec(name)?.[1];
    if (first !== undefined) firsts.push(Number(first));
  }
  return firsts.sort((a, b) => a - b);
}

export interface SegmentFacts {
  readonly first: number;
  readonly bytes: number;
  /** When it was last written. */
  readonly writtenAt: number;
}

export async function segmentFacts(folder: string, first: number): Promise<SegmentFacts> {
  const { size, mtimeMs } = await stat(segmentPath(folder, first));
  return { first, bytes: size, writtenAt: mtimeMs };
}

export interface Recovered {
  /** Where the last sound record ends. */
  readonly bytes: number;
  readonly records: number;
  /** Bytes after it: what a crash left of a write nobody was told had succeeded. */
  readonly torn: number;
}

/** Finds the end of the last sound record of the newest segment, and counts its records. Cuts nothing. */
export async function inspectSegment(path: string): Promise<Recovered> {
  const file = await open(path, "r");
  try {
    const { size } = await file.stat();
    const bytes = await soundEnd(file, size);
    return { bytes, records: await countLines(file, bytes), torn: size - bytes };
  } finally {
    await file.close();
  }
}

async function soundEnd(file: FileHandle, size: number): Promise<number> {
  const start = Math.max(0, size - UNSOUND_MAX);
  const tail = Buffer.alloc(size - start);
  await readFully(file, tail, start);
  let end = tail.lastIndexOf(NEWLINE) + 1;
  while (end > 0) {
    const begin = end < 2 ? 0 : tail.lastIndexOf(NEWLINE, end - 2) + 1;
    const cutOff = begin === 0 && start > 0;
    if (cutOff || parses(tail.subarray(begin, end - 1))) return start + end;
    end = begin;
  }
  return start;
}

function parses(line: Buffer): boolean {
  try {
    JSON.parse(line.toString());
    return true;
  } catch {
    return false;
  }
}

async function countLines(file: FileHandle, end: number): Promise<number> {
  const chunk = Buffer.alloc(CHUNK);
  let lines = 0;
  for (let at = 0; at < end; ) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(CHUNK, end - at), at);
    if (bytesRead === 0) return lines;
    for (let i = chunk.indexOf(NEWLINE); i >= 0 && i < bytesRead; i = chunk.indexOf(NEWLINE, i + 1))
      lines += 1;
    at += bytesRead;
  }
  return lines;
}

async function readFully(file: FileHandle, into: Buffer, position: number): Promise<void> {
  for (let filled = 0; filled < into.length; ) {
    const { bytesRead } = await file.read(into, filled, into.length - filled, position + filled);
    if (bytesRead === 0) return;
    filled += bytesRead;
  }
}
