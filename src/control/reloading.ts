import type { Bundle } from "../checkout/bundle.ts";
import type { Keyring } from "../checkout/keyring.ts";
import { LIST_NAMES } from "../reference/bundle.ts";
import { faultLines, ReferenceBrokenError } from "../reference/fault.ts";
import type { Clock, DurationMs, Observer, Timers } from "../units.ts";
import type { Activation } from "./activation.ts";
import { PolicyBrokenError } from "./load-bundle.ts";

/** How often the reference folder is looked at; a change must have rested for so long before it is read. */
const LOOK_EVERY: DurationMs = 1_000;

/** Keeps what decides up with the files. */
export interface Reloading {
  /** Policy and reference data again, all or nothing (SIGHUP). Says what is broken and never rejects. */
  reload(): Promise<void>;
  /** Looks at the reference folder from now on. */
  watch(): void;
  /** Files that were refused and wait to be mended: what decides is older than they are. */
  refused(): readonly RefusedFiles[];
  /** Looks no more; resolves once a load in progress is over. */
  close(): Promise<void>;
}

export type RefusedFiles = "policy" | "reference";

export interface ReloadingParts {
  readonly keyring: Keyring & {
    bundle(): Bundle;
    reload(what: "all" | "reference"): Promise<Bundle>;
  };
  readonly activation: Activation;
  /** What the folder is like now, and what it was like when it was last read. */
  readonly folder: { now(): Promise<string>; lastRead(): string };
  readonly observer: Observer;
  readonly timers: Timers;
  readonly clock: Clock;
}

/**
 * A change of the reference folder is loaded by itself: a list of lost cards must not wait for an
 * operator. A policy is not: it is put in force by whoever says so, with SIGHUP or a restart.
 */
export function createReloading(parts: ReloadingParts): Reloading {
  const { keyring, folder, timers } = parts;
  const refused = new Set<RefusedFiles>();
  let work: Promise<void> = Promise.resolve();
  let stopLooking: () => void = () => undefined;
  let isClosed = false;
  let seen = "";

  /** One after the other: two loads at once would take twice the memory and swap in any order. */
  function inTurn(task: () => Promise<void>): Promise<void> {
    work = work.then(task);
    return work;
  }

  async function look(): Promise<void> {
    const now = await folder.now();
    const hasRested = now === seen;
    seen = now;
    if (now !== folder.lastRead() && hasRested) await load("reference", parts, refused);
    noticeListAges(parts);
    await announce();
  }

  /** Also what another load brought in, and what the journal could not take before. */
  async function announce(): Promise<void> {
    await parts.activation
      .announce(keyring.bundle(), keyring.current().fingerprint)
      .catch(() => undefined);
  }

  function lookAgain(): void {
    if (isClosed) return;
    stopLooking = timers.after(LOOK_EVERY, () => {
      void inTurn(look).then(lookAgain);
    });
  }

  return {
    reload: () =>
      inTurn(async () => {
        await load("all", parts, refused);
        await announce();
      }),
    watch() {
      parts.observer.notice({ kind: "bundle.waiting", value: 0 });
      noticeListAges(parts);
      lookAgain();
    },
    refused: () => [...refused],
    async close() {
      isClosed = true;
      stopLooking();
      await work;
    },
  };
}

/** Never rejects: what is broken is told, and remembered in `refused`. */
async function load(
  what: "all" | "reference",
  { keyring, observer, clock }: ReloadingParts,
  refused: Set<RefusedFiles>,
): Promise<void> {
  const began = clock.now();
  const before = keyring.bundle();
  const outcome = await keyring.reload(what).then(
    (bundle) => {
      refused.delete("reference");
      if (what === "all") refused.delete("policy");
      const isNew = hasChanged(before, bundle);
      if (what === "all" || isNew) noticeActive(bundle, observer);
      return isNew ? "changed" : "unchanged";
    },
    (error: unknown) => {
      const broken = error instanceof PolicyBrokenError ? "policy" : "reference";
      refused.add(broken);
      noticeRefused(broken, error, observer);
      return "refused";
    },
  );
  const value = (clock.now() - began) / 1_000;
  observer.notice({ kind: "bundle.reloaded", labels: { outcome }, value });
  observer.notice({ kind: "bundle.waiting", value: refused.size });
}

function hasChanged(before: Bundle, after: Bundle): boolean {
  return before.policy.hash !== after.policy.hash || before.reference.hash !== after.reference.hash;
}

export function noticeActive({ policy, reference }: Bundle, observer: Observer): void {
  observer.notice({
    kind: "bundle.active",
    labels: { policy: policy.version, policyHash: policy.hash, reference: reference.hash },
    message: `Policy ${policy.version} decides, with ${policy.rules.length} rules and reference data of ${reference.files.length} files.`,
    level: "info",
  });
}

/** Rules go without a list past the age they allow: operators should see it coming. */
function noticeListAges({ keyring, observer, clock }: ReloadingParts): void {
  const { notInstalled, loadedAt } = keyring.bundle().reference;
  const value = Math.max(0, clock.now() - loadedAt) / 1_000;
  for (const list of LIST_NAMES) {
    if (notInstalled.includes(`lists/${list}.csv`)) continue;
    observer.notice({ kind: "list.age", labels: { list }, value });
  }
}

function noticeRefused(what: RefusedFiles, error: unknown, observer: Observer): void {
  observer.notice({
    kind: "bundle.refused",
    labels: { what },
    message: `The reload was refused, what was loaded stays in force: ${reasonOf(error)}`,
    level: "error",
  });
}

/** A library's own words may quote what it was given. */
function reasonOf(error: unknown): string {
  if (error instanceof ReferenceBrokenError) return faultLines(error);
  if (error instanceof PolicyBrokenError) return error.message;
  return error instanceof Error ? `a failure nobody foresaw (${error.name})` : "an unknown failure";
}
