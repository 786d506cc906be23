import { code, escapeHtml, inline, paragraphs } from "./docs-html.ts";
import { renderContent, renderSchema } from "./docs-schema.ts";
import { STYLE } from "./docs-style.ts";
import type { OpenApiDocument, Operation } from "./openapi-document.ts";

/** The OpenAPI document as one page that needs nothing but itself: no script, no font, no picture. */
export function docsPage(document: OpenApiDocument): string {
  const { title, version, description = "" } = document.info;
  const groups = document.tags ?? [];
  const schemas = Object.entries(document.components?.schemas ?? {});
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<header><h1>${escapeHtml(title)} <small>${escapeHtml(version)}</small></h1>
${paragraphs(description)}<p><a href="/docs/json">OpenAPI ${escapeHtml(document.openapi)}, raw</a></p></header>
<main>
${groups.map((group) => renderGroup(document, group)).join("\n")}
<section><h2 id="schemas">Schemas</h2>
${schemas.map(([name, schema]) => `<article id="schema-${escapeHtml(name)}"><h3>${escapeHtml(name)}</h3>${renderSchema(schema)}</article>`).join("\n")}
</section></main></body></html>
`;
}

function renderGroup(
  document: OpenApiDocument,
  group: { readonly name: string; readonly description?: string },
): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags?.includes(group.name))
      .map(([method, operation]) => renderOperation(path, method, operation)),
  );
  return `<section><h2>${escapeHtml(group.name)}</h2>${paragraphs(group.description ?? "")}${operations.join("\n")}</section>`;
}

function renderOperation(path: string, method: string, operation: Operation): string {
  const { summary = "", description = "", operationId = "" } = operation;
  return `<details id="${escapeHtml(operationId)}"><summary><b class="${escapeHtml(method)}">${escapeHtml(method.toUpperCase())}</b> ${code(path)} <span>${escapeHtml(summary)}</span></summary>
${paragraphs(description)}${renderParameters(operation)}${renderBody(operation)}${renderResponses(operation)}</details>`;
}

function renderParameters({ parameters = [] }: Operation): string {
  if (parameters.length === 0) return "";
  const rows = parameters.map(
    ({ name, in: place, description = "" }) =>
      `<tr><td>${code(name)}</td><td>${escapeHtml(place)}</td><td>${inline(description)}</td></tr>`,
  );
  return `<h4>Parameters</h4><table>${rows.join("")}</table>`;
}

function renderBody({ requestBody }: Operation): string {
  return requestBody ? `<h4>Body</h4>${renderContent(requestBody.content)}` : "";
}

function renderResponses({ responses = {} }: Operation): string {
  const rows = Object.entries(responses).map(
    ([status, { description = "", content = {} }]) =>
      `<tr><td>${code(status)}</td><td>${paragraphs(description)}${renderContent(content)}</td></tr>`,
  );
  return `<h4>Answers</h4><table>${rows.join("")}</table>`;
}
