import { z } from "zod";
import { asyncApiDocument, eventJsonSchema } from "../audit/async-api.ts";
import { EVENT_TYPES } from "../audit/event.ts";
import { SWIPE_SCHEMAS } from "../swipe/published.ts";

/** File name to content: what others read of the guard without reading its code. */
export type Documents = Readonly<Record<string, object>>;

/** What is sent and answered, and what is recorded; the doors add their own. Pure: the same code, the same files. */
export function schemaDocuments(version: string): Documents {
  const events = EVENT_TYPES.map((type) => [
    schemaFile(type),
    eventJsonSchema(type, "draft-2020-12"),
  ]);
  return {
    "asyncapi.json": asyncApiDocument(version),
    ...jsonSchemas(SWIPE_SCHEMAS),
    ...Object.fromEntries(events),
  };
}

export function jsonSchemas(schemas: Readonly<Record<string, z.ZodType>>): Documents {
  const files = Object.entries(schemas).map(([name, schema]) => [
    schemaFile(name),
    // As it is sent: what a reader adds by default is no demand on the writer.
    z.toJSONSchema(schema, { target: "draft-2020-12", io: "input" }),
  ]);
  return Object.fromEntries(files);
}

function schemaFile(name: string): string {
  return `${name}.schema.json`;
}
