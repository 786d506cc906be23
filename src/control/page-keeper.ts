import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pageLines, readPages } from "../checkout/indicators/page-text.ts";
import { Pages } from "../checkout/indicators/pages.ts";
import { MINUTE, type Observer, type Timers } from "../units.ts";
import { keepFile } from "./keep-file.ts";

/** Days close and sales are presumed also where nobody swipes. */
const TICK_EVERY = MINUTE;
/** So much of the sums a crash may cost; a stop costs nothing. */
const SAVE_EVERY_TICKS = 5;

/** What indicators rest on, kept in the data folder across restarts. */
export interface PageKeeper {
  readonly pages: Pages;
  /** Lets time pass: `tick` does what is due. */
  watch(tick: () => Promise<void>): void;
  close(): Promise<void>;
}

/** A file that cannot be read costs what it knew and not the start: indicators begin anew. */
export async function openPages(
  dataDir: string,
  timers: Timers,
  observer: Observer,
): Promise<PageKeeper> {
  const file = join(dataDir, "indicators.ndjson");
  const pages = await load(file, observer);
  let cancel: () => void = () => undefined;
  let saving = Promise.resolve();
  let ticks = 0;
  let isClosed = false;

  function save(): Promise<void> {
    saving = saving
      .then(() => keepFile(file, pageLines(pages)))
      .catch(() => observer.notice({ kind: "indicator.unkept" }));
    return saving;
  }

  function arm(tick: () => Promise<void>): void {
    if (isClosed) return;
    cancel = timers.after(TICK_EVERY, () => {
      ticks += 1;
      tick()
        .then(() => (ticks % SAVE_EVERY_TICKS === 0 ? save() : undefined))
        .catch(() => undefined)
        .finally(() => arm(tick));
    });
  }

  return {
    pages,
    watch: arm,
    close: async () => {
      isClosed = true;
      cancel();
      await save();
    },
  };
}

async function load(file: string, observer: Observer): Promise<Pages> {
  try {
    return readPages((await readFile(file, "utf8")).split("\n"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return new Pages();
    const message = "The file of the indicators' sums cannot be read: they begin anew.";
    observer.notice({ kind: "indicator.unkept", message, level: "warn" });
    return new Pages();
  }
}
