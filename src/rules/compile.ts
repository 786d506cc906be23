import type { ASTNode } from "@marcbachmann/cel-js";
import type { Seen } from "../features/definition.ts";
import type { Position } from "../features/plan.ts";
import type { FeatureValue, Reading } from "../features/vector.ts";
import type { Limits, ParsedCondition } from "./condition.ts";
import { operands } from "./condition.ts";
import { constantOf, FLIPPED, isFeature } from "./constants.ts";
import type { Outcome } from "./kleene.ts";
import * as kleene from "./kleene.ts";
import { type Triggers, triggersOf } from "./triggers.ts";

type Row = readonly Reading[];
/** Decides over the swipe's row and one line's row. */
export type Test = (swipe: Row, line: Row) => Outcome;
type ValueOf = (swipe: Row, line: Row) => Seen;

/** One comparison inside a condition, as evidence and as a threshold. */
export interface Comparison {
  readonly operator: string;
  /** The feature compared, where one side is a feature alone. */
  readonly feature: string | undefined;
  /** What it is compared with, where that is a plain value. */
  readonly constant: FeatureValue | undefined;
  /** True when the feature must be above the other side. */
  readonly isUpper: boolean;
  readonly subject: ValueOf;
  readonly bound: ValueOf;
  readonly test: Test;
}

/** A feature of a condition and where its reading stands. */
export interface Place extends Position {
  readonly name: string;
}

/** A condition bound to the places of a vector. */
export interface Condition {
  readonly text: string;
  readonly features: readonly string[];
  /** Where each of them stands. */
  readonly places: readonly Place[];
  readonly comparisons: readonly Comparison[];
  readonly test: Test;
  /** What it cannot be true without. */
  readonly triggers: Triggers;
}

/** Turns a parsed condition into closures; `positions` must hold each of its features. */
export function compileCondition(
  parsed: ParsedCondition,
  positions: ReadonlyMap<string, Position>,
  limits: Limits | undefined,
): Condition {
  const compiler = new Compiler(positions, limits);
  const test = compiler.boolean(parsed.ast);
  const { text, features, ast } = parsed;
  const { comparisons } = compiler;
  const places = features.map((name) => ({ name, ...placeOf(name, positions) }));
  return { text, features, places, comparisons, test, triggers: triggersOf(ast, limits) };
}

function placeOf(name: string, positions: ReadonlyMap<string, Position>): Position {
  const position = positions.get(name);
  if (position === undefined)
    throw new Error(`GUARD_RULES_CONDITION: feature ${name} has no place in the vector`);
  return position;
}

class Compiler {
  readonly comparisons: Comparison[] = [];
  readonly #positions: ReadonlyMap<string, Position>;
  readonly #limits: Limits | undefined;

  constructor(positions: ReadonlyMap<string, Position>, limits: Limits | undefined) {
    this.#positions = positions;
    this.#limits = limits;
  }

  boolean(node: ASTNode): Test {
    switch (node.op) {
      case "&&":
        return conjunction(this.boolean(node.args[0]), this.boolean(node.args[1]));
      case "||":
        return disjunction(this.boolean(node.args[0]), this.boolean(node.args[1]));
      case "!_": {
        const inner = this.boolean(node.args);
        return (swipe, line) => kleene.not(inner(swipe, line));
      }
      case "?:": {
        const [condition, yes, no] = node.args.map((part) => this.boolean(part)) as [
          Test,
          Test,
          Test,
        ];
        return (swipe, line) =>
          kleene.choose(condition(swipe, line), yes(swipe, line), no(swipe, line));
      }
      case "in":
        return this.#membership(node.args[0], node.args[1]);
      case "id":
        return decidingFeature(placeOf(node.args, this.#positions), isTrue);
      case "value":
        return deciding(this.#value(node), isTrue);
      default:
        return this.#comparison(node);
    }
  }

  #comparison(node: ASTNode): Test {
    const [left, right] = operands(node);
    if (left === undefined || right === undefined) throw unknownNode(node);
    const isFlipped = !isFeature(left) && isFeature(right);
    const [subject, bound] = isFlipped ? [right, left] : [left, right];
    const operator = isFlipped ? (FLIPPED[node.op] ?? node.op) : node.op;
    const constant = constantOf(bound, this.#limits);
    const comparison = {
      operator,
      feature: isFeature(subject) ? subject.args : undefined,
      constant,
      isUpper: operator === ">" || operator === ">=",
      subject: this.#value(subject),
      bound: this.#value(bound),
    };
    const test =
      isFeature(subject) && constant !== undefined
        ? decidingFeature(placeOf(subject.args, this.#positions), against(operator, constant))
        : comparing(comparison.subject, comparison.bound, operator);
    this.comparisons.push({ ...comparison, test });
    return test;
  }

  #membership(subject: ASTNode, list: ASTNode): Test {
    const value = this.#value(subject);
    const items = operands(list).map((item): unknown => item.args);
    return deciding(value, (known) => items.includes(known));
  }

  #value(node: ASTNode): ValueOf {
    const constant = constantOf(node, this.#limits);
    if (constant !== undefined) return () => constant;
    if (node.op === "id") return featureValue(placeOf(node.args, this.#positions));
    if (node.op === "-_") return arithmetic("-", () => 0, this.#value(node.args));
    const [left, right] = operands(node);
    if (left === undefined || right === undefined) throw unknownNode(node);
    return arithmetic(node.op, this.#value(left), this.#value(right));
  }
}

function unknownNode(node: ASTNode): Error {
  return new Error(`GUARD_RULES_CONDITION: "${node.op}" passed the check and cannot be compiled`);
}

function conjunction(a: Test, b: Test): Test {
  return (swipe, line) => {
    const first = a(swipe, line);
    return first === kleene.IS_FALSE ? first : kleene.and(first, b(swipe, line));
  };
}

function disjunction(a: Test, b: Test): Test {
  return (swipe, line) => {
    const first = a(swipe, line);
    return first === kleene.IS_TRUE ? first : kleene.or(first, b(swipe, line));
  };
}

function featureValue({ scope, index }: Position): ValueOf {
  return scope === "swipe" ? (swipe) => seen(swipe[index]) : (_, line) => seen(line[index]);
}

function seen(reading: Reading | undefined): Seen {
  if (typeof reading === "object") return reading.known;
  return reading === "missing" ? null : undefined;
}

type Decide = (known: FeatureValue) => boolean;

function isTrue(known: FeatureValue): boolean {
  return known === true;
}

/** What most of a policy's comparisons are: one feature, looked at where it stands. */
function decidingFeature({ scope, index }: Position, decide: Decide): Test {
  return scope === "swipe"
    ? (swipe) => decided(swipe[index], decide)
    : (_, line) => decided(line[index], decide);
}

function decided(reading: Reading | undefined, decide: Decide): Outcome {
  if (typeof reading !== "object") return reading === "missing" ? kleene.OPEN : kleene.UNDECIDED;
  return decide(reading.known) ? kleene.IS_TRUE : kleene.IS_FALSE;
}

function deciding(value: ValueOf, decide: Decide): Test {
  return (swipe, line) => {
    const known = value(swipe, line);
    if (known === undefined) return kleene.UNDECIDED;
    if (known === null) return kleene.OPEN;
    return decide(known) ? kleene.IS_TRUE : kleene.IS_FALSE;
  };
}

const DECIDE: Readonly<Record<string, (a: FeatureValue, b: FeatureValue) => boolean>> = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
};

function comparing(left: ValueOf, right: ValueOf, operator: string): Test {
  const decide = DECIDE[operator];
  if (decide === undefined)
    throw new Error(`GUARD_RULES_CONDITION: "${operator}" does not compare`);
  return (swipe, line) => {
    const a = left(swipe, line);
    const b = right(swipe, line);
    // Absent before missing: whatever the missing one is, this comparison stays undecided.
    if (a === undefined || b === undefined) return kleene.UNDECIDED;
    if (a === null || b === null) return kleene.OPEN;
    return decide(a, b) ? kleene.IS_TRUE : kleene.IS_FALSE;
  };
}

/** The same with the other side known. */
const AGAINST: Readonly<Record<string, (bound: FeatureValue) => Decide>> = {
  "<": (bound) => (known) => known < bound,
  "<=": (bound) => (known) => known <= bound,
  ">": (bound) => (known) => known > bound,
  ">=": (bound) => (known) => known >= bound,
  "==": (bound) => (known) => known === bound,
  "!=": (bound) => (known) => known !== bound,
};

function against(operator: string, bound: FeatureValue): Decide {
  const decide = AGAINST[operator]?.(bound);
  if (decide === undefined)
    throw new Error(`GUARD_RULES_CONDITION: "${operator}" does not compare`);
  return decide;
}

const CALCULATE: Readonly<Record<string, (a: number, b: number) => number>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
};

function arithmetic(operator: string, left: ValueOf, right: ValueOf): ValueOf {
  const calculate = CALCULATE[operator];
  if (calculate === undefined)
    throw new Error(`GUARD_RULES_CONDITION: "${operator}" does not calculate`);
  return (swipe, line) => {
    const a = left(swipe, line);
    const b = right(swipe, line);
    if (a === undefined || b === undefined) return undefined;
    if (a === null || b === null) return null;
    return calculate(Number(a), Number(b));
  };
}
