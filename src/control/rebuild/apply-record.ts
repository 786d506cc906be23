import type { EventData, GuardEvent } from "../../audit/event.ts";
import type { Outcomes, Rebuilder } from "../../checkout/rebuild/rebuilder.ts";
import { StoreUnavailableError } from "../../counters/contract.ts";
import type { DurationMs, Timers } from "../../units.ts";

/** Records under way at once; each is a handful of calls of the store. */
const AT_ONCE = 48;
/** A store that does not answer for longer ends the rebuild: 15 s. */
const TRIES_MAX = 60;
const TRY_AGAIN: DurationMs = 250;

export type Counts = Readonly<Partial<Record<Outcomes, number>>>;

/**
 * Applies records in order where order matters, and otherwise at once: those that share a person, a trace code, a
 * prescription or a token wait for each other. Totals, logs and bindings of others do not care who comes first.
 */
export class RecordApplier {
  private readonly rebuilder: Rebuilder;
  private readonly timers: Timers;
  private readonly last = new Map<string, Promise<void>>();
  private readonly underWay = new Set<Promise<void>>();
  private readonly counted = new Map<Outcomes, number>();
  private failure: unknown;
  /** Records applied. */
  applied = 0;

  constructor(rebuilder: Rebuilder, timers: Timers) {
    this.rebuilder = rebuilder;
    this.timers = timers;
  }

  get counts(): Counts {
    return Object.fromEntries(this.counted);
  }

  /** Resolves when there is room for more. Rejects with whatever stopped a record. */
  async add(event: GuardEvent): Promise<void> {
    this.begin(event);
    while (this.underWay.size >= AT_ONCE) await Promise.race(this.underWay);
    if (this.failure !== undefined) throw this.failure;
  }

  async idle(): Promise<void> {
    while (this.underWay.size > 0) await Promise.all(this.underWay);
    if (this.failure !== undefined) throw this.failure;
  }

  private begin(event: GuardEvent): void {
    const names = namesOf(event);
    const before = names.flatMap((name) => this.last.get(name) ?? []);
    const work = this.run(event, before).finally(() => {
      this.underWay.delete(work);
      for (const name of names) if (this.last.get(name) === work) this.last.delete(name);
    });
    for (const name of names) this.last.set(name, work);
    this.underWay.add(work);
  }

  private async run(event: GuardEvent, before: readonly Promise<void>[]): Promise<void> {
    await Promise.all(before);
    if (this.failure !== undefined) return;
    try {
      const outcome = await this.apply(event);
      this.counted.set(outcome, (this.counted.get(outcome) ?? 0) + 1);
      this.applied += 1;
    } catch (error) {
      this.failure ??= error;
    }
  }

  /** A store that is held up, or fails over, comes back: a record that is applied again changes nothing. */
  private async apply(event: GuardEvent): Promise<Outcomes> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await this.rebuilder.apply(event);
      } catch (error) {
        if (!(error instanceof StoreUnavailableError) || tried === TRIES_MAX) throw error;
      }
      await new Promise<void>((resolve) => {
        this.timers.after(TRY_AGAIN, resolve);
      });
    }
  }
}

/** Whatever must see this record before, or after, another that has it too. */
function namesOf({ data }: GuardEvent): readonly string[] {
  const person = "person" in data ? [`p${data.person}`] : [];
  if ("swipe" in data) return [...person, ...claimedBy(data)];
  const lines = "lines" in data && "state" in data ? data.lines : [];
  return [...person, ...lines.flatMap(({ traceCodes }) => traceCodes.map((id) => `k${id}`))];
}

function claimedBy({ swipe }: EventData<"swipe.decided">): readonly string[] {
  const { lines, credential } = swipe;
  const token = credential.type === "01" ? [`t${credential.number}`] : [];
  const ofLines = lines.flatMap(({ traceCodes, prescription }) => [
    ...traceCodes.map(({ id }) => `k${id}`),
    ...(prescription === undefined ? [] : [`x${prescription.id}`]),
  ]);
  return [...new Set([...token, ...ofLines])];
}
