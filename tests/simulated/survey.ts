import type { JournalRecord } from "../../src/audit/event.ts";
import type { RecordText } from "../../src/audit/line-buffer.ts";
import { createDesk } from "../../src/checkout/create-desk.ts";
import { createJournalRecorder } from "../../src/checkout/journal-recorder.ts";
import { fixedKeyring } from "../../src/checkout/keyring.ts";
import type { CounterStore, LogEntry } from "../../src/counters/contract.ts";
import { createKeyNames } from "../../src/counters/keys.ts";
import { createPackedStore } from "../../src/counters/packed-store.ts";
import { pseudonymBytes, swipeKey } from "../../src/features/digests.ts";
import { PATIENT_TIMERS } from "../../src/replay/virtual-clock.ts";
import { type EpochMs, SILENT } from "../../src/units.ts";
import { recordOf } from "../audit/record-of.ts";
import { box, personNumber, sale } from "../checkout/shop.ts";
import { GENERATION, type SimulatedInstance } from "./instance.ts";
import { PHARMACIES, swipeIdOf } from "./messages.ts";
import type { LifePlan } from "./plan.ts";
import type { Scheduler } from "./scheduler.ts";
import type { KafkaMessage, SimulatedKafka } from "./simulated-kafka.ts";
import type { SimulatedStore } from "./simulated-store.ts";
import type { Ground } from "./world.ts";

/** What is left at the end of a life, as anybody could ask for it. Swipes are named by their ids. */
export interface Survey {
  readonly at: EpochMs;
  readonly sales: ReadonlyMap<string, SurveyedSale>;
  readonly byNumber: ReadonlyMap<number, SurveyedSale>;
  /** Each person's remembered sales, in order; an id twice is a sale counted twice. */
  readonly ledgers: ReadonlyMap<number, readonly string[]>;
  /** Each till's remembered checks. */
  readonly tills: readonly (readonly string[])[];
  /** Who holds each box. */
  readonly boxes: ReadonlyMap<
    number,
    readonly { readonly state: string; readonly swipe: string }[]
  >;
  readonly pharmacies: readonly PharmacyTotals[];
  readonly kafka: readonly KafkaMessage[];
  readonly journals: readonly (readonly JournalRecord[])[];
}

export interface SurveyedSale {
  readonly state: string;
  readonly left: number;
}

/** Today's totals as the rules see them. */
export interface PharmacyTotals {
  readonly settled: number;
  readonly reversed: number;
  readonly packs: number;
}

export interface Surveyed {
  readonly ground: Ground;
  readonly plan: LifePlan;
  readonly scheduler: Scheduler;
  readonly store: SimulatedStore;
  readonly kafka: SimulatedKafka;
  readonly instances: readonly SimulatedInstance[];
}

/** Asks by way of a desk that reaches the store without a network and records nowhere. */
export async function survey(of: Surveyed): Promise<Survey> {
  const { ground, plan, scheduler, store } = of;
  const now = () => Math.floor(scheduler.now());
  const memory = createPackedStore(store.home, createKeyNames(GENERATION), now, SILENT);
  const ids = plan.sales.map((each) => swipeIdOf(plan, each));
  const names = new Map(ids.map((id) => [swipeKey("", id), id]));
  const named = (key: string) =>
    names.get(key) ?? `unknown ${Buffer.from(key, "latin1").toString("hex")}`;
  const pseudonym = (domain: "person" | "trace", id: string) =>
    pseudonymBytes(ground.pseudonymiser.pseudonym(domain, id));
  const probe = new Probe(of, memory);
  const persons = [...new Set(plan.sales.map(({ person }) => person))];
  const ledgers = await memory.ledgers(
    persons.map((person) => pseudonym("person", personNumber(person))),
  );
  const numbers = [...new Set(plan.sales.flatMap(({ boxes }) => boxes))];
  const traces = await memory.traces(numbers.map((number) => pseudonym("trace", box(number))));
  const sales = await probe.sales();
  const tills: string[][] = [];
  const pharmacies: PharmacyTotals[] = [];
  for (const [till, { name, pharmacy }] of plan.tills.entries()) {
    const { log, totals } = await probe.at(till, name, PHARMACIES[pharmacy] ?? "");
    tills.push(log.map(({ swipe }) => named(swipe)));
    pharmacies[pharmacy] = totals;
  }
  return {
    at: scheduler.now(),
    sales,
    byNumber: new Map(
      plan.sales.flatMap((each) => {
        const found = sales.get(swipeIdOf(plan, each));
        return found === undefined ? [] : [[each.number, found] as const];
      }),
    ),
    ledgers: new Map(
      persons.map((person, index) => [
        person,
        (ledgers[index] ?? []).map(({ swipe }) => named(swipe)),
      ]),
    ),
    tills,
    boxes: new Map(
      numbers.map((number, index) => [
        number,
        (traces[index]?.claims ?? []).map(({ state, swipe }) => ({ state, swipe: named(swipe) })),
      ]),
    ),
    pharmacies,
    kafka: of.kafka.messages,
    journals: of.instances.map((instance) => journalOf(instance)),
  };
}

/** A stranger at a till, once for each: what the rules then see is what the store holds. */
class Probe {
  private readonly of: Surveyed;
  private readonly desk;
  private readonly records: JournalRecord[] = [];
  private logs: ReadonlyMap<string, readonly LogEntry[]> = new Map();

  constructor(of: Surveyed, memory: CounterStore) {
    this.of = of;
    const { ground, scheduler } = of;
    const clock = { now: () => scheduler.now() };
    const store: CounterStore = {
      ...memory,
      observe: async (observation) => {
        const observed = await memory.observe(observation);
        const logs = "memory" in observed ? observed.memory.logs : [];
        this.logs = new Map(
          observation.logs.map(({ entity }, index) => [entity, logs[index] ?? []]),
        );
        return observed;
      },
    };
    const append = async (texts: readonly RecordText[]) => {
      this.records.push(...texts.map(recordOf));
    };
    this.desk = createDesk({
      ...{ clock, timers: PATIENT_TIMERS, observer: SILENT, store },
      keyring: fixedKeyring(ground.pseudonymiser),
      recorder: createJournalRecorder({ append }, "auditor", clock),
      bundle: () => ground.bundle,
      enforce: "all",
      deadline: Number.POSITIVE_INFINITY,
      patient: true,
    });
  }

  async sales(): Promise<ReadonlyMap<string, SurveyedSale>> {
    const { plan } = this.of;
    const found = new Map<string, SurveyedSale>();
    for (const planned of plan.sales) {
      const id = swipeIdOf(plan, planned);
      const outcome = await this.desk.find(id, {});
      if ("problem" in outcome) found.set(id, { state: outcome.problem.code, left: 0 });
      else {
        const { state, lines } = outcome.value;
        found.set(id, { state, left: lines?.[0]?.quantity ?? 0 });
      }
    }
    return found;
  }

  async at(till: number, terminal: string, pharmacy: string) {
    const id = `auditor-${till}-0000`;
    const at = this.of.scheduler.now();
    const body = sale({
      id,
      at,
      person: 900 + till,
      pharmacy,
      stage: "inquiry",
      boxes: [90_000 + till],
    });
    await this.desk.check({ ...body, pharmacy: { ...body.pharmacy, terminal } }, {});
    const data = this.records.at(-1)?.event.data as unknown as { readonly features: Features };
    return {
      log: this.logs.get(`${pharmacy}:${terminal}`) ?? [],
      // The probe itself is seen as if it were settled.
      totals: {
        settled: value(data.features, "settledToday") - 1,
        reversed: value(data.features, "reversedToday"),
        packs: value(data.features, "drugPacksToday") - 1,
      },
    };
  }
}

type Known = { readonly known?: number };
type Features = Readonly<
  Record<string, { readonly value?: Known; readonly lines?: readonly Known[] }>
>;

function value(features: Features, name: string): number {
  const feature = features[name];
  return feature?.value?.known ?? feature?.lines?.[0]?.known ?? Number.NaN;
}

function journalOf(instance: SimulatedInstance): readonly JournalRecord[] {
  const { disk } = instance;
  const segments = disk.paths().filter((path) => /\/journal\/\d+\.ndjson$/.test(path));
  return segments.sort().flatMap((path) =>
    String(disk.content(path))
      .split("\n")
      .filter((line) => line !== "")
      .flatMap((line) => parsed(line)),
  );
}

/** A torn line is nobody's record. */
function parsed(line: string): JournalRecord[] {
  try {
    return [JSON.parse(line) as JournalRecord];
  } catch {
    return [];
  }
}
