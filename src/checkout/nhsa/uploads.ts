import type { LedgerEntry, TraceMemory } from "../../counters/contract.ts";
import { isUnsettled } from "../../decision/entry-state.ts";
import { pseudonymBytes, settlementDigest, swipeKey } from "../../features/digests.ts";
import type { Pseudonymiser } from "../../privacy/pseudonymiser.ts";
import type { SwipeState } from "../../swipe/answer.ts";
import type { Outcome, Problem } from "../../swipe/problem.ts";
import type { Bytes } from "../../units.ts";
import type { Findings } from "../findings.ts";
import { heard } from "../patience.ts";
import type { UploadedRecord } from "../recorder.ts";
import type { SaleDesk } from "../sale-desk.ts";
import { guarded, type Sale, type SaleSteps, type Stepped } from "../sale-steps.ts";
import type { DeskTools } from "../tools.ts";
import { broughtCodes } from "./brought-codes.ts";
import { bySettlement, idOf, PersonsSales } from "./persons-sales.ts";
import { UnmatchedRecords } from "./unmatched.ts";
import {
  type Candidate,
  type Choice,
  chooseSale,
  holderOf,
  possibleSales,
  type Wanted,
} from "./upload-match.ts";
import {
  isOtherDrug,
  returnedUnder,
  returnStep,
  supplyStep,
  type UploadedRow,
  type UploadStep,
} from "./upload-steps.ts";

/** One row's message: a list has a name of its own for each row. */
interface Told {
  readonly route: UploadStep["route"];
  readonly scope: string;
  readonly msgid: string;
  readonly pharmacy: string;
  /** Tells the rows of a list apart; undefined for a message of one. */
  readonly part: string | undefined;
  readonly uploaded: UploadedRow;
}

/** The sale a row is about, and who held its codes before. */
interface Found {
  readonly entry: LedgerEntry;
  readonly memories: readonly TraceMemory[];
}

/** What became of a row. */
export interface Taken {
  readonly matched: 0 | 1;
  readonly state?: SwipeState["state"];
  readonly codesKept?: boolean;
}

/** As many of a day's sales of one drug to one person at one pharmacy are looked at. */
const CANDIDATES_MAX = 16;

/**
 * 3505 and 3506: what the store tells NHSA it sold or took back (contract section 3). A sale upload settles the sale it
 * is about and brings its trace codes; a return upload takes a part back. The first of a sale's uploads settles all of
 * its lines, for NHSA settles a sale whole and uploads it by product; its quantity therefore changes nothing (one line
 * may come in several lots, or be counted in the store's own unit) and is recorded as said.
 */
export class Uploads {
  private readonly tools: DeskTools;
  private readonly sales: SaleDesk;
  private readonly steps: SaleSteps;
  private readonly findings: Findings;
  private readonly persons: PersonsSales;
  private readonly unmatched: UnmatchedRecords;

  constructor(tools: DeskTools, sales: SaleDesk, steps: SaleSteps, findings: Findings) {
    this.tools = tools;
    this.sales = sales;
    this.steps = steps;
    this.findings = findings;
    this.persons = new PersonsSales(tools);
    this.unmatched = new UnmatchedRecords(tools);
  }

  /** One row: told again it is a repeat. */
  take({ route, scope = "", msgid, pharmacy, part, row }: UploadStep): Promise<Outcome<Taken>> {
    const { reference, drugKey } = this.tools.bundle();
    const uploaded: UploadedRow = {
      row,
      drug: drugKey(reference.identify(row.drug)),
      codes: row.codes.map(({ id }) => pseudonymBytes(id)),
    };
    const told: Told = { route, scope, msgid, pharmacy, part, uploaded };
    return guarded(() => (row.insured ? this.sale(told) : this.cash(told)));
  }

  /** Sold for cash: none of the guard's sales, and nobody is named. */
  private async cash(told: Told): Promise<Outcome<Taken>> {
    this.notice(told.route, "uninsured");
    return this.nothing(told, { insured: false });
  }

  private async sale(told: Told): Promise<Outcome<Taken>> {
    const { row, codes } = told.uploaded;
    const person = pseudonymBytes(row.person ?? "");
    const ledger = await this.persons.at(told.pharmacy, person);
    const memories = codes.length === 0 ? [] : await this.asked(this.tools.store.traces(codes));
    const choice = await this.choose(told, ledger, memories);
    // Its sale, or the settlement it is known by, may be about to be entered elsewhere.
    const mayCome = this.tools.waited?.isLastTry === false;
    if (choice === "none" && mayCome) return { problem: { code: "swipe_unknown" } };
    if (choice === "none" || choice === "ambiguous") {
      this.notice(told.route, choice === "none" ? "unmatched" : "ambiguous");
      this.unmatched.count(told.route);
      return this.nothing(told);
    }
    const found = { entry: choice.entry, memories };
    return told.route === "3505" ? this.sold(told, found) : this.returned(told, found);
  }

  /** By its settlement, by the sale's own number, by a code it holds; else the one sale that it can be. */
  private async choose(
    { route, scope, uploaded }: Told,
    ledger: readonly LedgerEntry[],
    memories: readonly TraceMemory[],
  ): Promise<Choice> {
    const { row, drug, codes } = uploaded;
    const { settlementId, original, quantity, amount, at } = row;
    const wanted: Wanted = {
      way: route === "3505" ? "sold" : "returned",
      drug,
      codes,
      quantity,
      ...(settlementId === undefined ? {} : { settlement: settlementDigest(settlementId) }),
      ...(at === undefined ? {} : { at }),
      ...(amount === undefined ? {} : { amount }),
    };
    const isNumbered = route === "3506" && original !== undefined;
    const numbered = isNumbered ? swipeKey(scope, original) : undefined;
    const entry =
      bySettlement(ledger, settlementId) ??
      ledger.find(({ swipe, state }) => swipe === numbered && state !== "superseded") ??
      holderOf(wanted, ledger, memories);
    if (entry !== undefined) return { entry };
    const now = this.tools.clock.now();
    const possible = possibleSales(wanted, ledger, now).slice(-CANDIDATES_MAX);
    const candidates = possible.map(async (of): Promise<Candidate> => {
      const located = await this.asked(this.tools.store.locate(of.swipe));
      const back = route === "3505" ? returnedBy(of, codes, memories) : [];
      return { entry: of, claims: located?.claims.filter(({ id }) => !back.includes(id)) ?? [] };
    });
    return chooseSale(wanted, await Promise.all(candidates), now);
  }

  private async sold(told: Told, { entry, memories }: Found): Promise<Outcome<Taken>> {
    const { uploaded, route } = told;
    const id = idOf(entry);
    const lost = uploaded.codes.filter((_, index) => isNobodys(memories[index]));
    const supplied = await this.steps.take(entry.swipe, (sale) => ({
      ...supplyStep(sale, uploaded),
      anew: lost,
    }));
    if ("problem" in supplied) return supplied;
    const { sale, transition } = supplied.value;
    if (entry.state !== "returned") {
      const brought = broughtCodes(supplied.value, id, uploaded, memories);
      if (brought !== undefined) this.findings.traceCodes(brought);
    }
    const upload = this.said(told, sale);
    const { settlementId } = uploaded.row;
    const how = { upload, ...(settlementId === undefined ? {} : { settlementId }) };
    const settled = await this.sales.settleByKey(entry.swipe, id, how);
    if ("problem" in settled) return settled;
    const { state, applied } = settled.value;
    if (!applied) {
      const problem = await this.broughtLater(id, supplied.value, uploaded, upload);
      if (problem) return { problem };
    }
    const repeated = transition === undefined ? "repeated" : "codes";
    this.notice(route, applied ? "settled" : repeated);
    return { value: { matched: 1, state: state.state } };
  }

  /** The codes of a sale that was settled before: its own record went out without them. */
  private async broughtLater(
    id: string,
    supplied: Stepped,
    uploaded: UploadedRow,
    upload: UploadedRecord,
  ): Promise<Problem | undefined> {
    const { step, sale, transition } = supplied;
    if (step.kind !== "supply" || step.codes.length === 0) return undefined;
    // Another upload settled the sale between our two steps, and knew nothing of these codes.
    if (transition !== undefined && isUnsettled(sale.entry)) {
      const claimed = await this.steps.take(sale.key, () => ({ ...step, anew: step.codes }));
      if ("problem" in claimed) return claimed.problem;
    }
    const part = this.contentOf([String(step.line), ...[...uploaded.codes].sort()].join(" "));
    const recorded = await this.sales.recordBrought(id, supplied, upload, `codes-${part}`);
    return "problem" in recorded ? recorded.problem : undefined;
  }

  private async returned(told: Told, { entry }: Found): Promise<Outcome<Taken>> {
    const { uploaded, route, msgid, part } = told;
    const sale = await this.steps.find(entry.swipe);
    if ("problem" in sale) return sale;
    const reversal = {
      id: part === undefined ? msgid : `${msgid}-${part}`,
      content: uploaded.row.content,
    };
    if (returnStep(sale.value, uploaded, reversal) === undefined) {
      this.notice(route, "otherDrug");
      this.unmatched.count(route);
      return this.nothing(told, { otherDrug: true });
    }
    const done = await this.sales.reverseBy(entry.swipe, idOf(entry), {
      reason: "refund",
      stepOf: (of) => returnStep(of, uploaded, reversal) ?? { kind: "restore", reversal: "" },
      idOf: (step) => returnedUnder(step) ?? reversal.id,
      upload: { ...this.said(told, sale.value), content: reversal.content },
    });
    if ("problem" in done) return done;
    const { state, codesKept, nothingToReverse } = done.value;
    this.notice(route, nothingToReverse ? "unmatched" : "returned");
    return {
      value: {
        matched: nothingToReverse ? 0 : 1,
        state,
        ...(codesKept ? { codesKept } : {}),
      },
    };
  }

  private async nothing(
    told: Told,
    more: Pick<UploadedRecord, "insured" | "otherDrug"> = {},
  ): Promise<Outcome<Taken>> {
    const { uploaded, msgid, scope, pharmacy, part } = told;
    const { person, settlementId, insured } = uploaded.row;
    const named = insured && person !== undefined ? { person } : {};
    const about = { msgid, scope, pharmacy, ...named };
    const said = {
      upload: { ...this.said(told), ...more },
      ...(part === undefined ? {} : { part }),
    };
    const problem =
      told.route === "3505"
        ? await this.unmatched.settled(about, {
            ...said,
            ...(settlementId === undefined ? {} : { settlementId }),
          })
        : await this.unmatched.reversed(about, { ...said, reason: "refund" });
    return problem ? { problem } : { value: { matched: 0 } };
  }

  private said({ msgid, uploaded }: Told, sale?: Sale): UploadedRecord {
    const { row, codes } = uploaded;
    return {
      message: msgid,
      drug: row.drug,
      quantity: row.quantity,
      traceCodes: codes.map((code) => Buffer.from(code, "latin1").toString("base64url")),
      ...(row.split ? { split: true as const } : {}),
      ...(sale !== undefined && isOtherDrug(sale, uploaded) ? { otherDrug: true as const } : {}),
    };
  }

  private asked<T>(work: Promise<T>): Promise<T> {
    return heard(this.tools, work);
  }

  private contentOf(text: string): string {
    return uploadContent(this.tools.keyring.current(), text);
  }

  private notice(route: UploadStep["route"], outcome: string): void {
    this.tools.observer.notice({ kind: "nhsa.upload", labels: { route, outcome } });
  }
}

/** 8 bytes: what an upload is known by, whatever its msgid. Keyed: a message can be guessed. */
export function uploadContent(pseudonymiser: Pseudonymiser, text: string): string {
  return Buffer.from(pseudonymiser.content(text).slice(0, 8), "latin1").toString("base64url");
}

/** No sale has ever had it, or the memory has lost who did. */
function isNobodys(known: TraceMemory | undefined): boolean {
  return known !== undefined && known.claims.length === 0 && known.splits.length === 0;
}

/** Codes a sale had and gave back: what is sold with them now is another sale. */
function returnedBy(
  { swipe }: LedgerEntry,
  codes: readonly Bytes[],
  memories: readonly TraceMemory[],
): readonly Bytes[] {
  return codes.filter((_, index) => {
    const { claims, splits } = memories[index] ?? { claims: [], splits: [] };
    return [...claims, ...splits].some((of) => of.swipe === swipe && of.state === "returned");
  });
}
