import { type FileHandle, open } from "node:fs/promises";
import type { JournalRecord } from "./event.ts";
import { listSegments, RECORD_MAX, segmentPath } from "./segments.ts";

/** Bytes read at once. */
const CHUNK = 256 * 1_024;
const NEWLINE = 0x0a;

/** Where a reader stands: the next record it will give. Valid across restarts. */
export interface JournalPosition {
  /** Number of the segment's first record, which is its name. */
  readonly segment: number;
  /** Bytes of it already read. */
  readonly offset: number;
  /** Number of the next record. */
  readonly record: number;
}

export const FROM_THE_OLDEST: JournalPosition = { segment: 0, offset: 0, record: 0 };

export interface ReadRecord<R = JournalRecord> {
  readonly number: number;
  readonly record: R;
}

/** What a line says; undefined where it is no record. It may keep the bytes: they are read only once. */
export type ReadLine<R> = (line: Buffer) => R | undefined;

export interface ReadBatch<R = JournalRecord> {
  readonly records: readonly ReadRecord<R>[];
  /** Where to go on after them. */
  readonly after: JournalPosition;
  /** Records that could not be read: damaged on disk, or gone at the limit before they were read. */
  readonly lost: number;
}

interface Opened {
  readonly file: FileHandle;
  readonly segment: number;
}

/**
 * Reads the journal's folder forwards, also while another process writes to it: only whole lines are
 * given, and an unfinished last one is left until it is finished or until a later segment shows that
 * it never will be. Holds its segment open, so one that is removed meanwhile is still read to its end.
 */
export class SegmentReader<R = JournalRecord> {
  private readonly folder: string;
  private readonly readLine: ReadLine<R>;
  private at: JournalPosition;
  private opened: Opened | undefined;
  /** What was read is copied out of it: a batch has no more memory than its lines take. */
  private readonly chunk = Buffer.allocUnsafeSlow(CHUNK);

  constructor(folder: string, from: JournalPosition, readLine: ReadLine<R>) {
    this.folder = folder;
    this.at = from;
    this.readLine = readLine;
  }

  get position(): JournalPosition {
    return this.at;
  }

  /** At most `max` records; none where the end is reached for now. */
  async read(max: number): Promise<ReadBatch<R>> {
    let lost = 0;
    for (;;) {
      const file = await this.current();
      if (file === undefined) return { records: [], after: this.at, lost };
      lost += this.enter(file.segment);
      const lines = await this.readLines(file.file, max);
      if (lines.length > 0) return this.advance(lines, lost);
      const successor = (await listSegments(this.folder)).find((first) => first > file.segment);
      if (successor === undefined) return { records: [], after: this.at, lost };
      // Read once more: now that a later segment is known to be there, this one has its last byte.
      const rest = await this.readLines(file.file, max);
      if (rest.length > 0) return this.advance(rest, lost);
      await this.close();
      lost += this.enter(successor);
    }
  }

  /** Stands at a segment's first record, if it is not within it already; how many before it are not there. */
  private enter(segment: number): number {
    const { record } = this.at;
    if (this.at.segment !== segment) this.at = { segment, offset: 0, record: segment };
    // Number 0 asks for the oldest there is, so nothing before it was lost.
    return record === 0 ? 0 : Math.max(0, segment - record);
  }

  async close(): Promise<void> {
    await this.opened?.file.close();
    this.opened = undefined;
  }

  private async current(): Promise<Opened | undefined> {
    if (this.opened !== undefined) return this.opened;
    const segments = await listSegments(this.folder).catch(() => []);
    const segment = segments.find((first) => first >= this.at.segment);
    if (segment === undefined) return undefined;
    try {
      this.opened = { file: await open(segmentPath(this.folder, segment), "r"), segment };
    } catch {
      // Removed between looking and opening: the next call finds the next one.
      return undefined;
    }
    return this.opened;
  }

  private async readLines(file: FileHandle, max: number): Promise<Buffer[]> {
    let bytes = Buffer.alloc(0);
    // Grows only for a line longer than a chunk, and no line is longer than RECORD_MAX.
    while (bytes.length <= RECORD_MAX) {
      const from = this.at.offset + bytes.length;
      const { bytesRead } = await file.read(this.chunk, 0, CHUNK, from);
      if (bytesRead === 0) return [];
      bytes = Buffer.concat([bytes, this.chunk.subarray(0, bytesRead)]);
      const lines = split(bytes, max);
      if (lines.length > 0) return lines;
    }
    return [];
  }

  private advance(lines: readonly Buffer[], lostBefore: number): ReadBatch<R> {
    const records: ReadRecord<R>[] = [];
    let lost = lostBefore;
    let { offset, record: number } = this.at;
    for (const line of lines) {
      const record = this.readLine(line);
      if (record === undefined) lost += 1;
      else records.push({ number, record });
      offset += line.length + 1;
      number += 1;
    }
    this.at = { segment: this.at.segment, offset, record: number };
    return { records, after: this.at, lost };
  }
}

function split(bytes: Buffer, max: number): Buffer[] {
  const lines: Buffer[] = [];
  let start = 0;
  for (
    let end = bytes.indexOf(NEWLINE);
    end >= 0 && lines.length < max;
    end = bytes.indexOf(NEWLINE, start)
  ) {
    lines.push(bytes.subarray(start, end));
    start = end + 1;
  }
  return lines;
}
