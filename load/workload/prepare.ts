import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shipped } from "../../src/config/settings.ts";
import { dateText } from "../../src/simulation/days.ts";
import type { CityOptions } from "../../src/simulation/options.ts";
import { writeReference } from "../../src/simulation/write-city.ts";
import { shanghaiDay } from "../../src/units.ts";
import { cityOptions, citySales, sizeOf } from "./city-sales.ts";
import { cloneReference } from "./clone-reference.ts";
import {
  BODIES,
  LISTED_PASSES,
  MEANS,
  type Means,
  PHARMACY_LETTERS,
  type PreparedSale,
  REFERENCE,
} from "./prepared.ts";
import { slotValue } from "./slots.ts";
import type { TrafficOptions } from "./traffic.ts";

/** Changes whenever what is prepared changes, so that an older folder is not taken for it. */
const FORM = 1;

/**
 * Writes the city's bodies and reference files into the folder, once a day and seed: the city's second day is
 * today, because lists and filings have days. Takes about 20 s, or nothing where it is there already.
 */
export function prepareWorkload(
  { seed }: Pick<TrafficOptions, "seed">,
  folder: string,
  now: number = Date.now(),
): Promise<Means> {
  return prepareCity(cityOptions(seed, dateText(shanghaiDay(now) - 1)), folder);
}

/** The same from any city. */
export async function prepareCity(city: CityOptions, folder: string): Promise<Means> {
  const key = createHash("sha256")
    .update(JSON.stringify([FORM, city, PHARMACY_LETTERS, LISTED_PASSES]))
    .digest("hex");
  const known = await readMeans(folder);
  if (known?.key === key) return known.means;
  await rm(join(folder, MEANS), { force: true });
  const { sales, reference } = citySales(city);
  const watchlist = await readFile(join(shipped().referenceDir, "watchlist.tsv"), "utf8");
  await mkdir(folder, { recursive: true });
  await writeReference(cloneReference(reference(watchlist), sales), join(folder, REFERENCE));
  await writeFile(join(folder, BODIES), sales.map((sale) => `${JSON.stringify(sale)}\n`).join(""));
  const means = meansOf(sales);
  // Last: a folder that has it is whole.
  await writeFile(join(folder, MEANS), JSON.stringify({ key, means }));
  return means;
}

async function readMeans(folder: string): Promise<{ key: string; means: Means } | undefined> {
  const path = join(folder, MEANS);
  return existsSync(path) ? JSON.parse(await readFile(path, "utf8")) : undefined;
}

export function meansOf(sales: readonly PreparedSale[]): Means {
  const persons = new Set<string>();
  const pharmacies = new Set<string>();
  const sums = { lines: 0, codes: 0, nhsa: 0, settled: 0, inquiries: 0 };
  for (const { form, path, pharmacy, check, settlement } of sales) {
    const { lines, codes } = sizeOf(check, form);
    sums.lines += lines;
    sums.codes += codes;
    if (form === "nhsa") sums.nhsa += 1;
    if (settlement !== undefined) sums.settled += 1;
    if (path === "/nhsa/2101" || check["stage"] === "inquiry") sums.inquiries += 1;
    persons.add(slotValue(personText(check)));
    pharmacies.add(pharmacy);
  }
  const share = (sum: number) => Math.round((sum / sales.length) * 1_000) / 1_000;
  return {
    sales: sales.length,
    lines: share(sums.lines),
    codes: share(sums.codes),
    nhsaShare: share(sums.nhsa),
    settledShare: share(sums.settled),
    inquiryShare: share(sums.inquiries),
    persons: persons.size,
    pharmacies: pharmacies.size * PHARMACY_LETTERS.length,
  };
}

/** The number stands in the first slot of that kind. */
function personText(check: PreparedSale["check"]): string {
  return /\ue000person:[^\ue001]*\ue001/.exec(JSON.stringify(check))?.[0] ?? "";
}
