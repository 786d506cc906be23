import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Documents, jsonSchemas, schemaDocuments } from "../control/schema-documents.ts";
import type { Examples } from "./examples.ts";
import { NhsaAnswer } from "./nhsa-answer.ts";
import { ProblemDocument } from "./problem-document.ts";
import { openApiDocument } from "./published.ts";

/** Everything in `schemas/` but its examples: the doors' own documents beside those of the rooms below. */
export async function allDocuments(version: string, examples: Examples): Promise<Documents> {
  return {
    "openapi.json": await openApiDocument(version, examples),
    ...schemaDocuments(version),
    ...jsonSchemas({ problem: ProblemDocument, "nhsa-answer": NhsaAnswer }),
  };
}

/** Writes the documents into a folder, made if it is not there, and returns the names of the files. */
export async function writeSchemas(
  folder: string,
  version: string,
  examples: Examples,
): Promise<string[]> {
  const documents = await allDocuments(version, examples);
  await mkdir(folder, { recursive: true });
  for (const [name, document] of Object.entries(documents)) {
    await writeFile(join(folder, name), documentText(document));
  }
  return Object.keys(documents);
}

export function documentText(document: object): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}
