import type { ShanghaiDay } from "../../units.ts";
import type { Random } from "../random.ts";
import type { Episode, Visit } from "../sale.ts";
import type { World } from "../world.ts";

/** One episode in the making. */
export interface Stage {
  readonly world: World;
  readonly random: Random;
  readonly episode: Episode;
  /** 0 clumsy to 1 as careful as can be. */
  readonly cunning: number;
  /** The prefecture it keeps to (four digits). */
  readonly home: string;
  /** The days it may use. */
  readonly first: ShanghaiDay;
  readonly last: ShanghaiDay;
}

/** What happens on one day of an episode. */
export interface Act {
  readonly day: ShanghaiDay;
  play(): readonly Visit[];
}

export interface Scheme {
  readonly name: string;
  /** Behaviours of the notices, the main one first. */
  readonly kinds: readonly string[];
  /** What it looks like, in a sentence. */
  readonly what: string;
  /** Somebody passes for another: a stepUp is enough to catch it. */
  readonly impersonation?: boolean;
  /** Episodes in the default city. */
  readonly often: number;
  /** Days it needs at least. */
  readonly needs: number;
  plan(stage: Stage): readonly Act[];
}

/** A number that goes from what the clumsy do to what the careful do. */
export function between(stage: Stage, clumsy: number, careful: number): number {
  return clumsy + (careful - clumsy) * stage.cunning;
}

export function wholeBetween(stage: Stage, clumsy: number, careful: number): number {
  return Math.round(between(stage, clumsy, careful));
}

export function isCareful(stage: Stage): boolean {
  return stage.cunning >= CAREFUL;
}

/** From here on they keep just under what they believe the limits to be. */
export const CAREFUL = 0.6;
