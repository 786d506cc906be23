import type { Random } from "../../src/simulation/random.ts";
import type { DurationMs, EpochMs } from "../../src/units.ts";
import type { Scheduler } from "./scheduler.ts";
import {
  emptyFile,
  failure,
  fileOf,
  type SimulatedFile,
  SimulatedHandle,
} from "./simulated-files.ts";

export type DiskWork = "read" | "write" | "sync" | "truncate" | "name";

/** What is wrong with a disk just now. */
export interface DiskTrouble {
  /** Each piece of work takes this long. */
  readonly slow?: DurationMs;
  /** Takes no byte more; a write may still get a part of its bytes in. */
  readonly full?: boolean;
  /** Flushes fail. */
  readonly unsound?: boolean;
}

const NEVER = new Promise<never>(() => undefined);

/**
 * One machine's disk in memory. It outlives the process that writes to it: a kill loses nothing that was written, a
 * power loss all that was not flushed, or keeps any part of it. Work of a dead process never ends.
 */
export class SimulatedDisk {
  readonly trouble: DiskTrouble[] = [];
  /** A flush has failed, ever: what it was for may be gone at the next power loss. */
  hasFailed = false;
  private readonly scheduler: Scheduler;
  private readonly random: Random;
  private readonly files = new Map<string, SimulatedFile>();
  private readonly buffered: boolean;
  private generation = 0;

  /** `buffered`: a process that keeps what it writes to itself until the flush, and takes it to its grave. */
  constructor(scheduler: Scheduler, random: Random, buffered = false) {
    this.buffered = buffered;
    this.scheduler = scheduler;
    this.random = random;
  }

  now(): EpochMs {
    return this.scheduler.now();
  }

  /** The view of the process that runs now; it is dead once the next one is given out. */
  mount(): MountedDisk {
    this.generation += 1;
    const mine = this.generation;
    return new MountedDisk(this, () => this.generation === mine);
  }

  unmount(isPower: boolean): void {
    this.generation += 1;
    for (const file of this.files.values()) {
      // What a dead process had written the system writes out.
      if (this.buffered) file.length = file.durable;
      else if (!isPower) file.durable = file.length;
    }
  }

  losePower(): void {
    for (const [path, file] of this.files) {
      const kept = file.durable + this.random.below(file.length - file.durable + 1);
      // What was never flushed may come back as anything, zeros for instance.
      if (kept > file.durable && this.random.chance(0.3)) file.bytes.fill(0, file.durable, kept);
      file.length = kept;
      file.durable = kept;
      if (kept === 0) this.files.delete(path);
    }
  }

  /** Everything written is on the platter: how a life ends that is to be read afterwards. */
  content(path: string): Buffer | undefined {
    const file = this.files.get(path);
    return file?.bytes.subarray(0, file.length);
  }

  paths(): string[] {
    return [...this.files.keys()];
  }

  open(path: string, create: boolean): SimulatedFile | undefined {
    const known = this.files.get(path);
    if (known !== undefined || !create) return known;
    const fresh = emptyFile();
    this.files.set(path, fresh);
    return fresh;
  }

  put(path: string, content: Buffer): void {
    this.files.set(path, fileOf(content));
  }

  rename(from: string, to: string): void {
    const file = this.files.get(from);
    if (file === undefined) throw failure("ENOENT");
    this.files.delete(from);
    this.files.set(to, file);
  }

  remove(path: string): void {
    this.files.delete(path);
  }

  /** How long this work takes and whether it fails. */
  async turnFor(work: DiskWork): Promise<void> {
    const slow = this.trouble.reduce((most, { slow = 0 }) => Math.max(most, slow), 0);
    if (slow > 0 && work !== "read")
      await this.scheduler.sleep(slow * this.random.within(0.5, 1.5));
    if (work === "sync" && this.trouble.some(({ unsound }) => unsound)) {
      this.hasFailed = true;
      throw failure("EIO");
    }
  }

  /** How many of these bytes there is room for. */
  roomFor(bytes: number): number {
    if (!this.trouble.some(({ full }) => full)) return bytes;
    const part = this.random.chance(0.5) ? this.random.below(bytes) : 0;
    if (part === 0) throw failure("ENOSPC");
    return part;
  }
}

/** The disk as one process sees it. */
export class MountedDisk {
  private readonly disk: SimulatedDisk;
  readonly isRunning: () => boolean;

  constructor(disk: SimulatedDisk, isRunning: () => boolean) {
    this.disk = disk;
    this.isRunning = isRunning;
  }

  now(): EpochMs {
    return this.disk.now();
  }

  async turn(work: DiskWork): Promise<void> {
    if (!this.isRunning()) await NEVER;
    await this.disk.turnFor(work);
    if (!this.isRunning()) await NEVER;
  }

  async room(bytes: number): Promise<number> {
    await this.turn("write");
    return this.disk.roomFor(bytes);
  }

  async open(path: string, flags = "r"): Promise<SimulatedHandle> {
    await this.turn("read");
    if (this.paths().some((known) => known.startsWith(`${path}/`))) {
      return new SimulatedHandle(this.handleDisk(), undefined);
    }
    const file = this.disk.open(path, flags !== "r" && flags !== "r+");
    if (file === undefined) throw failure("ENOENT");
    return new SimulatedHandle(this.handleDisk(), file);
  }

  async readFile(path: string): Promise<Buffer> {
    await this.turn("read");
    const content = this.disk.content(path);
    if (content === undefined) throw failure("ENOENT");
    return Buffer.from(content);
  }

  async writeFile(path: string, content: Buffer): Promise<void> {
    await this.room(content.length);
    this.disk.put(path, content);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.turn("name");
    this.disk.rename(from, to);
  }

  async remove(path: string): Promise<void> {
    await this.turn("name");
    this.disk.remove(path);
  }

  async list(folder: string): Promise<string[]> {
    await this.turn("read");
    const inside = this.paths().filter((path) => path.startsWith(`${folder}/`));
    return inside
      .map((path) => path.slice(folder.length + 1))
      .filter((name) => !name.includes("/"));
  }

  async stat(path: string): Promise<{ readonly size: number; readonly mtimeMs: number }> {
    await this.turn("read");
    const content = this.disk.content(path);
    if (content === undefined) throw failure("ENOENT");
    return { size: content.length, mtimeMs: this.now() };
  }

  private paths(): string[] {
    return this.disk.paths();
  }

  private handleDisk(): MountedDisk {
    return this;
  }
}
