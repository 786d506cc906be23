import { swipeKey } from "../features/digests.ts";
import { parseAcknowledgement, parseReversal, parseSettlement } from "../swipe/after-bodies.ts";
import type { SwipeState } from "../swipe/answer.ts";
import { canonicalJson } from "../swipe/canonical-json.ts";
import { parseCheck } from "../swipe/check-body.ts";
import type { ClearSettlement } from "../swipe/clear-swipe.ts";
import { KnownNames } from "../swipe/known-names.ts";
import type { Outcome } from "../swipe/problem.ts";
import { CheckDesk } from "./check.ts";
import { createFindings } from "./clues/create-findings.ts";
import type { Arrival, Desk } from "./desk.ts";
import { EnterChecks } from "./entry/enter-check.ts";
import type { EntryLoop } from "./entry/entry.ts";
import { RunningEntry } from "./entry/entry-loop.ts";
import { LateSteps } from "./entry/late-step.ts";
import { StepDesk } from "./entry/step-desk.ts";
import { personLane } from "./entry/waiting-items.ts";
import type { WaitingRecords } from "./entry/waiting-records.ts";
import { createFolding } from "./folding.ts";
import { acknowledgeStep, reverseStep, settleStep } from "./native-steps.ts";
import { NhsaDesk } from "./nhsa-desk.ts";
import { GivenAnswers } from "./recent-swipes.ts";
import { createSupersession } from "./supersession.ts";
import { Taking } from "./taking.ts";
import { talliedBy } from "./tallied.ts";
import type { DeskTools, OwedOf } from "./tools.ts";

/** The desk, and what of it is still to be told the store. */
export interface Shop {
  readonly desk: Desk;
  readonly entry: EntryLoop;
}

/** The journal is the queue of what waits; without it (a replay, a warm-up) memory alone is. */
export interface ShopOptions {
  readonly records?: WaitingRecords;
  /** Items held in memory; `WAITING_HELD_MAX` where it is not said. */
  readonly heldMax?: number;
  /** Without a journal: what does not fit is forgotten, for nothing of it ever counts. */
  readonly forgets?: boolean;
}

/** One desk for HTTP, replay and load. */
export function createDesk(tools: DeskTools): Desk {
  return createShop(tools).desk;
}

/** The whole shop. What waits from before is entered once `entry.start` is called. */
export function createShop(given: DeskTools, options: ShopOptions = {}): Shop {
  const now = () => Math.floor(given.clock.now());
  const owed = ({ person, swipe }: OwedOf, run: () => Promise<void>) =>
    entry.owe({ id: "change", lane: personLane(person), pharmacy: "", of: swipe, run });
  const tools: DeskTools = { ...given, owed };
  const supersession = createSupersession(
    ...([tools.store, now, tools.observer, talliedBy(tools)] as const),
    (person, swipe) => {
      const run = () => supersession.letGo(person, [swipe]);
      entry.owe({ id: `release:${swipe}`, lane: personLane(person), pharmacy: "", run });
    },
  );
  const folding = createFolding(tools.store, now, tools.observer);
  const findings = createFindings(tools);
  const answers = new GivenAnswers();
  const entry = new RunningEntry({ tools, supersession, answers, ...options });
  const behind = { supersession, folding, findings, entry, answers };
  const checks = new CheckDesk(tools, behind);
  const taking = new Taking(tools, checks, findings);
  const steps = new StepDesk({ tools, taking, entry, answers });
  const nhsa = new NhsaDesk(tools, checks, steps);
  entry.employ({
    checks: new EnterChecks({ tools, answers, supersession, folding, findings }),
    steps: new LateSteps(tools, behind),
  });
  const desk = deskOf(tools, { checks, steps, nhsa, taking, entry });
  return {
    desk: {
      ...desk,
      idle: async () => {
        await entry.idle();
        await Promise.all([supersession.idle(), folding.idle(), findings.idle()]);
      },
    },
    entry,
  };
}

interface Counters {
  readonly checks: CheckDesk;
  readonly steps: StepDesk;
  readonly nhsa: NhsaDesk;
  readonly taking: Taking;
  readonly entry: EntryLoop;
}

/** What comes through the door, read and handed to whom it is for. */
function deskOf(
  tools: DeskTools,
  { checks, steps, nhsa, taking, entry }: Counters,
): Omit<Desk, "idle"> {
  const now = () => Math.floor(tools.clock.now());
  const names = new KnownNames();
  const scopeOf = ({ callerPharmacy }: Arrival) => callerPharmacy ?? "";

  async function settle(named: Named, how: ClearSettlement, carried: unknown) {
    const { keyring } = tools;
    const settled = await steps.tell(() => settleStep(named, how, carried, now(), keyring));
    const isUnknown = "problem" in settled && settled.problem.code === "swipe_unknown";
    if (!isUnknown || how.swipe === undefined) return stateOf(settled);
    const reason = "must be the settle-stage check of this swipe";
    const problem = { code: "bad_request", paths: [{ path: "swipe.swipeId", reason }] } as const;
    return { problem };
  }

  return {
    check: async (body, arrival) => {
      const parsed = parseCheck(body);
      if ("problem" in parsed) return parsed;
      const canonical = canonicalJson(body, names);
      return await checks.check({ swipe: parsed.value, canonical, scope: scopeOf(arrival) });
    },
    settle: async (swipeId, body, arrival) => {
      const parsed = parseSettlement(body);
      if ("problem" in parsed) return parsed;
      const { swipe: carried } = body as { readonly swipe?: unknown };
      return await settle({ swipeId, scope: scopeOf(arrival) }, parsed.value, carried);
    },
    reverse: async (swipeId, body, arrival) => {
      const parsed = parseReversal(body);
      if ("problem" in parsed) return parsed;
      const named = { swipeId, scope: scopeOf(arrival) };
      return stateOf(await steps.tell(() => reverseStep(named, parsed.value, tools.keyring)));
    },
    acknowledge: async (swipeId, body, arrival) => {
      const parsed = parseAcknowledgement(body);
      if ("problem" in parsed) return parsed;
      const named = { swipeId, scope: scopeOf(arrival) };
      return stateOf(await steps.tell(() => acknowledgeStep(named, parsed.value, tools.keyring)));
    },
    find: async (swipeId, arrival) => {
      const scope = scopeOf(arrival);
      const waiting = entry.book.holds(swipeKey(scope, swipeId));
      if (waiting) return { value: { swipeId, state: "waiting" } };
      return taking.sales.find(swipeId, scope);
    },
    nhsa: (route, envelope, arrival) => nhsa.take(route, envelope, scopeOf(arrival)),
  };
}

interface Named {
  readonly swipeId: string;
  readonly scope: string;
}

/** A native step is about a swipe that is named, so there is always a state to tell. */
function stateOf(told: Awaited<ReturnType<StepDesk["tell"]>>): Outcome<SwipeState> {
  if ("problem" in told) return told;
  const { swipe } = told.value;
  return swipe === undefined ? { problem: { code: "swipe_unknown" } } : { value: swipe };
}
