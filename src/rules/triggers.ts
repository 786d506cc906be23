import type { ASTNode } from "@marcbachmann/cel-js";
import type { FeatureValue } from "../features/vector.ts";
import type { Limits } from "./condition.ts";
import { operands } from "./condition.ts";
import { constantOf, FLIPPED, isFeature } from "./constants.ts";

/** One feature against a plain value. */
export interface Trigger {
  readonly feature: string;
  readonly operator: "<" | "<=" | ">" | ">=" | "==" | "!=";
  readonly value: FeatureValue;
}

/**
 * Of these at least one must hold, or may hold of a missing fact, before a condition can come out as wanted; none at
 * all: it never does. Undefined: nothing simple can be said, and it may come out so at any time.
 */
export type Triggers = readonly Trigger[] | undefined;

/**
 * What a condition cannot be true without: most rules say nothing of most swipes, and are told so by one comparison.
 * Every outcome of kleene.ts that can still be true is found, also one that hangs on a missing fact; an absent fact
 * makes nothing true.
 */
export function triggersOf(ast: ASTNode, limits: Limits | undefined): Triggers {
  return wanting(ast, true, limits);
}

function wanting(node: ASTNode, wanted: boolean, limits: Limits | undefined): Triggers {
  const side = (of: ASTNode, outcome: boolean) => wanting(of, outcome, limits);
  switch (node.op) {
    case "&&":
    case "||": {
      const [a, b] = [side(node.args[0], wanted), side(node.args[1], wanted)];
      return (node.op === "&&") === wanted ? likelier(a, b) : either(a, b);
    }
    case "!_":
      return side(node.args, !wanted);
    case "?:": {
      const [condition, yes, no] = node.args;
      return either(
        likelier(side(condition, true), side(yes, wanted)),
        likelier(side(condition, false), side(no, wanted)),
      );
    }
    case "in":
      return wanted ? among(node.args[0], node.args[1]) : undefined;
    case "id":
      return [{ feature: node.args, operator: "==", value: wanted }];
    case "value":
      return node.args === wanted ? undefined : [];
    default:
      return comparison(node, wanted, limits);
  }
}

/** Where both are needed, the one that is seldom there is enough to ask for. */
function likelier(a: Triggers, b: Triggers): Triggers {
  if (a === undefined || b === undefined) return a ?? b;
  return chance(a) <= chance(b) ? a : b;
}

function either(a: Triggers, b: Triggers): Triggers {
  return a === undefined || b === undefined ? undefined : [...a, ...b];
}

function among(subject: ASTNode, list: ASTNode): Triggers {
  if (!isFeature(subject)) return undefined;
  const { args: feature } = subject;
  return operands(list).map((item) => ({ feature, operator: "==", value: String(item.args) }));
}

const OPPOSITE: Readonly<Record<string, Trigger["operator"]>> = {
  "<": ">=",
  "<=": ">",
  ">": "<=",
  ">=": "<",
  "==": "!=",
  "!=": "==",
};

function comparison(node: ASTNode, wanted: boolean, limits: Limits | undefined): Triggers {
  const [left, right] = operands(node);
  if (left === undefined || right === undefined) return undefined;
  const isFlipped = !isFeature(left) && isFeature(right);
  const [subject, bound] = isFlipped ? [right, left] : [left, right];
  const value = constantOf(bound, limits);
  if (!isFeature(subject) || value === undefined) return undefined;
  const said = isFlipped ? (FLIPPED[node.op] ?? node.op) : node.op;
  const operator = wanted ? (said as Trigger["operator"]) : OPPOSITE[said];
  // Texts have an order in CEL, and no rule of ours asks for it.
  const isSimple = operator === "==" || operator === "!=" || typeof value === "number";
  return operator === undefined || !isSimple
    ? undefined
    : [{ feature: subject.args, operator, value }];
}

/** How often such a comparison holds of a usual sale, roughly: it decides only which of two is asked, never an answer. */
const CHANCE: Readonly<Record<Trigger["operator"], number>> = {
  ">": 0.05,
  ">=": 0.05,
  "<": 0.5,
  "<=": 0.5,
  "==": 0.2,
  "!=": 0.9,
};
/** What a rule denies is what most sales are: a prescription is there, the pharmacy is open, a disease is filed. */
const CHANCE_OF_FALSE = 0.5;

function chance(triggers: readonly Trigger[]): number {
  let sum = 0;
  for (const { operator, value } of triggers)
    sum += value === false ? CHANCE_OF_FALSE : CHANCE[operator];
  return sum;
}
