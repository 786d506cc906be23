import { statfs } from "node:fs/promises";

/**
 * Free bytes of the volume below which the instance is unready: records of 7 KB (measured, two lines and the shipped
 * policy) at 1,000 a second fill them in 37 s, at 100 a second in six minutes; a balancer takes it out in seconds.
 */
export const DISK_RESERVE = 256_000_000;
/** A small volume keeps this part of itself instead. */
export const RESERVE_SHARE = 0.1;
/** The part of the reserve that the journal leaves to the relay's position and the embedded store. */
const LAST_PART = 1 / 8;
/** Told beforehand, while there are still twice the reserve. */
const EARLY = 2;

/** The file system under a folder. */
export interface Volume {
  /** Bytes this process may still use. */
  readonly free: number;
  readonly total: number;
}

/** `low`: below twice the reserve. `short`: below the reserve, unready. `out`: records are refused. */
export type SpaceState = "ok" | "low" | "short" | "out";

export function reserveOf(volume: Volume): number {
  return Math.min(DISK_RESERVE, volume.total * RESERVE_SHARE);
}

/** Unknown space is taken for enough: the disk itself says when there is none. */
export function spaceState(volume: Volume | undefined): SpaceState {
  if (volume === undefined) return "ok";
  const reserve = reserveOf(volume);
  if (volume.free < reserve * LAST_PART) return "out";
  if (volume.free < reserve) return "short";
  return volume.free < reserve * EARLY ? "low" : "ok";
}

export async function readVolume(folder: string): Promise<Volume> {
  const { bavail, blocks, bsize } = await statfs(folder);
  return { free: bavail * bsize, total: blocks * bsize };
}
