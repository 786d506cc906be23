import t from "tap";
import { shipped } from "../../src/config/settings.ts";
import { readExamples } from "../../src/http/examples.ts";
import { NhsaAnswer } from "../../src/http/nhsa-answer.ts";
import type { OpenApiDocument, Schema } from "../../src/http/openapi-document.ts";
import { openApiDocument } from "../../src/http/published.ts";
import type { DecisionAnswer } from "../../src/swipe/answer.ts";
import { nhsaDecision, nhsaMatched, nhsaProblem } from "../../src/swipe/nhsa/from-answer.ts";
import { NHSA_ROUTES } from "../../src/swipe/nhsa/route.ts";
import { open } from "./stub-desk.ts";

const examples = readExamples(shipped().examplesDir);

/** Every field of the document by its path, with what is said of it. */
function fieldsOf(document: OpenApiDocument): Map<string, Schema> {
  const fields = new Map<string, Schema>();
  const walk = (schema: Schema, path: string): void => {
    for (const [name, field] of Object.entries(schema.properties ?? {})) {
      fields.set(`${path}.${name}`, field);
      walk(field, `${path}.${name}`);
    }
    for (const option of schema.anyOf ?? []) walk(option, path);
    if (schema.items) walk(schema.items, `${path}[]`);
  };
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {}))
    walk(schema, name);
  for (const methods of Object.values(document.paths)) {
    for (const { operationId = "", requestBody, responses = {} } of Object.values(methods)) {
      const contents = [requestBody, ...Object.values(responses)].map((part) => part?.content);
      for (const media of contents.flatMap((content) => Object.values(content ?? {}))) {
        if (media.schema) walk(media.schema, operationId);
      }
    }
  }
  return fields;
}

/** An object, or one with a name of its own, whose fields say what they are. */
function isStructure(schema: Schema): boolean {
  const parts = [...(schema.anyOf ?? []), ...(schema.items ? [schema.items] : [])];
  return Boolean(schema.properties ?? schema.$ref) || parts.some(isStructure);
}

/** What a reader sees of a page. */
function visible(html: string): string {
  return html
    .replace(/<[^>]+>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

t.test(
  "every field of the OpenAPI document says what it is, and the page says it too",
  async (t) => {
    const { app } = open(t, { examples });
    const document = (await app.inject({ url: "/docs/json" })).json() as OpenApiDocument;
    const page = visible((await app.inject({ url: "/docs" })).body);
    const fields = fieldsOf(document);
    t.ok(fields.size > 200, "there are fields");
    for (const [path, field] of fields) {
      const { description } = field;
      t.ok(description ?? isStructure(field), `${path} says what it is`);
      if (description) t.ok(page.includes(description.replaceAll("`", "")), `${path} on the page`);
    }
  },
);

t.test("units, limits and the meaning of words are there, also of what may be null", async (t) => {
  const { app } = open(t);
  const document = (await app.inject({ url: "/docs/json" })).json() as OpenApiDocument;
  const page = (await app.inject({ url: "/docs" })).body;
  const fields = fieldsOf(document);
  const said = (path: string) => fields.get(path)?.description ?? "";
  t.match(said("CheckBody.total"), /^yuan, 2 decimals/);
  t.match(said("CheckBody.lines[].quantity"), /packs .*4 decimals/);
  t.match(said("CheckBody.stage"), /settle \(default\).*inquiry/);
  for (const word of ["allow", "warn", "stepUp", "hold", "deny"])
    t.match(said("DecisionAnswer.decision"), `${word}:`);
  for (const word of fields.get("SwipeState.state")?.enum ?? [])
    t.match(said("SwipeState.state"), `${word}:`);
  t.match(
    page,
    /<code>lot<\/code><\/td><td>string or null <em>1 to 50 characters/,
    "a limit of an optional field",
  );
  t.match(page, /<code>balance<\/code><\/td><td>number or null <em>0 to \d/);
  t.match(page, "No other fields.");
  t.match(page, /<a href="#schema-NhsaUploadRow">/, "what has a name is linked");
  t.match(page, /or<\/p><table><tr><td><code>selinfoDetail/, "each form of a body is shown");
});

t.test("every body has its example, and 3505 and 3506 say how they are matched", async (t) => {
  const { app } = open(t, { examples });
  const document = (await app.inject({ url: "/docs/json" })).json() as OpenApiDocument;
  t.same(JSON.parse(JSON.stringify(await openApiDocument("0.0.0-test", examples))), document);
  const shown: unknown[] = [];
  for (const methods of Object.values(document.paths)) {
    for (const { operationId, requestBody } of Object.values(methods)) {
      if (requestBody === undefined) continue;
      const [{ example } = {}] = Object.values(requestBody.content);
      t.not(example, undefined, `${operationId}`);
      shown.push(example);
    }
  }
  t.same(new Set(shown.map(text)), new Set(Object.values(examples).map(text)), "none is left over");
  for (const route of NHSA_ROUTES) t.ok(document.paths[`/nhsa/${route}`]?.["post"], route);
  for (const route of ["3505", "3506"]) {
    const { description = "" } = document.paths[`/nhsa/${route}`]?.["post"] ?? {};
    t.match(description, "The sale is found by setl_id", route);
  }
  t.match((await app.inject({ url: "/docs" })).body, "<pre>{\n  &quot;swipeId&quot;");
  t.same(readExamples("/nowhere"), {}, "an installation without them does without");
});

t.test("the NHSA answer's schema names every field that is answered", async (t) => {
  const document = await openApiDocument("0.0.0-test", {});
  const fields = fieldsOf(document);
  const hit: DecisionAnswer["hits"][number] = {
    rule: "OQ-02",
    level: "hold",
    category: "over-quantity",
    lines: ["0001"],
    name: { zh: "名", en: "name" },
    message: { zh: "句。", en: "sentence" },
    evidence: {},
  };
  const answer: DecisionAnswer = {
    swipeId: "swipe-0001",
    decision: "hold",
    mode: "partial",
    missing: ["x"],
    hits: [hit],
    decidedAt: "",
    elapsedMs: 1,
    recalled: true,
    state: "attempted",
  };
  const exchange = { msgid: "swipe-0001", readAt: 0, answeredAt: 0 };
  const paths = [{ path: "input", reason: "is missing" }];
  const replies = [
    nhsaDecision(answer, [{ line: "0001", amount: 100 }], exchange),
    nhsaProblem({ code: "state_conflict", state: "settled", detail: "d", paths }, exchange),
    nhsaMatched(1, exchange, { state: "returned", codesKept: true }),
  ];
  for (const { envelope } of replies) {
    t.same(NhsaAnswer.safeParse(envelope).error?.issues, undefined);
    for (const path of pathsOf(envelope, "NhsaAnswer")) t.ok(fields.has(path), path);
  }
});

function text(value: unknown): string {
  return JSON.stringify(value);
}

function pathsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, `${path}[]`));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [
    `${path}.${name}`,
    ...pathsOf(part, `${path}.${name}`),
  ]);
}
