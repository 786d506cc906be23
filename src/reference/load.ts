import type { EpochMs } from "../units.ts";
import { freezeBundle } from "./assemble.ts";
import type { ReferenceBundle } from "./bundle.ts";
import { createContentHash } from "./content-hash.ts";
import { createFaultLog } from "./fault.ts";
import type { Part } from "./file-parts.ts";
import { emptyParts, loadPart } from "./file-parts.ts";
import { INSTALLABLE_FILES, isReferenceFile, mayHoldIds } from "./files.ts";
import { goodsOf } from "./goods.ts";
import type { ListPseudonyms } from "./list-pseudonyms.ts";
import type { LoadMemory, MadeFile } from "./load-memory.ts";
import { keep, keptGoods, keptPart, textDigest } from "./load-memory.ts";
import type { LoadingContext } from "./loading.ts";
import type { ReferenceFile } from "./table.ts";

export interface LoadOptions {
  readonly pseudonymise: ListPseudonyms;
  readonly loadedAt: EpochMs;
  /** Of earlier loads under the same pseudonyms; what this one makes is kept there. */
  readonly memory?: LoadMemory;
}

/**
 * Files -> one bundle, all or nothing. Depends on nothing but its arguments.
 * Throws ReferenceBrokenError with every mistake in every file. A list of a million rows in two
 * domains took 8 s, most of it keyed digests: where swipes are answered meanwhile use
 * `loadReferenceGently`, whose longest step was then 18 ms.
 */
export function loadReference(
  files: readonly ReferenceFile[],
  options: LoadOptions,
): ReferenceBundle {
  const steps = loadReferenceInSteps(files, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, letting others run after every few milliseconds of work: `pause` says how (setImmediate, say). */
export async function loadReferenceGently(
  files: readonly ReferenceFile[],
  options: LoadOptions,
  pause: () => Promise<void>,
): Promise<ReferenceBundle> {
  const steps = loadReferenceInSteps(files, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pause();
  }
}

/** Yields between steps; the last value is the bundle. */
export function* loadReferenceInSteps(
  files: readonly ReferenceFile[],
  { pseudonymise, loadedAt, memory = {} }: LoadOptions,
): Generator<void, ReferenceBundle> {
  const content = createContentHash(mayHoldIds, pseudonymise);
  const context: LoadingContext = { faults: createFaultLog(), content, pseudonymise };
  const parts = emptyParts();
  const made = new Map<string, MadeFile>();
  const names = new Set<string>();
  for (const file of [...files].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (names.has(file.name)) context.faults.add(file.name, 0, "the file is given twice");
    else if (isReadable(file, context)) made.set(file.name, yield* makeFile(file, context, memory));
    names.add(file.name);
    made.get(file.name)?.part(parts);
    yield;
  }
  const goods = keptGoods(memory, parts) ?? (yield* goodsOf(parts, context));
  context.faults.throwIfAny();
  const notInstalled = INSTALLABLE_FILES.filter((name) => !names.has(name));
  const bundle = freezeBundle(parts, goods, { ...content.finish(), loadedAt, notInstalled });
  keep(memory, made, bundle.files, { parts, goods });
  return bundle;
}

function isReadable({ name, unreadable }: ReferenceFile, { faults }: LoadingContext): boolean {
  if (unreadable !== undefined) {
    faults.add(name, unreadable.line, unreadable.reason);
    return false;
  }
  if (isReferenceFile(name)) return true;
  faults.add(name, 0, "no reference file has this name; rename it or take it out of the folder");
  return false;
}

function* makeFile(
  file: ReferenceFile,
  context: LoadingContext,
  memory: LoadMemory,
): Generator<void, MadeFile> {
  const text = (yield* textDigest(file)) ?? "";
  const kept = keptPart(memory, file, text);
  if (kept !== undefined) {
    context.content.keep(kept.loaded);
    return { text, part: kept.part };
  }
  context.content.open(file.name);
  const part: Part = yield* loadPart(file, context);
  return { text, part };
}
