import { readFileSync } from "node:fs";
import { SourceMap, type SourceMapPayload } from "node:module";
import { sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { CallFrame, Frame } from "./cpu-profile.ts";

/** Tells where frames of a guard stand in its sources, by the maps beside its compiled files. */
export function sourcePlaces(dist: string): (frame: CallFrame) => Frame {
  const maps = new Map<string, SourceMap | undefined>();
  const mapOf = (file: string) => {
    if (!maps.has(file)) maps.set(file, readMap(file));
    return maps.get(file);
  };
  return ({ functionName, url, lineNumber, columnNumber }) => {
    const file = url.startsWith("file:") ? fileURLToPath(url) : url;
    const name = functionName || "(anonymous)";
    if (!file.startsWith(dist + sep) || file.includes(`${sep}node_modules${sep}`))
      return { name, path: libraryPath(file) || nativePath(name), line: lineNumber + 1 };
    const entry = mapOf(file)?.findEntry(lineNumber, columnNumber);
    const line = entry !== undefined && "originalLine" in entry ? entry.originalLine : lineNumber;
    const path = file.slice(dist.length + 1).replace(/\.js$/, ".ts");
    return { name, path: `src/${path.split(sep).join("/")}`, line: line + 1 };
  };
}

/** The collector has no file: its name stands for one. */
function nativePath(name: string): string {
  return name === "(garbage collector)" ? name : "";
}

function libraryPath(file: string): string {
  const at = file.lastIndexOf(`${sep}node_modules${sep}`);
  return at === -1
    ? file
    : file
        .slice(at + 1)
        .split(sep)
        .join("/");
}

/** Undefined where none was written: then lines are those of the compiled file. */
function readMap(file: string): SourceMap | undefined {
  try {
    const text = readFileSync(`${file}.map`, "utf8");
    return new SourceMap(JSON.parse(text) as SourceMapPayload);
  } catch {
    return undefined;
  }
}
