import type { MountedDisk } from "./simulated-disk.ts";

const NEVER = new Promise<never>(() => undefined);

/** A file as the system sees it, and how much of it is on the platter. */
export interface SimulatedFile {
  bytes: Buffer;
  length: number;
  durable: number;
}

export function emptyFile(): SimulatedFile {
  return { bytes: Buffer.alloc(256), length: 0, durable: 0 };
}

export function fileOf(content: Buffer): SimulatedFile {
  return { bytes: content, length: content.length, durable: 0 };
}

function appendTo(file: SimulatedFile, bytes: Buffer): void {
  const length = file.length + bytes.length;
  if (length > file.bytes.length) {
    const grown = Buffer.alloc(Math.max(length, 2 * file.bytes.length));
    file.bytes.copy(grown, 0, 0, file.length);
    file.bytes = grown;
  }
  bytes.copy(file.bytes, file.length);
  file.length = length;
}

/** What `open` gives: the part of node's FileHandle that the guard uses, over a file that is not there. */
export class SimulatedHandle {
  private readonly disk: MountedDisk;
  private readonly file: SimulatedFile | undefined;

  /** Without a file it is a folder's. */
  constructor(disk: MountedDisk, file: SimulatedFile | undefined) {
    this.disk = disk;
    this.file = file;
  }

  private whole(): SimulatedFile {
    if (this.file === undefined) throw failure("EISDIR");
    return this.file;
  }

  async write(bytes: Buffer): Promise<{ readonly bytesWritten: number }> {
    const took = await this.disk.room(bytes.length);
    appendTo(this.whole(), bytes.subarray(0, took));
    return { bytesWritten: took };
  }

  async truncate(length: number): Promise<void> {
    await this.disk.turn("truncate");
    const file = this.whole();
    file.length = Math.min(file.length, length);
    file.durable = Math.min(file.durable, length);
  }

  async datasync(): Promise<void> {
    const file = this.file;
    const reached = file?.length ?? 0;
    await this.disk.turn("sync");
    if (file !== undefined) file.durable = Math.max(file.durable, Math.min(reached, file.length));
  }

  sync(): Promise<void> {
    return this.datasync();
  }

  async read(into: Buffer, offset: number, length: number, position: number) {
    await this.disk.turn("read");
    const file = this.whole();
    const bytesRead = Math.max(0, Math.min(length, file.length - position));
    file.bytes.copy(into, offset, position, position + bytesRead);
    return { bytesRead };
  }

  async stat(): Promise<{ readonly size: number; readonly mtimeMs: number }> {
    await this.disk.turn("read");
    return { size: this.whole().length, mtimeMs: this.disk.now() };
  }

  async close(): Promise<void> {
    if (!this.disk.isRunning()) await NEVER;
  }
}

/** An error as the system gives it. */
export function failure(code: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${code}: simulated`);
  error.code = code;
  return error;
}
