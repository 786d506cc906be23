import { startOf } from "./days.ts";
import { plotOf } from "./fraud/episodes.ts";
import { SCHEMES } from "./fraud/schemes.ts";
import type { SoldBox } from "./goods/boxes.ts";
import { labelOf } from "./labels.ts";
import { HonestLife } from "./life/honest-life.ts";
import { type CityOptions, optionFaults } from "./options.ts";
import { cityReference } from "./reference-files.ts";
import { LineQueue } from "./till/line-queue.ts";
import { Register } from "./till/register.ts";
import { type Served, serve } from "./till/serve.ts";
import { createWorld, type World } from "./world.ts";

/** A city that can be played once. Lines come in order of time; the rest is complete when they have all come. */
export interface City {
  /** Replay lines (JSON, one each), in order of time. */
  lines(): Generator<string, void>;
  /** One JSON line an episode. */
  labels(): Generator<string, void>;
  /** The folder under which the city's tills are judged, by file name; the watchlist is the published one. */
  reference(watchlist: string): ReadonlyMap<string, string>;
}

/** Options that cannot be: every fault is a sentence of its own. */
export class CityOptionsError extends Error {
  readonly code = "GUARD_SIMULATION_OPTIONS";
  constructor(faults: readonly string[]) {
    super(faults.join(" "));
    this.name = "CityOptionsError";
  }
}

/** Boxes that a collector might get hold of are remembered up to this many. */
const SOLD_BOXES_MAX = 6_000;
/** Of those, one in so many sales is kept in mind. */
const SOLD_BOXES_ONE_IN = 12;

/** @throws CityOptionsError */
export function createCity(options: CityOptions): City {
  const faults = optionFaults(
    options,
    SCHEMES.map(({ name }) => name),
  );
  if (faults.length > 0) throw new CityOptionsError(faults);
  const world = createWorld(options);
  const chosen =
    options.schemes.length === 0
      ? SCHEMES
      : SCHEMES.filter(({ name }) => options.schemes.includes(name));
  const life = new HonestLife(world);
  const plot = plotOf(world, chosen);
  return {
    lines: () => live(world, (day) => [...life.visitsOn(day), ...plot.visitsOn(day)]),
    *labels() {
      for (const episode of plot.episodes) {
        if (episode.swipeIds.length > 0) yield JSON.stringify(labelOf(episode));
      }
    },
    reference: (watchlist) => cityReference(world, watchlist),
  };
}

type VisitsOn = (day: number) => Parameters<typeof serve>[0];

/** Day by day: who comes is served in turn, and each message goes out when its time has come. */
function* live(world: World, visitsOn: VisitsOn): Generator<string, void> {
  const queue = new LineQueue();
  const random = world.random.fork("tills");
  const register = new Register({
    queue,
    boxes: world.boxes,
    random: random.fork("register"),
    sold: rememberBoxes(world),
  });
  let late: readonly Served[] = [];
  for (let day = world.firstDay; day < world.endDay; day += 1) {
    const today = [...late, ...serve(visitsOn(day), random.fork(`day ${day}`))];
    today.sort((a, b) => a.at - b.at);
    // Whoever is served after midnight comes before tomorrow's first.
    const end = startOf(day + 1);
    late = today.filter(({ at }) => at >= end);
    yield* play(
      today.filter(({ at }) => at < end),
      register,
      queue,
    );
    yield* queue.until(end - 1 - LEAD);
  }
  yield* play(late, register, queue);
  yield* queue.until(Number.POSITIVE_INFINITY);
}

function* play(today: readonly Served[], register: Register, queue: LineQueue): Generator<string> {
  for (const { sale, ...counter } of today) {
    // A line may stand a little before its sale: the trial.
    yield* queue.until(counter.at - LEAD);
    register.play(sale, counter);
  }
}

/** Longer than a trial comes before its sale, ms. */
const LEAD = 30_000;

function rememberBoxes(world: World): (box: SoldBox) => void {
  const random = world.random.fork("collectors");
  return (box) => {
    const { drug } = box.product;
    const isSought = drug.price >= 18 && (drug.prescription || drug.price > 100);
    if (!isSought || !random.chance(1 / SOLD_BOXES_ONE_IN)) return;
    if (world.soldBoxes.length < SOLD_BOXES_MAX) world.soldBoxes.push(box);
    else world.soldBoxes[random.below(SOLD_BOXES_MAX)] = box;
  };
}
