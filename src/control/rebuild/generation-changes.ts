import type { SharedDocuments } from "../../counters/control-documents.ts";
import type { DurationMs } from "../../units.ts";
import {
  type Generations,
  nextGeneration,
  type ReadGenerations,
  readGenerations,
  writeGenerations,
} from "../generations.ts";

/** Somebody else rebuilds this memory. */
export class RebuildRunningError extends Error {
  readonly code = "GUARD_CONTROL_REBUILD_RUNNING";
  constructor() {
    super(
      "Another rebuild of this memory is running: wait until it has ended (one that died is forgotten after 20 seconds).",
    );
    this.name = "RebuildRunningError";
  }
}

/** Its lock was lost, or somebody changed the document: whoever did works on the memory now. */
export class RebuildOvertakenError extends Error {
  readonly code = "GUARD_CONTROL_REBUILD_OVERTAKEN";
  constructor() {
    super(
      "The rebuild was held up for so long that it lost its lock: the memory was not switched; run it again.",
    );
    this.name = "RebuildOvertakenError";
  }
}

const LOCK = "rebuild";
/** Renewed many times within it; a rebuild that died is forgotten this long after. */
const LOCK_KEPT: DurationMs = 20_000;

/** The rebuild's hold on the document of generations: only its holder changes it. */
export class GenerationChanges {
  private readonly documents: SharedDocuments;
  private readonly owner: string;
  private standing: ReadGenerations;

  private constructor(documents: SharedDocuments, owner: string, standing: ReadGenerations) {
    this.documents = documents;
    this.owner = owner;
    this.standing = standing;
  }

  /** @throws RebuildRunningError, StoreUnavailableError */
  static async hold(documents: SharedDocuments, owner: string): Promise<GenerationChanges> {
    if (!(await documents.hold(LOCK, owner, LOCK_KEPT))) throw new RebuildRunningError();
    return new GenerationChanges(documents, owner, await readGenerations(documents));
  }

  get current(): Generations {
    return this.standing.generations;
  }

  next(): string {
    return nextGeneration(this.current);
  }

  /** @throws RebuildOvertakenError, StoreUnavailableError */
  async renew(): Promise<void> {
    if (!(await this.documents.hold(LOCK, this.owner, LOCK_KEPT)))
      throw new RebuildOvertakenError();
  }

  /** @throws RebuildOvertakenError, StoreUnavailableError */
  async write(after: Generations): Promise<void> {
    await this.renew();
    if (!(await writeGenerations(this.documents, this.standing, after)))
      throw new RebuildOvertakenError();
    this.standing = { generations: after, text: JSON.stringify(after) };
  }

  letGo(): Promise<void> {
    return this.documents.letGo(LOCK, this.owner);
  }
}
