import { type FileHandle, open, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { JournalRecord } from "./event.ts";

/** Bytes a line may have; Kafka's default limit for a message is 1,048,588. */
export const RECORD_MAX = 1_000_000;
const NEWLINE = 0x0a;
const NAME = /^(\d{16})\.ndjson$/;
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

/**
 * Looks backwards, line by line, for as long as it takes: a power loss leaves zeros, old blocks or halves of lines, of
 * any length. What is unsound before the last sound line stays, and its readers count it as lost.
 */
async function soundEnd(file: FileHandle, size: number): Promise<number> {
  const tail = new Tail(file);
  for (let end = size; end > 0; ) {
    const newline = await tail.lastNewline(end);
    const before = newline < 0 ? -1 : await tail.lastNewline(newline);
    if (newline >= 0 && (await isSound(file, before + 1, newline))) return newline + 1;
    end = before + 1;
  }
  return 0;
}

async function isSound(file: FileHandle, from: number, to: number): Promise<boolean> {
  if (to - from > RECORD_MAX) return false;
  const line = Buffer.alloc(to - from);
  await readFully(file, line, from);
  return parseRecord(line) !== undefined;
}

/** A file's bytes from behind, a chunk in memory at a time. */
class Tail {
  private readonly file: FileHandle;
  private chunk = Buffer.alloc(0);
  private start = 0;

  constructor(file: FileHandle) {
    this.file = file;
  }

  /** Where the last newline before `end` is; -1 where there is none. */
  async lastNewline(end: number): Promise<number> {
    for (let to = end; to > 0; to = this.start) {
      if (to <= this.start || to > this.start + this.chunk.length) await this.load(to);
      const found = this.chunk.subarray(0, to - this.start).lastIndexOf(NEWLINE);
      if (found >= 0) return this.start + found;
    }
    return -1;
  }

  private async load(end: number): Promise<void> {
    this.start = Math.max(0, end - CHUNK);
    this.chunk = Buffer.alloc(end - this.start);
    await readFully(this.file, this.chunk, this.start);
  }
}

/** Undefined where a line is no record: torn, overwritten, or never written. */
export function parseRecord(line: Buffer): JournalRecord | undefined {
  try {
    const parsed = JSON.parse(line.toString()) as Partial<JournalRecord> | null;
    const isWhole = parsed?.topic !== undefined && parsed.event?.id !== undefined;
    return isWhole ? (parsed as JournalRecord) : undefined;
  } catch {
    return undefined;
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
