import { code, escapeHtml, inline } from "./docs-html.ts";
import type { Content, Schema } from "./openapi-document.ts";

/** Deeper than any of our schemas: a bound against one that contains itself. */
const DEPTH_MAX = 8;

export function renderContent(content: Content): string {
  return Object.entries(content)
    .map(
      ([type, { schema, example }]) =>
        `<p><em>${escapeHtml(type)}</em></p>${schema ? renderSchema(schema) : ""}${renderExample(example)}`,
    )
    .join("");
}

function renderExample(example: unknown): string {
  if (example === undefined) return "";
  const text = escapeHtml(JSON.stringify(example, null, 2));
  return `<details><summary>An example</summary><pre>${text}</pre></details>`;
}

/** A table of an object's fields, nested where they are; one line for everything else. */
export function renderSchema(schema: Schema, depth = 0): string {
  const objects = depth > DEPTH_MAX ? [] : objectsOf(schema);
  if (objects.length === 0) return `<p>${renderLine(schema)}</p>`;
  const about = depth === 0 && schema.description ? `<p>${inline(schema.description)}</p>` : "";
  return about + objects.map((object) => renderObject(object, depth)).join("<p>or</p>");
}

function renderObject({ properties = {}, required, additionalProperties }: Schema, depth: number) {
  const rows = Object.entries(properties).map(([name, field]) => {
    const mark = required?.includes(name) ? "" : " <em>optional</em>";
    const nested = objectsOf(field).length > 0 ? renderSchema(field, depth + 1) : "";
    return `<tr><td>${code(name)}</td><td>${renderLine(field)}${mark}${nested}</td></tr>`;
  });
  const closed = additionalProperties === false ? "<p><em>No other fields.</em></p>" : "";
  return `<table>${rows.join("")}</table>${closed}`;
}

/** The objects a schema is, lists or allows; those with a name of their own are linked instead. */
function objectsOf(schema: Schema): readonly Schema[] {
  if (schema.properties) return [schema];
  if (schema.items) return objectsOf(schema.items);
  return schema.anyOf?.flatMap(objectsOf) ?? [];
}

function renderLine(schema: Schema): string {
  const about = schema.description ? ` ${inline(schema.description)}` : "";
  const bounds = boundsOf(schema).join(", ");
  return `${typeOf(schema)}${bounds && ` <em>${escapeHtml(bounds)}</em>`}${about}`;
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = escapeHtml(schema.$ref.split("/").at(-1) ?? "");
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.enum) return schema.enum.map((word) => code(String(word))).join(" ");
  if (schema.const !== undefined) return code(String(schema.const));
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  const type = escapeHtml([schema.type ?? "any"].flat().join(" or "));
  const { additionalProperties: values } = schema;
  return typeof values === "object" && Object.keys(values).length > 0
    ? `${type} of ${typeOf(values)}`
    : type;
}

/** Limits of what the schema is, lists or allows: most optional fields are a type or null. */
function boundsOf(schema: Schema): readonly string[] {
  const own = [
    range(schema.minLength, schema.maxLength, "characters"),
    range(schema.minItems, schema.maxItems, "items"),
    range(schema.minimum, schema.maximum, ""),
    schema.pattern ?? "",
  ].filter((bound) => bound !== "");
  const parts = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  return [...new Set([...own, ...parts.flatMap(boundsOf)])];
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return "";
  if (most === undefined) return `at least ${least} ${unit}`.trim();
  return least === undefined
    ? `at most ${most} ${unit}`.trim()
    : `${least} to ${most} ${unit}`.trim();
}
