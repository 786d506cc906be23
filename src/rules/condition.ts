import type { ASTNode } from "@marcbachmann/cel-js";
import { Environment, serialize } from "@marcbachmann/cel-js";
import type { ValueType } from "../features/definition.ts";

/** What a level's condition may compare with by name: one number, or several by name. */
export type Limits = number | Readonly<Record<string, number>>;

/** A condition that has the right form and types; not yet bound to a vector. */
export interface ParsedCondition {
  readonly ast: ASTNode;
  /** Features it reads, in the order of their first use. */
  readonly features: readonly string[];
  /** Compares a number with a limit, which then is evidence. */
  readonly isMeasured: boolean;
  /** Spelled in one way: equal conditions have equal texts. */
  readonly text: string;
}

export type ParsedOrFaults = ParsedCondition | { readonly faults: readonly string[] };

/** Small enough to read at once. */
const NODES_MAX = 200;
const DEPTH_MAX = 20;
const LIMIT = "limit";

const CEL_TYPES: Readonly<Record<ValueType, string>> = {
  number: "double",
  boolean: "bool",
  string: "string",
};
const COMPARING: ReadonlySet<string> = new Set(["<", "<=", ">", ">=", "==", "!="]);
const ORDERING: ReadonlySet<string> = new Set(["<", "<=", ">", ">="]);
const LOGIC: ReadonlySet<string> = new Set(["&&", "||", "?:"]);
const ARITHMETIC: ReadonlySet<string> = new Set(["+", "-", "*", "/"]);

/** Parses conditions over a policy's features. */
export interface ConditionParser {
  parse(text: string, limits: Limits | undefined): ParsedOrFaults;
}

export function createConditionParser(features: ReadonlyMap<string, ValueType>): ConditionParser {
  const plain = new Environment({ limits: { maxAstNodes: NODES_MAX, maxDepth: DEPTH_MAX } });
  for (const [name, type] of features) plain.registerVariable(name, CEL_TYPES[type]);
  const environments = {
    none: plain,
    one: plain.clone().registerVariable(LIMIT, "double"),
    many: plain.clone().registerVariable(LIMIT, "map<string, double>"),
  };
  return {
    parse(text, limits) {
      const environment = environments[kindOf(limits)];
      const parsed = parseOrReason(environment, text);
      if (typeof parsed === "string") return { faults: [parsed] };
      const found = new Inspection(features, limits);
      found.boolean(parsed.ast);
      if (found.faults.size === 0 && found.features.size === 0)
        found.faults.add("a condition must read a feature");
      if (found.faults.size > 0) return { faults: [...found.faults] };
      const checked = parsed.check();
      if (!checked.valid) return { faults: [`wrong types: ${firstLine(checked.error?.message)}`] };
      if (checked.type !== "bool") return { faults: ["a condition must be true or false"] };
      return {
        ast: parsed.ast,
        features: [...found.features],
        isMeasured: found.isMeasured,
        text: serialize(parsed.ast),
      };
    },
  };
}

function kindOf(limits: Limits | undefined): "none" | "one" | "many" {
  if (limits === undefined) return "none";
  return typeof limits === "number" ? "one" : "many";
}

function parseOrReason(environment: Environment, text: string) {
  try {
    return environment.parse(text);
  } catch (error) {
    return `not a CEL condition: ${firstLine(error instanceof Error ? error.message : undefined)}`;
  }
}

function firstLine(message: string | undefined): string {
  return message?.split("\n")[0] ?? "it cannot be read";
}

/** Walks a condition once: which features it reads, and what of CEL it uses that conditions may not. */
class Inspection {
  readonly features = new Set<string>();
  readonly faults = new Set<string>();
  isMeasured = false;
  readonly #known: ReadonlyMap<string, ValueType>;
  readonly #limits: Limits | undefined;

  constructor(known: ReadonlyMap<string, ValueType>, limits: Limits | undefined) {
    this.#known = known;
    this.#limits = limits;
  }

  /** Where something true or false must stand. */
  boolean(node: ASTNode): void {
    if (LOGIC.has(node.op)) this.#all(node);
    else if (node.op === "!_") this.boolean(node.args);
    else if (COMPARING.has(node.op)) this.#comparison(node);
    else if (node.op === "in") this.#membership(node.args[0], node.args[1]);
    else if (node.op === "id") this.#name(node.args);
    else if (!(node.op === "value" && typeof node.args === "boolean")) this.#refuse(node);
  }

  #all(node: ASTNode): void {
    for (const side of operands(node)) this.boolean(side);
  }

  #comparison(node: ASTNode): void {
    if (ORDERING.has(node.op)) this.isMeasured = true;
    for (const side of operands(node)) this.#operand(side);
  }

  /** One side of a comparison. Whole numbers may stand alone, but not in arithmetic. */
  #operand(node: ASTNode): void {
    if (node.op === "value" && typeof node.args === "bigint") return;
    this.#value(node);
  }

  #value(node: ASTNode): void {
    if (ARITHMETIC.has(node.op)) for (const side of operands(node)) this.#number(side);
    else if (node.op === "-_") this.#number(node.args);
    else if (node.op === "id") this.#name(node.args);
    else if (node.op === ".") this.#namedLimit(node.args[0], node.args[1]);
    else if (node.op === "value") this.#literal(node.args);
    else this.#refuse(node);
  }

  /** One side of a calculation. */
  #number(node: ASTNode): void {
    const isText = node.op === "value" && !["number", "bigint"].includes(typeof node.args);
    const isOther = node.op === "id" && (this.#known.get(node.args) ?? "number") !== "number";
    if (isText || isOther) this.faults.add("only numbers can be calculated with");
    else this.#value(node);
  }

  #literal(value: unknown): void {
    if (typeof value === "bigint")
      this.faults.add(
        `write ${value}.0 instead of ${value}: CEL divides whole numbers without rest`,
      );
    else if (!["number", "string", "boolean"].includes(typeof value))
      this.faults.add("only numbers, texts, true and false may be written");
  }

  #membership(subject: ASTNode, list: ASTNode): void {
    this.#value(subject);
    if (list.op !== "list") {
      this.faults.add('`in` needs a list written out, such as ["41", "140104"]');
      return;
    }
    for (const item of list.args) {
      if (item.op !== "value" || typeof item.args !== "string")
        this.faults.add("`in` compares texts only");
    }
  }

  #name(name: string): void {
    if (name === LIMIT) {
      if (typeof this.#limits !== "number")
        this.faults.add("`limit` needs a number for this level in the rule's `limits`");
    } else if (this.#known.has(name)) this.features.add(name);
    else this.faults.add(`unknown feature ${name}`);
  }

  #namedLimit(of: ASTNode, name: string): void {
    const isLimit = of.op === "id" && of.args === LIMIT;
    const isNamed = typeof this.#limits === "object" && Object.hasOwn(this.#limits, name);
    if (!isLimit) this.faults.add("a feature has no parts");
    else if (!isNamed) this.faults.add(`this level's \`limits\` have no ${name}`);
  }

  #refuse(node: ASTNode): void {
    const called =
      node.op === "call" || node.op === "rcall" ? `the function ${node.args[0]}` : `"${node.op}"`;
    this.faults.add(
      `${called} may not be used here: conditions compare features, without functions or regular expressions`,
    );
  }
}

/** The sides of a node with two or three. */
export function operands(node: ASTNode): readonly ASTNode[] {
  return node.args as readonly ASTNode[];
}
