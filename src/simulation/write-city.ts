import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import type { Writable } from "node:stream";
import { createCity } from "./city.ts";
import type { CityOptions } from "./options.ts";

export interface CityPlaces {
  /** Replay lines; `-` is standard output. */
  readonly out: string;
  readonly labels: string;
  /** Folder for the city's reference files. */
  readonly reference: string;
}

export interface WrittenCity {
  readonly lines: number;
  readonly bytes: number;
  readonly episodes: number;
}

/** Lines are handed to the disk in pieces of this many characters. */
const PIECE = 256 * 1024;
const PROGRESS_EVERY = 50_000;

/** Where labels and reference go when only the lines' file is named. */
export function placesBeside(out: string): CityPlaces {
  const base = out === "-" ? "city" : join(dirname(out), basename(out).replace(/\.jsonl$/, ""));
  return { out, labels: `${base}.labels.jsonl`, reference: `${base}.reference` };
}

/**
 * Writes a city: bounded memory, whatever its length. The labels' first line says how it was made and under
 * which reference files it is to be judged.
 *
 * @throws CityOptionsError
 */
export async function writeCity(
  options: CityOptions,
  places: CityPlaces,
  watchlist: string,
  progress: (lines: number) => void,
): Promise<WrittenCity> {
  const city = createCity(options);
  const output: Writable = places.out === "-" ? process.stdout : createWriteStream(places.out);
  if (places.out !== "-") await once(output, "open");
  let lines = 0;
  let bytes = 0;
  let piece = "";
  const flush = async () => {
    bytes += Buffer.byteLength(piece);
    const isTaken = output.write(piece);
    piece = "";
    if (!isTaken) await once(output, "drain");
  };
  for (const line of city.lines()) {
    piece += `${line}\n`;
    lines += 1;
    if (piece.length >= PIECE) await flush();
    if (lines % PROGRESS_EVERY === 0) progress(lines);
  }
  await flush();
  if (places.out !== "-") {
    output.end();
    await once(output, "finish");
  }
  const labels = [...city.labels()];
  await writeLabels(options, places, labels);
  await writeReference(city.reference(watchlist), places.reference);
  return { lines, bytes, episodes: labels.length };
}

export function writtenText({ lines, episodes }: WrittenCity, places: CityPlaces): string {
  const { out, labels, reference } = places;
  return `${lines} lines in ${out}, ${episodes} episodes in ${labels}, reference files in ${reference}\n`;
}

async function writeLabels(
  options: CityOptions,
  places: CityPlaces,
  labels: readonly string[],
): Promise<void> {
  const reference = relative(dirname(places.labels), places.reference) || ".";
  const head = JSON.stringify({ city: options, reference });
  await mkdir(dirname(places.labels), { recursive: true });
  await writeFile(places.labels, `${[head, ...labels].join("\n")}\n`);
}

export async function writeReference(
  files: ReadonlyMap<string, string>,
  folder: string,
): Promise<void> {
  for (const [name, text] of files) {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
