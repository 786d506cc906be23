import { StoreUnavailableError } from "../counters/contract.ts";
import type { SharedDocuments } from "../counters/control-documents.ts";
import type { StandingGenerations } from "../counters/mirrored-store.ts";
import type { Clock, DurationMs, Observer, Timers } from "../units.ts";
import { AT_FIRST, type Generations, readGenerations } from "./generations.ts";

/** Twice within the second in which an instance must follow. */
const LOOK_EVERY: DurationMs = 500;
/**
 * How long what was read may be gone by. An instance that was held up for longer (its store, its machine) looks first,
 * so that nobody goes on writing to a generation that was left meanwhile; a rebuild waits longer than this at each step.
 */
export const GOOD_FOR: DurationMs = 2_000;
/** A store that owes the document for so long will not answer what is asked behind it either: nobody waits for it. */
const OWED_MAX: DurationMs = 150;

export interface FollowedGenerations extends StandingGenerations {
  /** As last read. */
  current(): Generations;
  close(): void;
}

export interface FollowingParts {
  readonly documents: SharedDocuments;
  /** Never runs backwards. */
  readonly clock: Clock;
  readonly timers: Timers;
  readonly observer: Observer;
  /** False: nobody but this process can change it (embedded), so it is read once. */
  readonly watch: boolean;
}

/** Keeps in mind which generation lives, by looking at the store's document twice a second. */
export function followGenerations(parts: FollowingParts): FollowedGenerations {
  const { documents, clock, timers, observer, watch } = parts;
  let current = AT_FIRST;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;
  let askedAt = 0;
  let isClosed = false;
  let cancel = () => {};

  async function read(): Promise<void> {
    const asked = clock.now();
    const { generations } = await readGenerations(documents);
    if (said(generations) !== said(current) || readAt === Number.NEGATIVE_INFINITY)
      tell(observer, generations);
    current = generations;
    // From when it was asked: what the store has changed since is not in the reply.
    readAt = asked;
  }

  function look(): Promise<void> {
    if (reading === undefined) askedAt = clock.now();
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  function again(): void {
    if (isClosed) return;
    cancel = timers.after(LOOK_EVERY, () => {
      look().catch(() => undefined);
      again();
    });
  }

  if (watch) {
    look().catch(() => undefined);
    again();
  }
  return {
    current: () => current,
    now: () => {
      const isGood = watch ? clock.now() - readAt < GOOD_FOR : readAt > Number.NEGATIVE_INFINITY;
      if (!isGood) return undefined;
      const { living, other, phase } = current;
      const isWritten = phase === "mirrored" || phase === "leaving";
      return isWritten && other !== undefined ? { living, other } : { living };
    },
    look: async () => {
      if (reading !== undefined && clock.now() - askedAt > OWED_MAX)
        throw new StoreUnavailableError("The store has owed its generations for too long.");
      try {
        await look();
      } catch (cause) {
        if (cause instanceof StoreUnavailableError) throw cause;
        // Whoever cannot tell which memory is the living one is better off without any.
        throw new StoreUnavailableError("The store's generations cannot be read.", { cause });
      }
    },
    close: () => {
      isClosed = true;
      cancel();
    },
  };
}

function said({ phase, living, other }: Generations): string {
  return `${phase} ${living} ${other ?? ""}`;
}

const SENTENCES = {
  steady: "One generation of the memory stands alone.",
  filling: "Another generation of the memory is being filled from the record.",
  mirrored: "Another generation of the memory has caught up: both are written.",
  leaving: "The rebuilt generation of the memory answers now; the one before is still written.",
} as const;

function tell(observer: Observer, { phase, living, other }: Generations): void {
  const labels = { phase, living, other: other ?? "none" };
  const message = SENTENCES[phase];
  observer.notice({ kind: "memory.generation", labels, message, level: "info" });
}
