import { existsSync, readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import { resolve } from "node:path";

/** The value, or what is wrong with it: the end of a sentence that begins with the setting's name. */
export type Parsed<T> = { readonly value: T } | { readonly fault: string };
export type Parser<T> = (text: string) => Parsed<T>;

export const text: Parser<string> = (value) => ({ value });

export function oneOf<const T extends string>(words: readonly T[]): Parser<T> {
  return (given) => {
    const word = words.find((candidate) => candidate === given);
    return word === undefined ? { fault: `must be one of ${words.join(", ")}` } : { value: word };
  };
}

export function integer(least: number, most: number, unit = ""): Parser<number> {
  return (given) => {
    const value = /^[0-9]{1,15}$/.test(given) ? Number(given) : Number.NaN;
    if (value >= least && value <= most) return { value };
    const range = `${least.toLocaleString("en")} to ${most.toLocaleString("en")}`;
    return { fault: `must be a whole number${unit && ` of ${unit}`} from ${range}` };
  };
}

const BYTES_PER_UNIT: Readonly<Record<string, number>> = {
  "": 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
};

/** `10GB`, `500 MB`, `1048576`: decimal units, as disks are sold. */
export function size(least: number, most: number): Parser<number> {
  return (given) => {
    const [, count = "", unit = ""] = /^([0-9]{1,15}) ?([KMGT]?B)?$/.exec(given) ?? [];
    const value = count === "" ? Number.NaN : Number(count) * (BYTES_PER_UNIT[unit] ?? Number.NaN);
    if (value >= least && value <= most) return { value };
    return {
      fault: `must be a size such as 10GB, 500MB or a number of bytes, from ${least} bytes to ${most / 1e12}TB`,
    };
  };
}

export const flag: Parser<boolean> = (given) => {
  if (given === "true" || given === "1") return { value: true };
  if (given === "false" || given === "0") return { value: false };
  return { fault: "must be true or false" };
};

/** Callers are not authenticated yet, so nobody but this machine may reach the door. */
export const loopback: Parser<string> = (host) => {
  const isLoopback =
    host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
  if (isLoopback) return { value: host };
  return {
    fault:
      "must be a loopback address (127.0.0.1, ::1 or localhost), because authentication of callers (GUARD_CLIENTS) is not available yet",
  };
};

const HOST_PORT = /^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]{1,253}):([0-9]{1,5})$/;
/** Bootstrap brokers only; the client learns the rest. */
const BROKERS_MAX = 32;

export const brokers: Parser<readonly string[]> = (given) => {
  const list = given.split(",").map((broker) => broker.trim());
  const good = list.every((broker) => {
    const port = Number(HOST_PORT.exec(broker)?.[2] ?? 0);
    return port >= 1 && port <= 65_535;
  });
  if (good && list.length <= BROKERS_MAX) return { value: list };
  return { fault: `must be host:port,host:port with at most ${BROKERS_MAX} brokers` };
};

export const path: Parser<string> = (given) => ({ value: resolve(given) });

export const file: Parser<string> = (given) => existing(given, "file");
export const folder: Parser<string> = (given) => existing(given, "folder");

function existing(given: string, kind: "file" | "folder"): Parsed<string> {
  const at = resolve(given);
  if (!existsSync(at)) return { fault: `names a ${kind} that is not there: ${at}` };
  const found = statSync(at).isDirectory() ? "folder" : "file";
  return found === kind
    ? { value: at }
    : { fault: `must name a ${kind}, and this is a ${found}: ${at}` };
}

/** Reads the PEM text itself, so that a file that cannot be read is found at start. */
export const pem: Parser<string> = (given) => {
  const found = file(given);
  if ("fault" in found) return found;
  try {
    const content = readFileSync(found.value, "utf8");
    return content.includes("-----BEGIN ")
      ? { value: content }
      : { fault: `names a file without a PEM block: ${found.value}` };
  } catch {
    return { fault: `names a file that cannot be read: ${found.value}` };
  }
};

/** A setting that is known and promised, and whose code is not there. */
export function notAvailable(sentence: string): Parser<never> {
  return () => ({ fault: sentence });
}
