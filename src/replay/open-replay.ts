import { randomBytes } from "node:crypto";
import type { Bundle } from "../checkout/bundle.ts";
import { createDesk } from "../checkout/create-desk.ts";
import { fixedKeyring } from "../checkout/keyring.ts";
import type { DeskTools } from "../checkout/tools.ts";
import type { Observer } from "../units.ts";
import { DecisionMemo, memoRecorder, Replay } from "./replay.ts";
import { PATIENT_TIMERS, type VirtualClock } from "./virtual-clock.ts";

export interface ReplayParts {
  readonly clock: VirtualClock;
  readonly store: DeskTools["store"];
  readonly pseudonymiser: Parameters<typeof fixedKeyring>[0];
  readonly bundle: Bundle;
  readonly observer: Observer;
}

/** The very same desk as the server's, on a virtual clock, with a store that is waited for. */
export function openReplay(parts: ReplayParts): Replay {
  const memo = new DecisionMemo();
  const desk = createDesk({
    clock: parts.clock,
    timers: PATIENT_TIMERS,
    observer: parts.observer,
    store: parts.store,
    keyring: fixedKeyring(parts.pseudonymiser),
    recorder: memoRecorder(memo),
    bundle: () => parts.bundle,
    enforce: "all",
    deadline: Number.POSITIVE_INFINITY,
    patient: true,
  });
  return new Replay(desk, parts.clock, memo);
}

/** A generation of its own: a replay never reads or writes what the living guard remembers. */
export function freshGeneration(): string {
  return `r${randomBytes(6).toString("hex")}`;
}
