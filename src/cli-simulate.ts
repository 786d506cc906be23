import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { shipped } from "./config/settings.ts";
import type { CityOptions } from "./simulation/options.ts";
import { placesBeside, writeCity, writtenText } from "./simulation/write-city.ts";

export interface SimulateOptions extends Omit<CityOptions, "schemes"> {
  readonly schemes?: string;
  readonly out: string;
  readonly labels?: string;
  readonly reference?: string;
  readonly json?: boolean;
}

/** `guard simulate`: a labelled city, written to files. */
export async function simulate(options: SimulateOptions): Promise<void> {
  const { out, labels, reference, json, schemes, ...rest } = options;
  const city = { ...rest, schemes: schemes === undefined ? [] : schemes.split(",") };
  const beside = placesBeside(out);
  const places = { out, labels: labels ?? beside.labels, reference: reference ?? beside.reference };
  const watchlist = await readFile(join(shipped().referenceDir, "watchlist.tsv"), "utf8");
  const written = await writeCity(city, places, watchlist, progress);
  if (process.stderr.isTTY) process.stderr.write("\r");
  const to = out === "-" ? process.stderr : process.stdout;
  to.write(json ? `${JSON.stringify({ ...written, ...places })}\n` : writtenText(written, places));
}

function progress(lines: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${lines} lines`);
}
