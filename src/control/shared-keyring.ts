import type { Bundle } from "../checkout/bundle.ts";
import type { Keyring } from "../checkout/keyring.ts";
import type { ControlDocuments } from "../counters/control-documents.ts";
import type { Pseudonymiser } from "../privacy/pseudonymiser.ts";
import type { Policy } from "../rules/policy.ts";
import type { DurationMs, Observer, Timers } from "../units.ts";
import { type OwnKeys, pseudonymiserOf } from "./own-keys.ts";

/** The store was filled under another key: its persons would not be found again. */
export class ForeignKeyError extends Error {
  readonly code = "GUARD_CONTROL_FOREIGN_KEY";
  constructor() {
    super(
      "The store was filled under another pseudonym key than the one given here: nobody in it would be known again. Name its key by GUARD_KEYS, or use an empty store.",
    );
    this.name = "ForeignKeyError";
  }
}

const TRY_AGAIN: DurationMs = 500;

export interface SharedKeyring extends Keyring {
  bundle(): Bundle;
  /** A pseudonymiser of its own for list files: they must not fill the caches of live swipes. */
  forLists(): Pseudonymiser;
  /**
   * Loads the bundle again under the key in force, or its reference data alone; on failure the one
   * before stays. Resolves with the one in force from now on.
   */
  reload(what: "all" | "reference"): Promise<Bundle>;
  /** One try at an agreement with the store. @throws ForeignKeyError, or whatever the store answered */
  agree(): Promise<void>;
  /** Tries until it is agreed; another key is reported and never agreed to. */
  keepTrying(): void;
}

export interface SharedKeyringParts {
  readonly keys: OwnKeys;
  readonly documents: ControlDocuments;
  readonly observer: Observer;
  readonly timers: Timers;
  /** Reference lists are digests under the key: another key needs them loaded again. `policy`: keep this one. */
  load(pseudonymiser: Pseudonymiser, policy?: Policy): Promise<Bundle>;
}

/** The key in force and the bundle loaded under it, swapped together. */
export async function openSharedKeyring(parts: SharedKeyringParts): Promise<SharedKeyring> {
  let pseudonymiser = pseudonymiserOf(parts.keys.text);
  let bundle = await parts.load(pseudonymiserOf(parts.keys.text));
  let text = parts.keys.text;
  let agreed = false;
  let loading: Promise<unknown> = Promise.resolve();

  /** One load at a time: a reload under the key before would swap in lists that match nobody. */
  function alone<T>(load: () => Promise<T>): Promise<T> {
    const loaded = loading.then(load);
    loading = loaded.catch(() => undefined);
    return loaded;
  }

  async function adopt(standing: string): Promise<void> {
    const theirs = pseudonymiserOf(standing);
    if (theirs.fingerprint === pseudonymiser.fingerprint) return;
    const loaded = await parts.load(pseudonymiserOf(standing), bundle.policy);
    text = standing;
    pseudonymiser = theirs;
    bundle = loaded;
    // Where it cannot be kept it is asked for again at the next start.
    await parts.keys.keep(standing).catch(() => undefined);
    const message = "The store's pseudonym key replaces the one of the data folder.";
    parts.observer.notice({ kind: "key.generated", message, level: "warn" });
  }

  async function agree(): Promise<void> {
    if (parts.keys.generated) {
      const standing = await parts.documents.claim("keys", text);
      await alone(() => adopt(standing));
    }
    const fingerprint = await parts.documents.claim("fingerprint", pseudonymiser.fingerprint);
    if (fingerprint !== pseudonymiser.fingerprint) throw new ForeignKeyError();
    agreed = true;
  }

  function keepTrying(): void {
    agree().catch((error: unknown) => {
      if (error instanceof ForeignKeyError) {
        agreed = false;
        parts.observer.notice({ kind: "key.generated", message: error.message, level: "error" });
        return;
      }
      parts.timers.after(TRY_AGAIN, keepTrying);
    });
  }

  return {
    current: () => pseudonymiser,
    agreed: () => agreed,
    bundle: () => bundle,
    forLists: () => pseudonymiserOf(text),
    reload: (what) =>
      alone(async () => {
        const kept = what === "reference" ? bundle.policy : undefined;
        bundle = await parts.load(pseudonymiserOf(text), kept);
        return bundle;
      }),
    agree,
    keepTrying,
  };
}
