import swagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import {
  createJsonSchemaTransform,
  createJsonSchemaTransformObject,
} from "fastify-type-provider-zod";
import { z } from "zod";
import { AcknowledgementBody, ReversalBody, SettlementBody } from "../swipe/after-bodies.ts";
import { AnswerHit, DecisionAnswer, SwipeState } from "../swipe/answer.ts";
import { BatchAnswer, BatchLine } from "../swipe/batch.ts";
import { CheckBody } from "../swipe/check-body.ts";
import { NhsaCancelEnvelope, NhsaSettledEnvelope, NhsaUndoEnvelope } from "../swipe/nhsa/after.ts";
import { NhsaGuard, NhsaSaleEnvelope } from "../swipe/nhsa/envelope.ts";
import {
  NhsaReturnUploadEnvelope,
  NhsaSaleUploadEnvelope,
  UploadRow,
} from "../swipe/nhsa/uploads.ts";
import { type Examples, withExamples } from "./examples.ts";
import { NhsaAnswer } from "./nhsa-answer.ts";
import { asOpenApi } from "./openapi-document.ts";
import { ProblemDocument } from "./problem-document.ts";
import { ReadinessDocument } from "./watch-docs.ts";

const DESCRIPTION = `The guard weighs every insured pharmacy swipe before it settles and answers allow, warn, stepUp, hold or deny, with the reasons.

Errors of the native routes are \`application/problem+json\` (RFC 9457) and name the fields at fault, never their values. The NHSA routes always answer with the NHSA envelope. Another method than those listed is 405 with \`Allow\`. Bodies are JSON in UTF-8 (uploads: NDJSON), neither compressed nor otherwise encoded. Amounts are yuan. Repeat a request that was not answered with the same swipeId.`;

/** Schemas that get a name of their own in the document; all others are written where they are used. */
const NAMED = {
  CheckBody,
  SettlementBody,
  ReversalBody,
  AcknowledgementBody,
  BatchLine,
  BatchAnswer,
  DecisionAnswer,
  Hit: AnswerHit,
  SwipeState,
  NhsaSaleEnvelope,
  NhsaGuard,
  NhsaCancelEnvelope,
  NhsaUndoEnvelope,
  NhsaSaleUploadEnvelope,
  NhsaReturnUploadEnvelope,
  NhsaUploadRow: UploadRow,
  NhsaSettledEnvelope,
  NhsaAnswer,
  Problem: ProblemDocument,
  Readiness: ReadinessDocument,
} as const;

/**
 * Collects the routes' schemas into one OpenAPI 3.1 document: must be registered before the routes.
 * The schemas describe; validating stays with the desk, so that every door refuses alike.
 */
export function describeRoutes(app: FastifyInstance, version: string, examples: Examples): void {
  const schemaRegistry = z.registry<{ id?: string }>();
  for (const [id, schema] of Object.entries(NAMED)) schemaRegistry.add(schema, { id });
  const zodToJsonConfig = { override: describeAsSchemasDo };
  const nameSchemas = createJsonSchemaTransformObject({ schemaRegistry, zodToJsonConfig });
  app.setValidatorCompiler(() => () => true);
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: { title: "Pharmacy checkout guard", version, description: DESCRIPTION },
      tags: [
        { name: "Swipes", description: "The native way in" },
        { name: "NHSA", description: "The NHSA interface's own envelopes" },
        { name: "Watching", description: "Probes, metrics and this document" },
      ],
    },
    transform: createJsonSchemaTransform({ schemaRegistry, zodToJsonConfig }),
    transformObject: (parts) => withExamples(withPlainNames(nameSchemas(parts)), examples),
  });
}

interface Described {
  readonly zodSchema: z.core.$ZodType;
  readonly jsonSchema: z.core.JSONSchema.BaseSchema;
}

/** The library asks only the registry of names for descriptions, and those of `.describe()` are in zod's own. */
function describeAsSchemasDo({ zodSchema, jsonSchema }: Described): void {
  const description = z.globalRegistry.get(zodSchema)?.description;
  if (description !== undefined) jsonSchema.description ??= description;
}

/**
 * The library writes each named schema twice, as it is sent (`CheckBodyInput`) and as it is answered (`CheckBody`).
 * What nobody refers to goes, and what is only ever sent loses its suffix.
 */
function withPlainNames<T extends object>(document: T): T {
  const { components, ...rest } = asOpenApi(document);
  const all = components?.schemas ?? {};
  const used = referencesIn(rest, all);
  const plain = (name: string) => {
    const base = name.replace(/Input$/, "");
    return used.has(base) ? name : base;
  };
  const schemas = Object.fromEntries([...used].sort().map((name) => [plain(name), all[name]]));
  const text = JSON.stringify({ ...document, components: { ...components, schemas } });
  return JSON.parse(
    text.replace(REFERENCE, (_whole, name: string) => `"#/components/schemas/${plain(name)}"`),
  ) as T;
}

const REFERENCE = /"#\/components\/schemas\/([A-Za-z]+)"/g;

function referencesIn(start: unknown, schemas: Readonly<Record<string, unknown>>): Set<string> {
  const used = new Set<string>();
  const open: unknown[] = [start];
  while (open.length > 0) {
    for (const [, name = ""] of JSON.stringify(open.pop()).matchAll(REFERENCE)) {
      if (used.has(name)) continue;
      used.add(name);
      open.push(schemas[name] ?? {});
    }
  }
  return used;
}
