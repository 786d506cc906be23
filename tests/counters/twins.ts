import type {
  BindingUse,
  ClaimMove,
  CounterStore,
  EntryChange,
  LedgerEntry,
  Observation,
  TallyMove,
  TallyUse,
  TraceUse,
} from "../../src/counters/contract.ts";
import { DAY, HOUR, MINUTE } from "../../src/units.ts";
import {
  CARD_KEPT,
  digest,
  OTHER_PHARMACY,
  PERSON_CARDS_KEPT,
  PHARMACY,
  START,
  sealing,
} from "../conformance/swipes.ts";
import type { DrawnSale, Step } from "./twins-steps.ts";

/** Codes 0 and 1 share a bucket, the others have their own. */
function code(number: number): string {
  return number < 2 ? `\0\0\0code-0${number}` : digest(`code ${number}`);
}

/** `years`: each check has a person and an id of its own, so that only what outlives a ledger is shared. */
function observationOf(sale: DrawnSale, at: number, own: string): Observation {
  const id = `swipe-${sale.id}${own}`;
  const drugs = sale.drugs.map((drug) => digest(`drug ${drug}`, 6));
  const pharmacy = sale.elsewhere ? OTHER_PHARMACY : PHARMACY;
  const mark = digest(`cashier ${sale.quantity}`, 4);
  // A person whose bytes are another swipe's: a search that takes fields for one another finds it in the logs.
  const person =
    sale.person === 2
      ? digest("swipe-1", 8) + digest(`end ${own}`, 2)
      : digest(`person ${sale.person}${own}`);
  return {
    swipe: digest(id, 8),
    content: digest(JSON.stringify(sale), 16),
    at,
    person,
    pharmacy,
    area: "210102",
    reserve: !sale.inquiry,
    credential: 1,
    fund: 1_000,
    nature: {
      chronic: sale.inquiry,
      prescribed: sale.prescriptions.length > 0,
      outsider: sale.elsewhere,
      proxied: sale.person === 1,
    },
    lines: drugs.map((drug, index) => ({
      drug,
      tag: index,
      quantity: sale.quantity,
      days: index === 0 ? 28.5 : undefined,
      fen: 7_300,
    })),
    basket: digest(drugs.join(), 4),
    logs: [
      { kind: "t", entity: `${pharmacy}:T1`, window: 10 * MINUTE, exact: 3, amount: 7_300, mark },
      { kind: "h", entity: pharmacy, window: DAY, exact: 8, amount: 7_300, mark },
    ],
    traceCodes: sale.codes.map(
      (use): TraceUse => ({
        code: code(use.code),
        line: use.code % drugs.length,
        split: use.split,
        units: use.split ? use.units : 0,
      }),
    ),
    ...(sale.token === undefined ? {} : { token: digest(`token ${sale.token}`) }),
    prescriptions: sale.prescriptions.slice(0, drugs.length).map((prescription, line) => ({
      prescription: digest(`rx ${prescription}`),
      line,
      drug: drugs[line] ?? "",
      quantity: sale.quantity,
    })),
    bindings: sale.card === undefined ? [] : cardUses(`card ${sale.card}`, person),
    tallies: [
      { kind: "H", entity: pharmacy, columns: [1, sale.elsewhere ? 1 : 0, 1_000, 0] },
      ...drugs.map((drug) => drugUse(pharmacy, drug, sale.quantity)),
    ],
    flags: true,
  };
}

function cardUses(card: string, person: string): BindingUse[] {
  return [
    { kind: "b", entity: card.replace(" ", "-"), partner: person.slice(0, 8), kept: CARD_KEPT },
    { kind: "p", entity: text(person), partner: digest(card, 8), kept: PERSON_CARDS_KEPT },
  ];
}

function drugUse(pharmacy: string, drug: string, quantity: number): TallyUse {
  return { kind: "D", entity: `${pharmacy}:${text(drug)}`, columns: [quantity, 1, 0, 0] };
}

function text(bytes: string): string {
  return Buffer.from(bytes, "latin1").toString("base64url");
}

/** One home under one's own clock. */
export interface Home {
  readonly store: CounterStore;
  setNow(at: number): void;
}

/** Leads both homes through the steps; the replies of each step, in order. */
export async function repliesOf(
  home: Home,
  steps: readonly Step[],
  years: boolean,
): Promise<string[]> {
  const run = new Run(home, years);
  const replies: string[] = [];
  for (const step of steps) {
    replies.push(
      JSON.stringify(await run.take(step).catch((error) => ({ failed: String(error) }))),
    );
  }
  return replies;
}

/** Longer without a word from a person, and Redis forgets the person by real time, which no test can turn. */
const SPAN = 85 * DAY;

class Run {
  private readonly home: Home;
  private readonly years: boolean;
  private readonly seen: Observation[] = [];
  private readonly refused = new Set<Observation>();
  private now = START;

  constructor(home: Home, years: boolean) {
    this.home = home;
    this.years = years;
  }

  private forward(advance: number): void {
    if (this.years || this.now + advance - START < SPAN) this.now += advance;
    this.home.setNow(this.now);
  }

  private earlier(back: number): Observation | undefined {
    return this.seen[this.seen.length - 1 - back];
  }

  async take(step: Step): Promise<unknown> {
    switch (step.kind) {
      case "check":
        return this.check(step);
      case "again":
        return this.again(step);
      case "seal":
        return this.seal(step);
      case "change":
        return this.change(step);
      case "look":
        this.forward(step.advance);
        return this.look(step.back);
      case "flag": {
        const of = this.earlier(step.back);
        if (of === undefined) return undefined;
        const at = this.now - step.late;
        const reference = digest(`finding ${step.finding}`, 8);
        const flag = { kind: step.of, at, value: step.finding, reference };
        return this.home.store.flag(of.person.slice(0, 6), flag);
      }
      case "fold": {
        const of = this.earlier(step.back);
        return of && this.home.store.fold(of.person, this.now);
      }
    }
  }

  private check({ sale, advance, late }: Extract<Step, { kind: "check" }>): Promise<unknown> {
    this.forward(advance);
    const own = this.years ? `-${this.seen.length}` : "";
    const of = observationOf(sale, this.now - late, own);
    return this.observe(of);
  }

  private async observe(of: Observation): Promise<unknown> {
    this.seen.push(of);
    const observed = await this.home.store.observe(of);
    if (observed.verdict === "conflict") this.refused.add(of);
    return observed;
  }

  private async again(step: Extract<Step, { kind: "again" }>): Promise<unknown> {
    this.forward(step.advance);
    const of = this.earlier(step.back);
    if (of === undefined || this.now - of.at > SPAN) return "long ago";
    const again = { ...of, at: Math.max(of.at, this.now) };
    if (step.as === "content")
      return this.home.store.observe({ ...again, content: digest("other", 16) });
    if (step.as === "person")
      return this.home.store.observe({
        ...again,
        person: digest(`stranger ${this.years ? this.now : ""}`),
      });
    return this.observe(again);
  }

  private async seal(step: Extract<Step, { kind: "seal" }>): Promise<unknown> {
    const of = this.earlier(step.back);
    if (of === undefined || this.now - of.at > HOUR) return "nothing to seal";
    // Nobody is answered on another's id; sealed all the same, a Cluster that asks the locator first would not show it.
    if (this.refused.has(of)) return "refused";
    const others = step.supersedes.flatMap((at) => this.earlier(at)?.swipe ?? []);
    return this.home.store.seal(
      sealing(of, {
        answer: `answer ${step.level}`,
        holds: step.holds && of.reserve,
        presume: step.presume,
        level: step.level,
        supersedes: others.filter((swipe) => swipe !== of.swipe),
        bind: step.bind,
      }),
    );
  }

  private async look(back: number): Promise<unknown> {
    const of = this.earlier(back);
    if (of === undefined) return undefined;
    return [
      await this.home.store.locate(of.swipe),
      await this.home.store.readEntry(of.person, of.swipe),
      await this.home.store.ledgers([of.person, digest("nobody")]),
      await this.home.store.traces(of.traceCodes.map((use) => use.code)),
      await this.home.store.flags([of.person.slice(0, 6)]),
    ];
  }

  private async change(step: Extract<Step, { kind: "change" }>): Promise<unknown> {
    const of = this.earlier(step.back);
    const located = of && (await this.home.store.locate(of.swipe));
    if (of === undefined || located === undefined) return "not known";
    const { entry } = await this.home.store.readEntry(of.person, of.swipe);
    if (entry === undefined) return "no entry";
    const after = changed(entry, step);
    const change: EntryChange = {
      person: of.person,
      swipe: of.swipe,
      pharmacy: located.pharmacy,
      at: this.now,
      before: step.stale ? { ...entry, fund: entry.fund + 1 } : entry,
      after,
      returns: step.sheet ? { original: entry.lines, reversals: [`${step.left}`] } : undefined,
      claims: located.claims.map((claim): ClaimMove => {
        const line = after.lines.find((of) => of.tag === claim.line);
        const use = claim.kind === "prescription" && line ? { use: line } : {};
        return { ...claim, to: step.to, ...use };
      }),
      tallies: step.tallies.flatMap(({ move, of: which, share, now }): TallyMove[] => {
        const use = of.tallies[which % of.tallies.length];
        if (use === undefined) return [];
        const [a, b, c, d] = use.columns;
        const columns = [a, b, Math.floor(c * share), d + 1] as const;
        return [{ ...use, move, columns, at: now ? this.now : of.at }];
      }),
      lateClaims: step.lateCodes.map((late) => ({ kind: "trace", line: 0, id: code(late) })),
    };
    return [
      await this.home.store.change(change),
      await this.home.store.locate(of.swipe),
      await this.home.store.readEntry(of.person, of.swipe),
    ];
  }
}

function changed(entry: LedgerEntry, step: Extract<Step, { kind: "change" }>): LedgerEntry {
  const states = {
    sold: "settled",
    returned: "returned",
    released: "attempted",
    reserved: "reserved",
    presumable: "reserved",
  } as const;
  return {
    ...entry,
    state: states[step.to],
    settlement: digest(`settlement ${step.left}`, 4),
    partlyReturned: step.left === 1,
    lines: entry.lines.map((line) => ({ ...line, quantity: Math.min(line.quantity, step.left) })),
  };
}
