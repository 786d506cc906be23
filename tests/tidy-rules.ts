import { posix } from "node:path";

/** A file of the repository; `path` begins with `src/`, `tests/` or `load/`. */
export interface Source {
  readonly path: string;
  readonly text: string;
}
export interface Finding {
  readonly path: string;
  readonly reason: string;
}
/** One rule of tidiness: what is wrong with this file, one reason each. */
export type TidyRule = (source: Source) => readonly string[];

/** The architecture (architecture.md section 1): which rooms each room may import, besides `units.ts`. */
const UNDER_CHECKOUT = [
  "swipe",
  "privacy",
  "reference",
  "counters",
  "features",
  "rules",
  "decision",
  "audit",
];
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  config: [],
  swipe: [],
  privacy: ["swipe"],
  reference: ["swipe"],
  counters: [],
  features: ["swipe", "counters", "reference"],
  rules: ["swipe", "features"],
  decision: ["swipe", "counters", "features", "rules"],
  audit: ["swipe", "decision"],
  checkout: UNDER_CHECKOUT,
  control: [...UNDER_CHECKOUT, "checkout"],
  http: ["swipe", "checkout", "control", "telemetry"],
  telemetry: [],
  replay: ["swipe", "audit", "checkout", "control"],
  simulation: ["swipe", "reference"],
};
/** Files beside the rooms; rooms may import none of them but units, and the replay wire. */
const ROOTS = [
  "units.ts",
  "wire.ts",
  "wire-memory.ts",
  "wire-record.ts",
  "wire-rebuild.ts",
  "server-process.ts",
  "main.ts",
  "cli.ts",
  "cli-conform.ts",
  "cli-rebuild.ts",
  "cli-replay.ts",
  "cli-simulate.ts",
];
const MAY_IMPORT_WIRE = /^src\/(?:wire\.ts|server-process\.ts|cli(?:-[a-z]+)?\.ts|replay\/)/;
const WIRE = /^src\/wire(?:-[a-z]+)?\.ts$/;

/** Rooms in which replay must give the same answer: no clock, chance, environment or timers. */
const PURE_ROOMS = ["swipe", "features", "rules", "decision"];
const IMPURE =
  /\b(?:Date\.now|new Date\(\)|Math\.random|process\.|performance\.|randomUUID|randomBytes|setTimeout|setInterval|setImmediate)/;
const READS_THE_WORLD =
  /from "node:(?:fs|net|http|https|dns|timers|os|child_process|worker_threads)/;

/** Where each package may be used; a folder, or a root file. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  ioredis: ["src/counters/redis/"],
  kafkajs: ["src/audit/kafka/"],
  lmdb: ["src/counters/"],
  fastify: ["src/http/"],
  "@fastify/swagger": ["src/http/"],
  "@fastify/under-pressure": ["src/http/"],
  "fastify-type-provider-zod": ["src/http/"],
  "prom-client": ["src/telemetry/"],
  pino: ["src/telemetry/"],
  "@marcbachmann/cel-js": ["src/rules/"],
  commander: ["src/cli"],
  "close-with-grace": ["src/server-process.ts"],
};
/** Types of these may be named where the parts are put together. */
const TYPES_ALLOWED = /^src\/(?:wire|main)\.ts$/;

const ENVIRONMENT_ALLOWED =
  /^(?:src\/config\/|src\/main\.ts$|src\/cli(?:-[a-z]+)?\.ts$|tests\/|load\/)/;
const CONSOLE_ALLOWED = /^(?:src\/main\.ts$|src\/cli(?:-[a-z]+)?\.ts$|tests\/|load\/)/;
const LINES_MAX = 400;
const FUNCTION_LINES_MAX = 70;
const PERSONAL_LABEL =
  /\b(?:person|patient|member|credential|card|agent|prescriber|pharmacist|prescription|trace|traceCode|employer|swipeId)\b/;

interface Import {
  readonly target: string;
  readonly isType: boolean;
}

function importsOf(text: string): readonly Import[] {
  const found = withoutComments(text).matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^"';]*?from\s+"([^"]+)"|\bimport\(\s*"([^"]+)"|(?:^|\n)\s*import\s+"([^"]+)"/g,
  );
  return [...found].map(([, type, from, dynamic, bare]) => ({
    target: from ?? dynamic ?? bare ?? "",
    isType: type !== undefined,
  }));
}

/** Comments may speak of what code may not do. Strings with `//` inside (URLs) are kept by the character before. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:"'`\\])\/\/.*$/gm, "$1");
}

function roomOf(path: string): string | undefined {
  const [top, room, ...rest] = path.split("/");
  return top === "src" && rest.length > 0 ? room : undefined;
}

const knownRoom: TidyRule = ({ path }) => {
  if (!path.startsWith("src/")) return [];
  const room = roomOf(path);
  if (room === undefined) {
    return ROOTS.includes(path.slice(4)) ? [] : ["stands beside the rooms; put it into one"];
  }
  return room in MAY_IMPORT ? [] : [`is in the unknown room "${room}"`];
};

const allowedImports: TidyRule = ({ path, text }) => {
  if (!path.startsWith("src/")) return [];
  return importsOf(text)
    .filter(({ target }) => target.startsWith("."))
    .map(({ target }) => posix.join(posix.dirname(path), target))
    .filter((reached) => !mayReach(path, reached))
    .map((reached) => `may not import ${reached}`);
};

function mayReach(path: string, reached: string): boolean {
  if (/^src\/(?:main|cli)\.ts$/.test(reached) || !reached.startsWith("src/")) return false;
  if (reached === "src/units.ts") return true;
  if (WIRE.test(reached)) return MAY_IMPORT_WIRE.test(path);
  const room = roomOf(path);
  if (room === undefined) return path !== "src/units.ts";
  const target = roomOf(reached) ?? "";
  return target === room || (MAY_IMPORT[room] ?? []).includes(target);
}

const packagesInTheirRooms: TidyRule = ({ path, text }) => {
  if (!path.startsWith("src/")) return [];
  return importsOf(text)
    .filter(({ target, isType }) => {
      const places = PACKAGES[target];
      if (places === undefined || (isType && TYPES_ALLOWED.test(path))) return false;
      return !places.some((place) => path.startsWith(place));
    })
    .map(({ target }) => `may not use the package ${target}`);
};

const pureRooms: TidyRule = ({ path, text }) => {
  if (!PURE_ROOMS.includes(roomOf(path) ?? "")) return [];
  const code = withoutComments(text);
  const found = [IMPURE.exec(code)?.[0], READS_THE_WORLD.exec(code)?.[0]];
  return found
    .filter((what) => what !== undefined)
    .map((what) => `reads ${what}, and replay must give the same answer`);
};

const environmentInConfig: TidyRule = ({ path, text }) =>
  !ENVIRONMENT_ALLOWED.test(path) && /\bprocess\.env\b/.test(withoutComments(text))
    ? ["reads process.env; configuration is read once, in src/config"]
    : [];

const noConsole: TidyRule = ({ path, text }) =>
  !CONSOLE_ALLOWED.test(path) && /\bconsole\./.test(withoutComments(text))
    ? ["writes to the console"]
    : [];

const noModuleState: TidyRule = ({ path, text }) =>
  path.startsWith("src/") && /^(?:export )?(?:let|var) /m.test(withoutComments(text))
    ? ["keeps state in the module; pass it in"]
    : [];

const noDefaultExport: TidyRule = ({ text }) =>
  /^export default\b/m.test(withoutComments(text)) ? ["has a default export"] : [];

const nothingLeftOver: TidyRule = ({ text }) =>
  /\b(?:FIX[M]E|TO[D]O|XX[X]|HAC[K])\b/.test(text) ? ["has a note of something left over"] : [];

const kebabCase: TidyRule = ({ path }) =>
  /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)*\.(?:ts|mjs)$/.test(posix.basename(path))
    ? []
    : ["is not named in kebab-case"];

const shortFile: TidyRule = ({ path, text }) => {
  const lines = text.trimEnd().split("\n").length;
  return lines > LINES_MAX && !path.includes(".generated.")
    ? [`has ${lines} lines, ${LINES_MAX} at most`]
    : [];
};

/** Rough, by indentation: a function ends at the first line that closes at the column where it began. */
const shortFunctions: TidyRule = ({ path, text }) => {
  if (path.startsWith("tests/") || path.includes(".generated.")) return [];
  const lines = text.split("\n");
  const starts =
    /^(\s*)(?:export )?(?:async )?(?:function\b|(?:static |override |private |public |readonly )*(?!if|for|while|switch|return|catch\b)[a-zA-Z#]+(?:<.*>)?\(.*\).*\{$)/;
  return lines.flatMap((line, index) => {
    const indent = starts.exec(line)?.[1];
    if (indent === undefined) return [];
    const length = lines.slice(index).findIndex((later) => later.startsWith(`${indent}}`)) + 1;
    return length > FUNCTION_LINES_MAX
      ? [`has a function of ${length} lines at line ${index + 1}, ${FUNCTION_LINES_MAX} at most`]
      : [];
  });
};

const noPersonInLabels: TidyRule = ({ path, text }) => {
  if (!path.startsWith("src/")) return [];
  const code = withoutComments(text);
  const objects = [...code.matchAll(/\blabels\s*[:=]\s*\{([^}]*)\}/g)];
  const lists = [...code.matchAll(/\blabel(?:s|Names)\s*[:=]\s*\[([^\]]*)\]/g)];
  const keys = objects.flatMap(([, body = ""]) => [
    ...body.replace(/\[[^\]]*\]/g, "").matchAll(/(?:^|,)\s*"?([A-Za-z_]+)"?\s*(?=[:,]|$)/g),
  ]);
  const words = lists.flatMap(([, body = ""]) => [...body.matchAll(/"([A-Za-z_]+)"/g)]);
  return [...keys, ...words]
    .map(([, name = ""]) => name)
    .filter((name) => PERSONAL_LABEL.test(name))
    .map((name) => `has a label named ${name}`);
};

/** Which kinds of notice a file emits, so that each can be looked up in the table of notices. */
export function emittedKinds(text: string): readonly string[] {
  return [...withoutComments(text).matchAll(/\bnotice\(\s*\{\s*kind:\s*"([^"]+)"/g)].map(
    ([, kind = ""]) => kind,
  );
}

export const TIDY_RULES: Readonly<Record<string, TidyRule>> = {
  knownRoom,
  allowedImports,
  packagesInTheirRooms,
  pureRooms,
  environmentInConfig,
  noConsole,
  noModuleState,
  noDefaultExport,
  nothingLeftOver,
  kebabCase,
  shortFile,
  shortFunctions,
  noPersonInLabels,
};

export function untidy(sources: readonly Source[]): readonly Finding[] {
  return sources.flatMap((source) =>
    Object.values(TIDY_RULES).flatMap((rule) =>
      rule(source).map((reason) => ({ path: source.path, reason })),
    ),
  );
}
