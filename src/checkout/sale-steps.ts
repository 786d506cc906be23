import type {
  Changed,
  EntryChange,
  LedgerEntry,
  Located,
  PersonKey,
  StoredEntry,
  SwipeKey,
} from "../counters/contract.ts";
import { NO_SETTLEMENT, StoreUnavailableError } from "../counters/contract.ts";
import { isReturn } from "../decision/came-back.ts";
import { type CheckedLine, type DecidedSale, decidedSaleIn } from "../decision/decided.ts";
import { isUnsettled } from "../decision/entry-state.ts";
import { type Moved, move, type Step, type Transition } from "../decision/life-cycle.ts";
import { type OtherStep, otherSteps, successorsOf } from "../decision/one-sale.ts";
import { tallyMovesOf } from "../decision/tally-moves.ts";
import type { Outcome, Problem } from "../swipe/problem.ts";
import { levelRank } from "../swipe/vocabulary.ts";
import type { EpochMs } from "../units.ts";
import { heard } from "./patience.ts";
import { talliedBy } from "./tallied.ts";
import type { DeskTools } from "./tools.ts";

/** A sale as the memory has it, and how the till counted it. */
export interface Sale {
  readonly key: SwipeKey;
  readonly located: Located;
  readonly stored: StoredEntry;
  readonly entry: LedgerEntry;
  /** Absent 24 h after the check, and where it cannot be read. */
  readonly decided: DecidedSale | undefined;
}

export interface Stepped {
  readonly sale: Sale;
  readonly step: Step;
  readonly entry: LedgerEntry;
  readonly personSeq: number;
  /** Undefined for a repeat, which changed nothing. */
  readonly transition: Transition | undefined;
  readonly nothingToReverse: boolean;
}

/** Others may change the same sale at the same instant; each try reads it afresh. */
const TRIES_MAX = 5;

/** What happens to a sale after its check: locate, read, decide by the life cycle, change if nothing else did. */
export class SaleSteps {
  private readonly tools: DeskTools;

  constructor(tools: DeskTools) {
    this.tools = tools;
  }

  private ask<T>(work: Promise<T>): Promise<T> {
    return heard(this.tools, work);
  }

  find(key: SwipeKey): Promise<Outcome<Sale>> {
    return guarded(() => this.read(key));
  }

  /** Where `of` is given, anybody else's sale is unknown. */
  take(
    key: SwipeKey,
    stepOf: (sale: Sale) => Step,
    of?: PersonKey | undefined,
  ): Promise<Outcome<Stepped>> {
    return guarded(() => this.tryToTake(key, stepOf, of));
  }

  private async read(key: SwipeKey): Promise<Outcome<Sale>> {
    const located = await this.ask(this.tools.store.locate(key));
    if (located === undefined) return { problem: { code: "swipe_unknown" } };
    const stored = await this.ask(this.tools.store.readEntry(located.person, key));
    const decided = decidedSaleIn(stored.answer);
    const entry = stored.entry ?? inquiryEntry(key, located, decided);
    if (entry === undefined) return { problem: { code: "swipe_unknown" } };
    return { value: { key, located, stored, entry, decided } };
  }

  private async tryToTake(
    key: SwipeKey,
    stepOf: (sale: Sale) => Step,
    of: PersonKey | undefined,
  ): Promise<Outcome<Stepped>> {
    for (let tried = 0; tried < TRIES_MAX; tried++) {
      const found = await this.read(key);
      if ("problem" in found) return found;
      const isOther = of !== undefined && found.value.located.person !== of;
      if (isOther) return { problem: { code: "swipe_unknown" } };
      const done = await this.apply(found.value, stepOf(found.value));
      if (done !== undefined) return done;
    }
    return { problem: { code: "store_unavailable", detail: "The sale kept changing meanwhile." } };
  }

  /** Undefined: somebody else changed the sale meanwhile. */
  private async apply(sale: Sale, step: Step): Promise<Outcome<Stepped> | undefined> {
    const at = Math.floor(this.tools.clock.now());
    if (sale.stored.entry === undefined) return inquiryOutcome(sale, step);
    const { entry } = sale;
    const { returns } = sale.stored;
    const moved = move({ entry, returns, claims: sale.located.claims, at }, step);
    if ("refused" in moved) return { problem: refusal(moved) };
    const to = "to" in moved ? moved.to : undefined;
    const changed = await this.change(sale, to, returnedAt(entry, step, at));
    if (!changed.changed) return undefined;
    if (step.kind === "settle" && entry.state === "superseded") {
      await this.supersedeSuccessors(sale);
    }
    return {
      value: {
        sale,
        step,
        entry: to?.after ?? entry,
        personSeq: changed.personSeq,
        transition: to,
        nothingToReverse: "same" in moved && moved.nothingToReverse === true,
      },
    };
  }

  /** A repeat writes the same entry again: nothing changes but the person's sequence, for its record. */
  private async change(
    sale: Sale,
    to: Transition | undefined,
    returned?: EpochMs,
  ): Promise<Changed> {
    const { entry: before, located } = sale;
    const after = to?.after ?? before;
    const moved = { before, after, returnedAt: returned };
    const plain: EntryChange = {
      person: located.person,
      swipe: sale.key,
      pharmacy: located.pharmacy,
      at: Math.floor(this.tools.clock.now()),
      before,
      after,
      returns: to?.returns,
      claims: to?.claims ?? [],
      tallies: to ? tallyMovesOf(moved, talliedBy(this.tools)) : [],
    };
    const change = to?.lateClaims ? { ...plain, lateClaims: to.lateClaims } : plain;
    const changed = await this.ask(this.tools.store.change(change));
    if (changed.changed && changed.incomplete) {
      this.tools.owed?.(change, () => this.tools.store.completeChange(change));
    }
    return changed;
  }

  /** The superseded one was settled after all: its unsettled successors are superseded instead. */
  private async supersedeSuccessors({ entry, stored, located }: Sale): Promise<void> {
    const { ledger, attempts } = stored;
    const others: OtherStep[] = [];
    for (const other of otherSteps(entry, ledger)) {
      const { answer } = await this.ask(this.tools.store.readEntry(located.person, other.swipe));
      const supersedes = decidedSaleIn(answer)?.supersedes;
      others.push({
        entry: other,
        supersedes: supersedes?.map((key) => Buffer.from(key, "base64url").toString("latin1")),
      });
    }
    for (const { swipe } of successorsOf(entry, others, attempts)) await this.supersede(swipe);
  }

  private async supersede(swipe: SwipeKey): Promise<void> {
    for (let tried = 0; tried < TRIES_MAX; tried++) {
      const found = await this.read(swipe);
      if ("problem" in found || !isUnsettled(found.value.entry)) return;
      const { entry, located } = found.value;
      const changed = await this.change(found.value, {
        after: { ...entry, state: "superseded", presume: false },
        returns: undefined,
        claims: located.claims.map((claim) => ({ ...claim, to: "released" })),
        codesKept: false,
      });
      if (changed.changed) return;
    }
  }
}

/** A reversal of a sale that was made counts as one, on the day it comes. */
function returnedAt(entry: LedgerEntry, step: Step, at: EpochMs): EpochMs | undefined {
  return step.kind === "reverse" && isReturn(entry, step) ? at : undefined;
}

/** The store that does not answer is a problem like others. */
export async function guarded<T>(work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StoreUnavailableError) return { problem: { code: "store_unavailable" } };
    throw error;
  }
}

/** An inquiry has no ledger entry: what is known of it is its answer, for 24 h. */
function inquiryEntry(
  key: SwipeKey,
  located: Located,
  decided: DecidedSale | undefined,
): LedgerEntry | undefined {
  if (decided === undefined) return undefined;
  return {
    swipe: key,
    state: "attempted",
    at: located.at,
    pharmacy: located.pharmacy,
    area: "",
    fund: 0,
    level: levelRank(decided.decision),
    presume: false,
    late: false,
    against: false,
    unchecked: false,
    partlyReturned: false,
    nature: { chronic: false, prescribed: false, outsider: false, proxied: false },
    settlement: NO_SETTLEMENT,
    lines: [],
  };
}

function inquiryOutcome(sale: Sale, step: Step): Outcome<Stepped> {
  if (step.kind === "settle") {
    return {
      problem: {
        code: "state_conflict",
        state: "attempted",
        detail: "An inquiry is not a sale: check it at stage settle first.",
      },
    };
  }
  return {
    value: {
      sale,
      step,
      entry: sale.entry,
      personSeq: 0,
      transition: undefined,
      nothingToReverse: step.kind === "reverse",
    },
  };
}

function refusal(moved: Extract<Moved, { refused: unknown }>): Problem {
  const details = {
    state: undefined,
    more_than_left: "More is named than is left.",
    no_such_line: "A line is named that the swipe does not have.",
    more_codes_than_packs: "More trace codes are named than packs of that line came back.",
  } as const;
  const detail = details[moved.why];
  return {
    code: "state_conflict",
    state: moved.refused,
    ...(detail === undefined ? {} : { detail }),
  };
}

export function checkedLine(sale: Sale, tag: number, tagOf: (line: string) => number) {
  return sale.decided?.lines.find((line: CheckedLine) => tagOf(line.line) === tag);
}
