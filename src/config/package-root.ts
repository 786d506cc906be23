import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder with the guard's own package.json: where `deploy/` is, whatever the working directory and whether
 * this file runs from `dist/` or `build/src/`.
 */
export function packageRoot(from: string = import.meta.url): string {
  let folder = dirname(fileURLToPath(from));
  while (!existsSync(join(folder, "package.json"))) {
    const parent = dirname(folder);
    if (parent === folder) return dirname(fileURLToPath(from));
    folder = parent;
  }
  return folder;
}
