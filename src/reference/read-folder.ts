import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ReferenceBrokenError } from "./fault.ts";
import { LISTS_FOLDER } from "./files.ts";
import type { ReferenceFile } from "./table.ts";

/** More is refused unread: a million rows of a list take about 60 MB. */
export const FILE_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Reads every .csv and .tsv of the folder and of its `lists/`; other files, such as a README, and
 * hidden names are passed over. A file that cannot be read, or is not UTF-8, is handed on with its
 * fault, so that it is told together with the others. Throws ReferenceBrokenError when the folder
 * itself cannot be read.
 */
export async function readReferenceFolder(path: string): Promise<ReferenceFile[]> {
  const files: ReferenceFile[] = [];
  for (const name of await namesIn(path, path)) {
    const inside = await stat(join(path, name)).catch(() => undefined);
    if (inside?.isDirectory() === true) files.push(...(await readSubfolder(path, name)));
    else if (isTable(name)) files.push(await readOne(path, name));
  }
  return files;
}

async function readSubfolder(path: string, folder: string): Promise<ReferenceFile[]> {
  if (folder !== LISTS_FOLDER) {
    // A lists folder under a wrong name would otherwise leave every list empty without a word.
    const reason = `the only folder inside is ${LISTS_FOLDER}/; rename it or take it out`;
    return [{ name: folder, text: "", unreadable: { line: 0, reason } }];
  }
  const names = await namesIn(join(path, folder), folder);
  const files: ReferenceFile[] = [];
  for (const name of names.filter(isTable)) files.push(await readOne(path, `${folder}/${name}`));
  return files;
}

/** Hidden names are what editors and mounted volumes leave behind. */
async function namesIn(path: string, shown: string): Promise<string[]> {
  try {
    const names = await readdir(path);
    return names.filter((name) => !name.startsWith(".") && name !== "lost+found").sort();
  } catch (cause) {
    const fault = {
      file: shown,
      line: 0,
      reason: `the folder cannot be read (${systemCode(cause)})`,
    };
    throw new ReferenceBrokenError([fault], { cause });
  }
}

function isTable(name: string): boolean {
  return /\.(csv|tsv)$/i.test(name);
}

async function readOne(path: string, name: string): Promise<ReferenceFile> {
  try {
    const { size } = await stat(join(path, name));
    if (size > FILE_BYTES_MAX)
      return refused(name, 0, `the file is larger than ${FILE_BYTES_MAX} bytes`);
    return decode(name, await readFile(join(path, name)));
  } catch (cause) {
    return refused(name, 0, `the file cannot be read (${systemCode(cause)})`);
  }
}

function decode(name: string, bytes: Buffer): ReferenceFile {
  try {
    return { name, text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return refused(name, firstBadLine(bytes), "the line is not UTF-8; save the file as UTF-8");
  }
}

/** No character of UTF-8 contains the byte of a line break, so lines can be tried one by one. */
function firstBadLine(bytes: Buffer): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let start = 0;
  for (let line = 1; start <= bytes.length; line += 1) {
    const at = bytes.indexOf(0x0a, start);
    const end = at === -1 ? bytes.length : at;
    try {
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end + 1;
  }
  return 0;
}

function refused(name: string, line: number, reason: string): ReferenceFile {
  return { name, text: "", unreadable: { line, reason } };
}

function systemCode(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
}
