import type { SharedDocuments } from "../counters/control-documents.ts";

/**
 * Which generation of the memory lives, and which one stands beside it.
 *
 * steady: one alone. filling: another is filled from the record, by the rebuild alone. mirrored: the living answers,
 * and whatever is written goes to both. leaving: they have changed places, and both are still written, until every
 * instance must have followed.
 */
export const PHASES = ["steady", "filling", "mirrored", "leaving"] as const;
export type Phase = (typeof PHASES)[number];

export interface Generations {
  readonly phase: Phase;
  readonly living: string;
  /** The one beside it; absent when steady. */
  readonly other?: string;
  /** Earlier ones that were kept on request. */
  readonly kept: readonly string[];
}

/** Where everything began, and what stands while no document says otherwise. */
export const FIRST_GENERATION = "g1";
export const AT_FIRST: Generations = { phase: "steady", living: FIRST_GENERATION, kept: [] };

const NAME = "generations";
const GENERATION = /^g[1-9]\d{0,8}$/;

const UNREADABLE =
  "The store's document of generations cannot be read: a newer guard wrote it, or somebody else; run the guard that wrote it.";

/** The document is not one: another program's, or a newer guard's. */
export class GenerationsBrokenError extends Error {
  readonly code = "GUARD_CONTROL_GENERATIONS_BROKEN";
  constructor(message = UNREADABLE, options?: ErrorOptions) {
    super(message, options);
    this.name = "GenerationsBrokenError";
  }
}

export interface ReadGenerations {
  readonly generations: Generations;
  /** As it stands in the store, for replacing it; undefined where there is none yet. */
  readonly text: string | undefined;
}

/** @throws StoreUnavailableError, GenerationsBrokenError */
export async function readGenerations(documents: SharedDocuments): Promise<ReadGenerations> {
  const text = await documents.read(NAME);
  return { generations: text === undefined ? AT_FIRST : parse(text), text };
}

/** False where somebody else changed it meanwhile. */
export function writeGenerations(
  documents: SharedDocuments,
  before: ReadGenerations,
  after: Generations,
): Promise<boolean> {
  return documents.replace(NAME, before.text, JSON.stringify(after));
}

function parse(text: string): Generations {
  const { phase, living, other, kept } = fieldsOf(text);
  const isPhase = PHASES.find((one) => one === phase);
  const names = [living, ...(other === undefined ? [] : [other]), ...listOf(kept)];
  const areNames = names.every((name) => typeof name === "string" && GENERATION.test(name));
  if (isPhase === undefined || !areNames || (isPhase === "steady") !== (other === undefined))
    throw new GenerationsBrokenError();
  return {
    phase: isPhase,
    living: String(living),
    ...(other === undefined ? {} : { other: String(other) }),
    kept: listOf(kept).map(String),
  };
}

function fieldsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" && read !== null ? { ...read } : {};
  } catch (error) {
    throw new GenerationsBrokenError(UNREADABLE, { cause: error });
  }
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A name no generation of this document has, and none before them had. */
export function nextGeneration({ living, other, kept }: Generations): string {
  const numbers = [living, ...(other === undefined ? [] : [other]), ...kept].map((name) =>
    Number(name.slice(1)),
  );
  return `g${Math.max(...numbers) + 1}`;
}
