import type { Hit } from "../../src/rules/hit.ts";
import { isRefusal, type Level, levelRank } from "../../src/swipe/vocabulary.ts";

/** What a piece of evidence must be, where it is not one value. */
export interface Matcher {
  readonly text: string;
  test(value: unknown): boolean;
}
type Wanted = number | string | boolean | Matcher;
/** Of the record, which has all of it also where the answer is a sentence. What is not named is not looked at. */
export type Evidence = Readonly<Record<string, Wanted>>;

export interface HitWanted {
  readonly level: Level;
  readonly evidence?: Evidence;
  /** Till lines at fault. */
  readonly lines?: readonly string[];
  readonly clearedBy?: string;
  readonly shadow?: boolean;
}

/** By rule: `"hold"`, or `["hold", { onHandDays: 41, limit: 30 }]`, or all of it. */
export type Hits = Readonly<Record<string, Level | readonly [Level, Evidence] | HitWanted>>;

export interface Expectation {
  readonly levels: readonly Level[];
  readonly hits: Hits;
  /** Rules that say nothing at all. */
  readonly without: readonly string[];
  readonly problem?: string;
}

/** What the guard said of one check. */
export interface Heard {
  readonly decision?: Level;
  readonly problem?: string;
  readonly hits: readonly Hit[];
  /** What holds of every answer and does not here. */
  readonly flaw?: string;
}

export function atLeast(least: number): Matcher {
  return {
    text: `at least ${least}`,
    test: (value) => typeof value === "number" && value >= least,
  };
}

/** Within a tenth of a unit either way. */
export function about(wanted: number, off = 0.1): Matcher {
  const test = (value: unknown) => typeof value === "number" && Math.abs(value - wanted) <= off;
  return { text: `about ${wanted}`, test };
}

/** A hit that was cleared by this: an override code, a verification method, or `agent`. */
export function cleared(clearedBy: string, evidence: Evidence = {}): HitWanted {
  return { level: "warn", clearedBy, evidence };
}

/** A hit that is recorded and not answered. */
export function shadow(level: Level, evidence: Evidence = {}): HitWanted {
  return { level, evidence, shadow: true };
}

/** Undefined where everything is as expected. */
export function mismatch(expected: Expectation, heard: Heard): string | undefined {
  const answer = heard.problem ?? heard.decision ?? "nothing";
  const wanted = expected.problem === undefined ? expected.levels : [expected.problem];
  const faults = [
    ...(wanted.some((level) => level === answer) ? [] : [`wanted ${wanted.join(" or ")}`]),
    ...(heard.flaw === undefined ? [] : [heard.flaw]),
    ...hitFaults(expected.hits, heard.hits),
    ...strangers(expected, heard.hits),
  ];
  return faults.length === 0 ? undefined : `${faults.join("; ")}; heard ${textOf(answer, heard)}`;
}

export function hitFaults(wanted: Hits, hits: readonly Hit[]): string[] {
  return Object.entries(wanted).flatMap(([rule, said]) => {
    const fault = hitFault(wantedOf(said), rule, hits);
    return fault === undefined ? [] : [`${rule}: ${fault}`];
  });
}

function wantedOf(said: Hits[string]): HitWanted {
  if (typeof said === "string") return { level: said };
  if (!isPair(said)) return said;
  const [level, evidence] = said;
  return { level, evidence };
}

function isPair(said: readonly [Level, Evidence] | HitWanted): said is readonly [Level, Evidence] {
  return Array.isArray(said);
}

function hitFault(wanted: HitWanted, rule: string, hits: readonly Hit[]): string | undefined {
  const hit = hits.find((one) => one.rule === rule && one.shadow === (wanted.shadow ?? false));
  if (hit === undefined) return "says nothing";
  if (hit.level !== wanted.level) return `wanted ${wanted.level}`;
  if (wanted.clearedBy !== undefined && hit.clearedBy !== wanted.clearedBy) {
    return `wanted cleared by ${wanted.clearedBy}, not ${hit.clearedBy ?? "at all"}`;
  }
  if (wanted.lines && wanted.lines.join() !== hit.lines.join()) {
    return `wanted lines ${wanted.lines.join()}, not ${hit.lines.join()}`;
  }
  return evidenceFault(wanted.evidence ?? {}, hit.evidence);
}

function evidenceFault(wanted: Evidence, seen: Hit["evidence"]): string | undefined {
  for (const [name, value] of Object.entries(wanted)) {
    const is = seen[name];
    const [fits, text] =
      typeof value === "object" ? [value.test(is), value.text] : [value === is, value];
    if (!fits) return `wanted ${name} ${text}, not ${is}`;
  }
  return undefined;
}

/** A hold or a deny that nobody expected is wrong, even below a worse one. */
function strangers({ hits, without }: Expectation, found: readonly Hit[]): string[] {
  return found.flatMap(({ rule, level, shadow }) => {
    if (without.includes(rule)) return [`${rule} must be silent`];
    const isStrange = !shadow && !(rule in hits) && levelRank(level) >= levelRank("hold");
    return isStrange ? [`${rule} was not expected to ${level}`] : [];
  });
}

function textOf(answer: string, { hits }: Heard): string {
  const said = hits.map(({ rule, level, evidence, clearedBy, shadow }) => {
    const marks = `${clearedBy ? ` cleared by ${clearedBy}` : ""}${shadow ? " shadow" : ""}`;
    return `${rule} ${level}${marks} ${JSON.stringify(evidence)}`;
  });
  return `${answer} [${said.join(", ")}]`;
}

export function isPass({ decision }: Heard): boolean {
  return decision !== undefined && !isRefusal(decision);
}
