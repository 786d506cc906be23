import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Guard, type Settings, startGuard } from "./guard-process.ts";

const MAIN = fileURLToPath(new URL("./shifted-main.js", import.meta.url));

export interface ShiftedGuard extends Guard {
  /** Steps its wall clock: from now on it is wrong by so many milliseconds. */
  shift(wrongByMs: number): void;
}

/** A real server process whose wall clock is wrong by so many milliseconds from its start. */
export async function startShiftedGuard(
  dataDir: string,
  settings: Settings,
  wrongByMs: number,
): Promise<ShiftedGuard> {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, "wall-clock");
  const shift = (by: number) => {
    writeFileSync(`${file}.new`, String(by));
    renameSync(`${file}.new`, file);
  };
  shift(wrongByMs);
  return { ...(await startGuard(dataDir, settings, [MAIN, file])), shift };
}
