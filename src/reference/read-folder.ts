import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { NotTextError } from "./csv.ts";
import { ReferenceBrokenError } from "./fault.ts";
import { isReferenceFile, LISTS_FOLDER } from "./files.ts";
import { folderState, isTable, NAMES_MAX, visibleNames } from "./folder-state.ts";
import type { ReferenceFile } from "./table.ts";

/** More is refused unread. */
export interface FolderLimits {
  readonly fileBytes: number;
  /** Of all files together: they are in memory while they are loaded. */
  readonly folderBytes: number;
}

/** A million rows of a list take about 60 MB. */
export const FOLDER_LIMITS: FolderLimits = {
  fileBytes: 256 * 1024 * 1024,
  folderBytes: 1024 * 1024 * 1024,
};
/** A folder that changes while it is read is read again, so often. */
export const READS_MAX = 5;

export interface SettledFolder {
  /** Or why the folder cannot be read. */
  readonly files: readonly ReferenceFile[] | ReferenceBrokenError;
  /** What `folderState` said before and after they were read. */
  readonly state: string;
}

/**
 * The folder as it was at one moment: nothing changed while it was read. `pause` lets some time pass
 * before another try. Throws ReferenceBrokenError when it will not rest.
 */
export async function readSettledFolder(
  path: string,
  pause: () => Promise<void>,
): Promise<SettledFolder> {
  for (let reads = 1; reads <= READS_MAX; reads += 1) {
    const state = await folderState(path);
    const files = await readReferenceFolder(path).catch(asRefusal);
    if ((await folderState(path)) === state) return { files, state };
    if (reads < READS_MAX) await pause();
  }
  const reason = `the folder changed each of the ${READS_MAX} times it was read; put finished files there in one step`;
  throw new ReferenceBrokenError([{ file: path, line: 0, reason }]);
}

function asRefusal(error: unknown): ReferenceBrokenError {
  if (error instanceof ReferenceBrokenError) return error;
  throw error;
}

/**
 * Reads every .csv and .tsv of the folder and of its `lists/`; other files, such as a README, and
 * hidden names are passed over. A file that cannot be read, or is not UTF-8, is handed on with its
 * fault, so that it is told together with the others. Throws ReferenceBrokenError when the folder
 * itself cannot be read.
 */
export async function readReferenceFolder(
  path: string,
  limits: FolderLimits = FOLDER_LIMITS,
): Promise<ReferenceFile[]> {
  const files: ReferenceFile[] = [];
  const room = { limits, left: limits.folderBytes };
  for (const name of await namesIn(path, path)) {
    const inside = await stat(join(path, name)).catch(() => undefined);
    if (inside?.isDirectory() === true) files.push(...(await readSubfolder(path, name, room)));
    else if (isTable(name)) files.push(await readOne(path, name, room));
  }
  return files;
}

/** How much may still be read. */
interface Room {
  readonly limits: FolderLimits;
  left: number;
}

async function readSubfolder(path: string, folder: string, room: Room): Promise<ReferenceFile[]> {
  if (folder !== LISTS_FOLDER) {
    // A lists folder under a wrong name would otherwise leave every list empty without a word.
    return [
      refused(folder, `the only folder inside is ${LISTS_FOLDER}/; rename it or take it out`),
    ];
  }
  const names = await namesIn(join(path, folder), folder);
  const files: ReferenceFile[] = [];
  for (const name of names.filter(isTable)) {
    files.push(await readOne(path, `${folder}/${name}`, room));
  }
  return files;
}

async function namesIn(path: string, shown: string): Promise<string[]> {
  const names = await visibleNames(path).catch((cause: unknown) => {
    const reason = `the folder cannot be read (${systemCode(cause)})`;
    throw new ReferenceBrokenError([{ file: shown, line: 0, reason }], { cause });
  });
  if (names.length <= NAMES_MAX) return names;
  const reason = `the folder has more than ${NAMES_MAX} files`;
  throw new ReferenceBrokenError([{ file: shown, line: 0, reason }]);
}

async function readOne(path: string, name: string, room: Room): Promise<ReferenceFile> {
  // Refused by its name; what is in it does not matter.
  if (!isReferenceFile(name)) return { name, text: "" };
  const { fileBytes, folderBytes } = room.limits;
  try {
    const { size } = await stat(join(path, name));
    if (size > fileBytes) return refused(name, `the file is larger than ${fileBytes} bytes`);
    room.left -= size;
    if (room.left < 0) {
      return refused(name, `with this file the folder is larger than ${folderBytes} bytes`);
    }
    return { name, text: piecesOf(await readFile(join(path, name))) };
  } catch (cause) {
    return refused(name, `the file cannot be read (${systemCode(cause)})`);
  }
}

/** Bytes decoded at once: a large file in one go would hold everybody up. */
const PIECE_BYTES = 64 * 1024;
const LINE_BREAK = 0x0a;

/** Text in pieces of whole lines, where lines are not longer than a piece. */
function piecesOf(bytes: Buffer): Iterable<string> {
  return {
    *[Symbol.iterator]() {
      const decoder = new TextDecoder("utf-8", { fatal: true });
      for (let start = 0; start < bytes.length; ) {
        const end = pieceEnd(bytes, start);
        const piece = bytes.subarray(start, end);
        yield decoded(decoder, piece);
        start = end;
      }
      yield decoded(decoder, undefined);
    },
  };
}

function pieceEnd(bytes: Buffer, start: number): number {
  const limit = Math.min(start + PIECE_BYTES, bytes.length);
  if (limit === bytes.length) return limit;
  const lineBreak = bytes.lastIndexOf(LINE_BREAK, limit - 1);
  return lineBreak >= start ? lineBreak + 1 : limit;
}

type Decoder = InstanceType<typeof TextDecoder>;

/** undefined: nothing follows, so a character begun in the piece before is broken. */
function decoded(decoder: Decoder, piece: Buffer | undefined): string {
  try {
    return piece === undefined ? decoder.decode() : decoder.decode(piece, { stream: true });
  } catch (cause) {
    throw new NotTextError(piece === undefined ? 0 : goodLines(piece), { cause });
  }
}

/** No character of UTF-8 contains the byte of a line break, so lines can be tried one by one. */
function goodLines(piece: Buffer): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let start = 0;
  for (let lines = 0; start <= piece.length; lines += 1) {
    const at = piece.indexOf(LINE_BREAK, start);
    const end = at === -1 ? piece.length : at;
    try {
      decoder.decode(piece.subarray(start, end));
    } catch {
      return lines;
    }
    start = end + 1;
  }
  return 0;
}

function refused(name: string, reason: string): ReferenceFile {
  return { name, text: "", unreadable: { line: 0, reason } };
}

function systemCode(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "unknown reason";
}
