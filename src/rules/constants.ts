import type { ASTNode } from "@marcbachmann/cel-js";
import type { FeatureValue } from "../features/vector.ts";
import type { Limits } from "./condition.ts";

/** The comparison seen from its other side. */
export const FLIPPED: Readonly<Record<string, string>> = {
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** The plain value a node stands for, limits included; undefined where it must be worked out of features. */
export function constantOf(node: ASTNode, limits: Limits | undefined): FeatureValue | undefined {
  if (node.op === "value") return literal(node.args);
  if (node.op === "-_") {
    const inner = constantOf(node.args, limits);
    return typeof inner === "number" ? -inner : undefined;
  }
  if (node.op === "id")
    return node.args === "limit" && typeof limits === "number" ? limits : undefined;
  if (node.op === "." && typeof limits === "object") return limits[node.args[1]];
  return undefined;
}

function literal(value: unknown): FeatureValue | undefined {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" || typeof value === "string" || typeof value === "boolean"
    ? value
    : undefined;
}

export function isFeature(node: ASTNode): node is ASTNode & { readonly op: "id" } {
  return node.op === "id" && node.args !== "limit";
}
