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
  return badRequest(onePerField(parsed.error.issues).flatMap((issue) => faultsOf(issue, body)));
}

/** The first says it: after a wrong type the further tests of a field speak of what it is not. */
function onePerField(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  const byField = new Map<string, z.core.$ZodIssue>();
  for (const issue of issues) {
    const field = `${pathText(issue.path)}${issue.code === "unrecognized_keys" ? "?" : ""}`;
    if (!byField.has(field)) byField.set(field, issue);
  }
  return [...byField.values()];
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
  const plain = keys.filter((key) => PLAIN_NAME.test(key));
  const named = plain
    .slice(0, MAX_FAULTS)
    .map((key) => ({ path: pathText([...path, key]), reason: "is not a field of the contract" }));
  if (plain.length === keys.length) return named;
  return [...named, { path: pathText(path), reason: "has a field that is not in the contract" }];
}

function reasonOf(issue: z.core.$ZodIssue, body: unknown): string {
  switch (issue.code) {
    case "invalid_type":
      return valueAt(body, issue.path) === undefined ? "is missing" : mustBe(issue.expected);
    case "too_big":
      return `must be at most ${issue.maximum}${unitOf(issue.origin)}`;
    case "too_small":
      return tooSmall(issue);
    case "invalid_value":
      return `must be one of: ${issue.values.join(", ")}`;
    case "custom":
    case "invalid_format":
      return ownSentence(issue.message);
    case "invalid_union":
      return valueAt(body, issue.path) === undefined ? "is missing" : ownSentence(issue.message);
    default:
      return UNSAID;
  }
}

const UNSAID = "does not have the agreed form";

/** Written in this room, beside the pattern, the test or the union; the library's own begin with a capital. */
function ownSentence(message: string): string {
  return /^[a-z]/.test(message) ? message : UNSAID;
}

function tooSmall({ minimum, inclusive, origin }: z.core.$ZodIssueTooSmall): string {
  const unit = unitOf(origin);
  if (unit !== "" && minimum === 1) return "must not be empty";
  return `must be ${inclusive === false ? "more than" : "at least"} ${minimum}${unit}`;
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
