import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Shuts a file system down without its log: what had not reached the disk never will (FS_IOC_SHUTDOWN, NOLOGFLUSH). */
const SHUT_DOWN =
  'my $how = pack("L", 2); open(F, "<", $ARGV[0]) or die $!; ioctl(F, 0x8004587d, $how) or die $!;';

/** A small file system of the test's own, mounted for it. Take it away in `t.teardown`. */
export interface TestVolume {
  readonly folder: string;
  /** Bytes that are free now. */
  free(): number;
  /** Takes what is free, but for this many bytes. */
  fillUpTo(free: number): void;
  /** Gives back what `fillUpTo` took. */
  empty(): void;
  remove(): void;
}

/** A real file system on a disk in a file, which can be made to hang and to lose its power. */
export interface TestDisk extends TestVolume {
  /** Every write and flush hangs until `thaw`. */
  freeze(): void;
  thaw(): void;
  /** What was not flushed is gone; writers get errors until `restart`. */
  losePower(): void;
  /** Mounted again: nobody may have a file open on it. */
  restart(): void;
}

/** For tap's `skip`: false where volumes of the test's own can be mounted. */
export function skipWithoutMount(): false | string {
  const volume = tryMount("1m");
  volume?.remove();
  return volume === undefined ? "no volume can be mounted here: needs root" : false;
}

/** For tap's `skip`: false where `makeDisk` works. */
export function skipWithoutDisk(): false | string {
  try {
    makeDisk().remove();
    return false;
  } catch (error) {
    return `no disk of its own can be made here (${error instanceof Error ? error.message : "?"}): needs root, mkfs.ext4 and fsfreeze`;
  }
}

/** A file system in memory of this size, as `mount` says it: `8m`. */
export function mountMemory(size: string): TestVolume {
  const volume = tryMount(size);
  if (volume === undefined) throw new Error("a tmpfs cannot be mounted");
  return volume;
}

function tryMount(size: string): TestVolume | undefined {
  const folder = mkdtempSync(join(tmpdir(), "guard-volume-"));
  try {
    run("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", folder]);
  } catch {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  return volumeAt(folder);
}

export function makeDisk(bytes = 64_000_000): TestDisk {
  const home = mkdtempSync(join(tmpdir(), "guard-disk-"));
  const image = join(home, "image");
  const folder = mkdtempSync(join(home, "mounted-"));
  const removeHome = () => rmSync(home, { recursive: true, force: true });
  try {
    writeFileSync(image, "");
    truncateSync(image, bytes);
    run("mkfs.ext4", ["-q", "-F", image]);
    run("mount", ["-o", "loop", image, folder]);
  } catch (error) {
    removeHome();
    throw error;
  }
  const volume = volumeAt(folder);
  const quietly = (command: string, args: readonly string[]) => spawnSync(command, [...args]);
  const disk: TestDisk = {
    ...volume,
    freeze: () => run("fsfreeze", ["-f", folder]),
    thaw: () => void quietly("fsfreeze", ["-u", folder]),
    losePower: () => {
      const anyFile = join(folder, "power");
      run("perl", ["-e", SHUT_DOWN, anyFile]);
    },
    restart: () => {
      run("umount", [folder]);
      run("mount", ["-o", "loop", image, folder]);
    },
    remove: () => {
      quietly("fsfreeze", ["-u", folder]);
      if (quietly("umount", [folder]).status === 0) removeHome();
    },
  };
  try {
    writeFileSync(join(folder, "power"), "");
    run("sync", [join(folder, "power")]);
    disk.freeze();
    disk.thaw();
  } catch (error) {
    disk.remove();
    throw error;
  }
  return disk;
}

function volumeAt(folder: string): TestVolume {
  const ballast = join(folder, "ballast");
  const free = () => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  };
  return {
    folder,
    free,
    fillUpTo: (left) => {
      const bytes = Math.max(0, free() - left);
      try {
        writeFileSync(ballast, Buffer.alloc(bytes, 1), { flag: "a" });
      } catch {
        // Whoever else writes here was quicker: then it is as full as was asked for.
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    remove: () => {
      // What is still mounted would be emptied, under whoever works there.
      if (spawnSync("umount", [folder]).status === 0) rmdirSync(folder);
    },
  };
}

function run(command: string, args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, [...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${command}: ${error?.message ?? stderr.trim()}`);
}
