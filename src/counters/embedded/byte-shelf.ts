import { type Bytes, type DurationMs, type EpochMs, HOUR } from "../../units.ts";

/** Where the embedded store keeps its bytes: in memory for replay, on disk for a server. */
export interface ByteShelf {
  /** Undefined when absent, or expired by `now` for longer than `KEPT_LONGER`. */
  get(key: Bytes, now: EpochMs): Buffer | undefined;
  /**
   * Never shortens what is left of a key's time: a late swipe must not take a newer one with it.
   * `AS_LONG_AS_BEFORE` leaves it as it is; the key must be there.
   */
  set(key: Bytes, value: Buffer, expiresAt: EpochMs): void;
  remove(key: Bytes): void;
  /** Every key with this prefix, expired ones too; what is removed meanwhile may be among them. */
  keys(prefix: Bytes): Iterable<Bytes>;
  /**
   * Everything set inside reaches the shelf together, or nothing does; it is there when this is answered. Where it
   * rejects it may have been carried out all the same. What `work` throws has changed nothing.
   * @throws StoreUnavailableError
   */
  together<T>(work: () => T): T | Promise<T>;
  close(): Promise<void>;
}

export const AS_LONG_AS_BEFORE: EpochMs = 0;

/** Expired entries stay this much longer, for swipes that come late; readers judge by the times inside. */
export const KEPT_LONGER: DurationMs = HOUR;

/** Entries looked at a write for having expired: keeps a long replay's memory bounded without a timer. */
const SWEEP_STEP = 4;

export function createMemoryShelf(): ByteShelf {
  const kept = new Map<Bytes, { readonly value: Buffer; readonly expiresAt: EpochMs }>();
  let sweep = kept.entries();
  let latest: EpochMs = 0;
  const sweepSome = () => {
    for (let i = 0; i < SWEEP_STEP; i++) {
      const next = sweep.next();
      if (next.done) {
        sweep = kept.entries();
        return;
      }
      const [key, { expiresAt }] = next.value;
      if (expiresAt + KEPT_LONGER <= latest) kept.delete(key);
    }
  };
  return {
    get: (key, now) => {
      latest = Math.max(latest, now);
      const found = kept.get(key);
      return found !== undefined && found.expiresAt + KEPT_LONGER > now ? found.value : undefined;
    },
    set: (key, value, expiresAt) => {
      sweepSome();
      const before = kept.get(key)?.expiresAt ?? 0;
      kept.set(key, { value, expiresAt: Math.max(before, expiresAt) });
    },
    remove: (key) => {
      kept.delete(key);
    },
    keys: (prefix) => [...kept.keys()].filter((key) => key.startsWith(prefix)),
    together: (work) => work(),
    close: async () => kept.clear(),
  };
}
