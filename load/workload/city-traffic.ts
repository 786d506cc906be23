import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { reshape } from "./baskets.ts";
import { LocalTexts } from "./local-texts.ts";
import { BODIES, PHARMACY_LETTERS, type PreparedSale } from "./prepared.ts";
import { type Filling, Template } from "./slots.ts";
import type { Shot, Traffic, TrafficOptions } from "./traffic.ts";
import { type Turns, turnsOf } from "./turns.ts";

/** The stream of a folder that prepareWorkload has filled. One stream a guard's memory: another one of the same seed sells the same boxes again. */
export async function openTraffic(options: TrafficOptions, folder: string): Promise<Traffic> {
  const text = await readFile(join(folder, BODIES), "utf8");
  const sales = text
    .trimEnd()
    .split("\n")
    .map((line): PreparedSale => JSON.parse(line));
  return new CityTraffic(sales, options);
}

interface Ready {
  readonly path: string;
  readonly pharmacy: string;
  readonly clone: number;
  readonly check: Template;
  readonly settlement: Template | undefined;
  readonly isNative: boolean;
}

interface Step {
  readonly sale: Ready;
  readonly filling: Filling;
  readonly due: number;
}

/** From the answer to the settlement, ms: tills of the city take half a minute, a run has seconds. */
const STEP_AFTER = 300;
/** Checks whose answer never came are forgotten beyond this. */
const OPEN_MAX = 20_000;
/** Passes are told apart in three digits. */
const PASSES = 1_000;
const SEQUENCES = 10_000;

export class CityTraffic implements Traffic {
  readonly #sales: readonly Ready[];
  readonly #turns: Turns;
  readonly #uses: Uint16Array;
  readonly #texts = new LocalTexts();
  readonly #withSteps: boolean;
  readonly #firstPass: number;
  /** Checks that wait for their answer, by swipe. */
  readonly #open = new Map<string, Omit<Step, "due">>();
  #steps: Step[] = [];
  #firstStep = 0;
  #count = 0;

  constructor(prepared: readonly PreparedSale[], options: TrafficOptions) {
    const sales = reshape(prepared, options);
    this.#sales = sales.map(readyOf);
    this.#turns = turnsOf(
      options,
      sales.map(({ pharmacy }) => pharmacy),
    );
    this.#uses = new Uint16Array(sales.length);
    this.#firstPass = options.firstPass ?? 0;
    this.#withSteps = options.settlements !== false;
  }

  next(now: number): Shot {
    return this.#dueStep(now) ?? this.#check(now);
  }

  answered({ swipeId, kind }: Shot, status: number, body: string): void {
    if (kind === "step") return;
    const open = this.#open.get(swipeId);
    this.#open.delete(swipeId);
    if (open === undefined || status !== 200 || !isPassed(body)) return;
    this.#steps.push({ ...open, due: open.filling.at + STEP_AFTER });
  }

  #check(now: number): Shot {
    const { index, person, copy } = this.#turns(this.#count);
    const sale = this.#sales[index];
    if (sale === undefined) throw new Error("the folder has no bodies");
    const uses = this.#uses[index] ?? 0;
    const pass = (this.#firstPass + uses) % PASSES;
    this.#uses[index] = (uses + 1) % PASSES;
    const clone = copy ?? sale.clone + pass;
    const letter = PHARMACY_LETTERS.charAt(clone % PHARMACY_LETTERS.length);
    const sequence = String(this.#count % SEQUENCES).padStart(4, "0");
    this.#count += 1;
    const swipeId = letter + sale.pharmacy.slice(1) + this.#texts.compact(now) + sequence;
    const filling = { swipeId, at: now, pass, letter, person, texts: this.#texts };
    if (this.#withSteps && sale.settlement !== undefined) this.#keep(swipeId, { sale, filling });
    return { path: sale.path, body: sale.check.fill(filling), kind: "check", swipeId };
  }

  #keep(swipeId: string, open: Omit<Step, "due">): void {
    this.#open.set(swipeId, open);
    if (this.#open.size <= OPEN_MAX) return;
    const [oldest] = this.#open.keys();
    if (oldest !== undefined) this.#open.delete(oldest);
  }

  #dueStep(now: number): Shot | undefined {
    const step = this.#steps[this.#firstStep];
    if (step === undefined || step.due > now) return undefined;
    this.#firstStep += 1;
    if (this.#firstStep > this.#steps.length / 2) {
      this.#steps = this.#steps.slice(this.#firstStep);
      this.#firstStep = 0;
    }
    const { sale, filling } = step;
    const { swipeId } = filling;
    const path = sale.isNative ? `/v1/swipes/${swipeId}/settlement` : "/nhsa/2102/answer";
    const body = sale.settlement?.fill({ ...filling, at: now }) ?? "";
    return { path, body, kind: "step", swipeId };
  }
}

function readyOf({ form, path, pharmacy, clone, check, settlement }: PreparedSale): Ready {
  return {
    path,
    pharmacy,
    clone,
    check: new Template(JSON.stringify(check)),
    settlement: settlement && new Template(JSON.stringify(settlement)),
    isNative: form === "native",
  };
}

/** As a till reads it: the decision, or NHSA's infcode. */
function isPassed(body: string): boolean {
  return /"decision":"(?:allow|warn)"/.test(body) || /"infcode":0\b/.test(body);
}
