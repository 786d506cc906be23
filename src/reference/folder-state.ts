import type { BigIntStats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

/** More names than this are refused: a bundle has about two dozen files. */
export const NAMES_MAX = 1_000;

/**
 * A text that differs whenever a table of the folder was written, replaced, added or taken away, also
 * when a folder or a symbolic link was put in the place of another. Reads no file. Never rejects:
 * what cannot be looked at says so in the text.
 */
export async function folderState(path: string): Promise<string> {
  const lines: string[] = [];
  for (const name of await visibleNames(path).catch(failed(lines))) {
    const place = await stateOf(join(path, name));
    if (place === undefined) lines.push(`${name} gone`);
    else if (place.isFolder) {
      lines.push(`${name}/`);
      const inside = await visibleNames(join(path, name)).catch(failed(lines));
      for (const each of inside.filter(isTable)) {
        const file = await stateOf(join(path, name, each));
        lines.push(`${name}/${each} ${file?.text ?? "gone"}`);
      }
    } else if (isTable(name)) lines.push(`${name} ${place.text}`);
  }
  return lines.join("\n");
}

/** Hidden names are what editors and mounted volumes leave behind. Sorted; one more than allowed at most. */
export async function visibleNames(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  const visible = names.filter((name) => !name.startsWith(".") && name !== "lost+found");
  return visible.sort().slice(0, NAMES_MAX + 1);
}

export function isTable(name: string): boolean {
  return /\.(csv|tsv)$/i.test(name);
}

function failed(lines: string[]): (cause: unknown) => string[] {
  return (cause) => {
    lines.push(`unreadable ${cause instanceof Error && "code" in cause ? String(cause.code) : ""}`);
    return [];
  };
}

/** Where it lies matters too: a file moved here may be older and of the same size. */
async function stateOf(path: string): Promise<{ text: string; isFolder: boolean } | undefined> {
  const found: BigIntStats | undefined = await stat(path, { bigint: true }).catch(() => undefined);
  if (found === undefined) return undefined;
  const { dev, ino, size, mtimeNs, ctimeNs } = found;
  return { text: [dev, ino, size, mtimeNs, ctimeNs].join(" "), isFolder: found.isDirectory() };
}
