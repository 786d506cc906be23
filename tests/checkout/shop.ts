import { join } from "node:path";
import type { JournalRecord } from "../../src/audit/event.ts";
import type { RecordText } from "../../src/audit/line-buffer.ts";
import type { Bundle } from "../../src/checkout/bundle.ts";
import { createDesk } from "../../src/checkout/create-desk.ts";
import type { Desk } from "../../src/checkout/desk.ts";
import { createJournalRecorder } from "../../src/checkout/journal-recorder.ts";
import { fixedKeyring } from "../../src/checkout/keyring.ts";
import { packageRoot } from "../../src/config/package-root.ts";
import { loadBundle } from "../../src/control/load-bundle.ts";
import type { CounterStore } from "../../src/counters/contract.ts";
import { Pseudonymiser } from "../../src/privacy/pseudonymiser.ts";
import {
  createVirtualClock,
  PATIENT_TIMERS,
  type VirtualClock,
} from "../../src/replay/virtual-clock.ts";
import type { CheckBody } from "../../src/swipe/check-body.ts";
import { MINUTE, type Notice } from "../../src/units.ts";
import { recordOf } from "../audit/record-of.ts";
import { accepted } from "../swipe/bodies.ts";

/** 2026-11-21 10:15:30 in Shanghai. */
export const AT = Date.UTC(2026, 10, 21, 2, 15, 30);
export const HERE = "P21010200123";
/** In the same city: nobody has travelled too fast. */
export const ELSEWHERE = "P21010200456";
export const AMLODIPINE = "XC08CAA187A001010102501";
/** Needs no trace codes. */
export const SALTS = "XB05XAL052P001";

/** A store of the test's own, read by the shop's clock. */
export type FreshStore = (clock: VirtualClock) => CounterStore;

const pseudonymiser = new Pseudonymiser("1", Buffer.alloc(32, 7));

/** The shipped reference data, under a policy of the tests' own. */
export function loadTestBundle(policy = "desk-policy.yaml"): Promise<Bundle> {
  const root = packageRoot();
  const policyFile = join(root, "tests/checkout", policy);
  return loadBundle(
    { policyFile, referenceDir: join(root, "deploy/reference") },
    pseudonymiser,
    AT,
  );
}

/** A desk and what it wrote down. */
export interface Counter {
  readonly desk: Desk;
  readonly records: JournalRecord[];
}

/** One memory, a clock that stands where it is put, and as many desks as are opened on it. */
export class Shop {
  readonly clock = createVirtualClock(AT);
  readonly notices: Notice[] = [];
  readonly store: CounterStore;
  readonly bundle: Bundle;
  private probes = 0;

  constructor(bundle: Bundle, fresh: FreshStore) {
    this.bundle = bundle;
    this.store = fresh(this.clock);
  }

  /** `takes`: whether the journal takes records just now. */
  open(instance = "one", { patient = true, takes = (): boolean => true } = {}): Counter {
    const records: JournalRecord[] = [];
    const sink = {
      append: async (written: readonly RecordText[]) => {
        if (!takes()) throw new Error("The test's journal takes nothing.");
        records.push(...written.map(recordOf));
      },
    };
    const desk = createDesk({
      clock: this.clock,
      timers: PATIENT_TIMERS,
      observer: { notice: (notice) => this.notices.push(notice) },
      store: this.store,
      keyring: fixedKeyring(pseudonymiser),
      recorder: createJournalRecorder(sink, instance, this.clock),
      bundle: () => this.bundle,
      enforce: "all",
      deadline: Number.POSITIVE_INFINITY,
      patient,
    });
    return { desk, records };
  }

  /** Puts the clock this far behind the first minute of the test. */
  at(later: number): void {
    this.clock.set(AT + later);
  }

  counted(kind: string, labels: Readonly<Record<string, string>> = {}): number {
    return this.notices.filter(
      (notice) =>
        notice.kind === kind &&
        Object.entries(labels).every(([name, value]) => notice.labels?.[name] === value),
    ).length;
  }

  /** What a stranger is told who asks for the same box, prescription or token: `free`, or rule and level. */
  async ask(what: Partial<Ask>, pharmacy = ELSEWHERE): Promise<string> {
    const id = `probe-${++this.probes}-0000`;
    const { desk } = this.open("probe");
    const { box, rx, token } = what;
    const body = sale({
      id,
      at: this.clock.now(),
      person: 9_000 + this.probes,
      pharmacy,
      stage: "inquiry",
      boxes: [box ?? 900_000 + this.probes],
      ...(rx ? { rx } : {}),
      ...(token ? { token } : {}),
    });
    const { hits } = accepted(await desk.check(body, {}));
    return hits.map(({ rule, level }) => `${rule} ${level}`).join(", ") || "free";
  }

  /** What the rules see of a person's own memory: days still at home, and packs of 30 days. */
  async seen(person: number): Promise<{ readonly onHand: number; readonly packs: number }> {
    const { desk, records } = this.open("probe");
    const at = this.clock.now();
    const id = `probe-${++this.probes}-0000`;
    const body = sale({ id, at, person, stage: "inquiry", boxes: [900_000 + this.probes] });
    accepted(await desk.check({ ...body, pharmacy: { ...body.pharmacy, code: ELSEWHERE } }, {}));
    const features = eventData(records[0])["features"] as Record<
      string,
      { readonly lines: readonly { readonly known: number }[] }
    >;
    const known = (name: string) =>
      Math.round((features[name]?.lines[0]?.known ?? Number.NaN) * 100) / 100;
    // The probe's own pack is counted as if it were bought.
    return { onHand: known("onHandDays"), packs: known("packs30d") - 1 };
  }
}

interface Ask {
  readonly box: number;
  readonly rx: string;
  readonly token: string;
}

export function eventData(record: JournalRecord | undefined): Readonly<Record<string, unknown>> {
  if (record === undefined) throw new Error("nothing was recorded");
  return record.event.data as unknown as Readonly<Record<string, unknown>>;
}

export interface Sale {
  readonly id: string;
  readonly at?: number;
  readonly person?: number;
  readonly pharmacy?: string;
  readonly drug?: string;
  /** Packs; by default one a box. */
  readonly quantity?: number;
  readonly days?: number;
  readonly boxes?: readonly number[];
  readonly stage?: "settle" | "inquiry";
  readonly rx?: string;
  readonly token?: string;
  readonly supersedes?: string;
  readonly override?: string;
  readonly pieces?: boolean;
  readonly split?: boolean;
  /** The person's insurance is not active: denied by IM-04, whatever is bought. */
  readonly stopped?: boolean;
}

export function box(number: number): string {
  return `81001010001${String(number).padStart(9, "0")}`;
}

export function personNumber(person: number): string {
  return `2101000000000000${String(person).padStart(4, "0")}`;
}

/** An ordinary sale: one box of a blood-pressure tablet, a week of it, nothing that any rule minds. */
export function sale(of: Sale): CheckBody {
  const { person = 1, boxes = [], pharmacy = HERE, at = AT, stage = "settle" } = of;
  const { quantity = Math.max(1, boxes.length), drug = AMLODIPINE, days = 7 } = of;
  const { supersedes = null, split = false } = of;
  return {
    swipeId: of.id,
    stage,
    occurredAt: new Date(at).toISOString(),
    // Each person at a till of its own: nobody is farming cards.
    pharmacy: { code: pharmacy, area: "210102", terminal: `T${person}`, operator: "0007" },
    person: {
      number: personNumber(person),
      insuredArea: "210100",
      insurance: "310",
      status: of.stopped ? "2" : "1",
    },
    credential: of.token
      ? { type: "01", number: of.token }
      : { type: "03", number: `CARD-${person}` },
    medicalType: "41",
    disease: "M03900",
    total: 35,
    lines: [
      {
        line: "0001",
        drug,
        quantity,
        unitPrice: Math.round(35e6 / quantity) / 1e6,
        amount: 35,
        daysSupply: days,
        traceCodes: boxes.map(box),
        unit: of.pieces ? "piece" : "pack",
        splitPack: split,
        prescription: of.rx ? { number: of.rx, prescriber: "D210102000101", quantity: 9 } : null,
      },
    ],
    override: of.override ? { code: of.override, approver: "L0032" } : null,
    supersedes,
  };
}

/** The bundle is read once a file; each test has a shop, and a memory, of its own. */
export type OpenShop = () => Promise<Shop>;

export function shopsOf(fresh: FreshStore, policy?: string): OpenShop {
  let loaded: Promise<Bundle> | undefined;
  return async () => {
    loaded ??= loadTestBundle(policy);
    return new Shop(await loaded, fresh);
  };
}

export const QUARTER = 15 * MINUTE;
