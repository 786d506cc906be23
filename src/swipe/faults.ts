import type { z } from "zod";
import type { Outcome, Problem } from "./problem.ts";

/** Named fields of one answer; a body of 200 broken lines need not be listed to its end. */
export const MAX_FAULTS = 20;

export interface Fault {
  readonly path: string;
  /** A fixed sentence; never carries a value of the request. */
  readonly reason: string;
}

type Path = readonly PropertyKey[];

const PLAIN_NAME = /^[A-Za-z_]{1,40}$/;
const TYPE_NAMES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "an array",
  object: "an object",
};

export function badRequest(faults: readonly Fault[]): { readonly problem: Problem } {
  return { problem: { code: "bad_request", paths: faults.slice(0, MAX_FAULTS) } };
}

/**
 * What a schema makes of a body. The schema's issues become fixed sentences here, because the
 * library's own texts may quote the input (names of unknown keys, for instance).
 */
export function parseWith<S extends z.ZodType>(schema: S, body: unknown): Outcome<z.output<S>> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return { value: parsed.data };
  return badRequest(parsed.error.issues.slice(0, MAX_FAULTS).flatMap((i) => faultsOf(i, body)));
}

/** `lines[0].amount`; `$` is the body itself. */
export function pathText(path: Path): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else text += text === "" ? String(step) : `.${String(step)}`;
  }
  return text === "" ? "$" : text;
}

function faultsOf(issue: z.core.$ZodIssue, body: unknown): Fault[] {
  if (issue.code === "unrecognized_keys") return unknownKeys(issue.path, issue.keys);
  return [{ path: pathText(issue.path), reason: reasonOf(issue, body) }];
}

/** A key may hold what a value may (a name, a number), so only plain identifiers are repeated. */
function unknownKeys(path: Path, keys: readonly string[]): Fault[] {
  return keys
    .slice(0, MAX_FAULTS)
    .map((key) =>
      PLAIN_NAME.test(key)
        ? { path: pathText([...path, key]), reason: "is not a field of the contract" }
        : { path: pathText(path), reason: "has a field that is not in the contract" },
    );
}

function reasonOf(issue: z.core.$ZodIssue, body: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return valueAt(body, issue.path) === undefined ? "is missing" : mustBe(issue.expected);
    case "too_big":
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case "too_small":
      return `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}${unitOf(issue.origin)}`;
    case "invalid_value":
      return `must be one of: ${issue.values.join(", ")}`;
    case "custom":
    case "invalid_format":
      // Written in this room, beside the pattern or the test.
      return issue.message;
    case "invalid_union":
      // Every union of these rooms has a sentence of its own.
      return valueAt(body, issue.path) === undefined ? "is missing" : issue.message;
    default:
      return "does not have the agreed form";
  }
}

function mustBe(expected: string): string {
  return `must be ${TYPE_NAMES[expected] ?? "of the agreed type"}`;
}

function unitOf(origin: string): string {
  if (origin === "string") return " characters long";
  return origin === "array" ? " entries long" : "";
}

function valueAt(body: unknown, path: Path): unknown {
  let value = body;
  for (const step of path) {
    if (typeof value !== "object" || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}
