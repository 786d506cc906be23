import { escapeHtml } from "./docs-html.ts";
import type { Content, Schema } from "./openapi-document.ts";

/** Deeper than any of our schemas: a bound against one that contains itself. */
const DEPTH_MAX = 8;

export function renderContent(content: Content): string {
  return Object.entries(content)
    .map(
      ([type, { schema }]) =>
        `<p><em>${escapeHtml(type)}</em></p>${schema ? renderSchema(schema) : ""}`,
    )
    .join("");
}

/** A table of an object's fields, nested where they are; one line for everything else. */
export function renderSchema(schema: Schema, depth = 0): string {
  const fields = fieldsOf(schema);
  if (fields === undefined || depth > DEPTH_MAX) return `<p>${renderLine(schema)}</p>`;
  const rows = Object.entries(fields.properties ?? {}).map(([name, field]) => {
    const mark = fields.required?.includes(name) ? "" : " <em>optional</em>";
    const nested = fieldsOf(field) ? renderSchema(field, depth + 1) : "";
    return `<tr><td><code>${escapeHtml(name)}</code></td><td>${renderLine(field)}${mark}${nested}</td></tr>`;
  });
  return `<table>${rows.join("")}</table>`;
}

/** The object a schema is, lists or allows. */
function fieldsOf(schema: Schema): Schema | undefined {
  if (schema.properties) return schema;
  if (schema.items) return fieldsOf(schema.items);
  return schema.anyOf?.map(fieldsOf).find((option) => option !== undefined);
}

function renderLine(schema: Schema): string {
  const about = schema.description ? ` ${escapeHtml(schema.description)}` : "";
  const bounds = boundsOf(schema);
  return `${typeOf(schema)}${bounds && ` <em>${escapeHtml(bounds)}</em>`}${about}`;
}

function typeOf(schema: Schema): string {
  if (schema.$ref !== undefined) {
    const name = escapeHtml(schema.$ref.split("/").at(-1) ?? "");
    return `<a href="#schema-${name}">${name}</a>`;
  }
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.enum)
    return schema.enum.map((word) => `<code>${escapeHtml(String(word))}</code>`).join(" ");
  if (schema.const !== undefined) return `<code>${escapeHtml(String(schema.const))}</code>`;
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  return escapeHtml([schema.type ?? "any"].flat().join(" or "));
}

function boundsOf(schema: Schema): string {
  return [
    range(schema.minLength, schema.maxLength, "characters"),
    range(schema.minItems, schema.maxItems, "items"),
    range(schema.minimum, schema.maximum, ""),
    schema.pattern,
  ]
    .filter((bound) => bound)
    .join(", ");
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  if (least === undefined && most === undefined) return "";
  if (most === undefined) return `at least ${least} ${unit}`.trim();
  return least === undefined
    ? `at most ${most} ${unit}`.trim()
    : `${least} to ${most} ${unit}`.trim();
}
