import { createCity } from "./city.ts";
import { SCHEMES } from "./fraud/schemes.ts";
import { CITY_DEFAULTS, type CityOptions } from "./options.ts";
import { writeReference } from "./write-city.ts";

/** A few days of a small town: an hour of it is enough to look at, and quickly made. */
const DEMO_CITY: CityOptions = {
  ...CITY_DEFAULTS,
  ...{ pharmacies: 20, persons: 8_000, days: 4, quietDays: 1, cunning: 0 },
};

/** A town whose gang is in a hurry: others are more careful, and some of those get through an hour unseen. */
export const DEMO_SEED = 2;

/** The pharmacy of the documents' examples: whoever tries them on the demo's guard is served. */
const EXAMPLE_PHARMACY = "P21010200123,210102,41.7968,123.4291,active,2020-01-01,,,5,";

export interface DemoCity {
  /** Replay lines, in order of time. */
  readonly lines: readonly string[];
  readonly labels: readonly string[];
  /** What its one gang does, in a sentence. */
  readonly story: string;
}

/**
 * A town with one gang in it, and its reference files in a folder.
 *
 * @throws CityOptionsError for a scheme that there is not
 */
export async function makeDemoCity(
  { scheme, seed }: { readonly scheme: string; readonly seed: number },
  folder: string,
  watchlist: string,
): Promise<DemoCity> {
  const chosen = SCHEMES.find(({ name }) => name === scheme);
  const days = Math.max(DEMO_CITY.days, DEMO_CITY.quietDays + (chosen?.needs ?? 0) + 1);
  const city = createCity({ ...DEMO_CITY, seed, days, schemes: [scheme] });
  const lines = [...city.lines()];
  const files = new Map(city.reference(watchlist));
  files.set("pharmacies.csv", `${files.get("pharmacies.csv") ?? ""}${EXAMPLE_PHARMACY}\n`);
  await writeReference(files, folder);
  return { lines, labels: [...city.labels()], story: chosen?.what ?? scheme };
}
