import { type EpochMs, HOUR, MINUTE } from "../../units.ts";
import { type LabelledEpisode, type Labels, parseLabels } from "../labels.ts";
import { presentedCheck } from "../presented-check.ts";
import { type ParsedLine, parseReplayLine } from "../replay-line.ts";

/** Honest life before the gang comes. */
const BEFORE = 15 * MINUTE;
/** Settlements and returns of the hour's last sales. */
const AFTER = 5 * MINUTE;

/** One hour of a city, and what is known of its swipes. */
export interface LabelledHour {
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Replay lines about sales of that hour, in order of time. */
  readonly lines: readonly string[];
  readonly labels: Labels;
  /** How many of the lines go through which door. */
  readonly doors: { readonly native: number; readonly nhsa: number };
}

interface Timed {
  readonly text: string;
  readonly line: ParsedLine;
}

/**
 * The hour in which most of the labelled swipes fall, a quarter of honest life before it.
 *
 * @throws RangeError for a city without a labelled swipe
 */
export function gangsHour(lines: Iterable<string>, labels: readonly string[]): LabelledHour {
  const all = parseLabels(labels.join("\n"), "labels");
  const timed = [...lines].map((text, index) => ({ text, line: parseReplayLine(text, index + 1) }));
  const asked = timed
    .map(({ line }) => ({ at: line.at, id: checkId(line) }))
    .filter(({ id }) => id !== undefined && all.bySwipe.has(id))
    .map(({ at }) => at);
  const from = fullest(asked) - BEFORE;
  const to = from + HOUR;
  const inHour = timed.filter(({ line }) => line.at >= from && line.at < to + AFTER);
  const ids = inHour.map(({ line }) => (line.at < to ? checkId(line) : undefined));
  const checks = new Set(ids.filter((id) => id !== undefined));
  const kept = inHour.filter((one) => belongs(one, checks, to));
  const nhsa = kept.filter(({ line }) => line.op.startsWith("nhsa/")).length;
  return {
    from,
    to,
    lines: kept.map(({ text }) => text),
    labels: within(all, checks),
    doors: { native: kept.length - nhsa, nhsa },
  };
}

/** The instant from which the most of them lie within the hour. */
function fullest(asked: readonly EpochMs[]): EpochMs {
  let best: { readonly at: EpochMs; readonly count: number } | undefined;
  for (const at of asked) {
    const count = asked.filter((other) => other >= at && other < at + HOUR - BEFORE).length;
    if (best === undefined || count > best.count) best = { at, count };
  }
  if (best === undefined) throw new RangeError("GUARD_REPLAY_DEMO: nobody does wrong in this city");
  return best.at;
}

/** A check of the hour, or something about one; what is about an earlier sale would only be unknown. */
function belongs({ line }: Timed, checks: ReadonlySet<string>, to: EpochMs): boolean {
  const id = checkId(line);
  if (id !== undefined) return line.at < to && checks.has(id);
  if (line.follows !== undefined) return checks.has(line.follows.swipeId);
  return checks.has(line.swipeId) || checks.has(answeredId(line.body) ?? "");
}

function checkId(line: ParsedLine): string | undefined {
  const isSale = line.op === "check" || line.op === "nhsa/2101" || line.op === "nhsa/2102";
  if (!isSale) return undefined;
  if (line.change !== undefined) return changedId(line);
  return presentedCheck(line)?.swipeId;
}

/** A later step of a sale carries its own id, and else only what is different. */
function changedId({ op, swipeId, change }: ParsedLine): string | undefined {
  if (op === "check") return swipeId;
  const msgid = change?.["msgid"];
  return typeof msgid === "string" ? msgid : undefined;
}

function answeredId(body: unknown): string | undefined {
  const message = (body ?? {}) as {
    readonly inf_refmsgid?: unknown;
    readonly input?: { readonly data?: { readonly omsgid?: unknown } };
  };
  const id = message.inf_refmsgid ?? message.input?.data?.omsgid;
  return typeof id === "string" ? id : undefined;
}

/** What the labels say of the hour alone: an episode's money is what its sales of that hour ask. */
function within(all: Labels, checks: ReadonlySet<string>): Labels {
  const bySwipe = new Map<string, LabelledEpisode>();
  const episodes: LabelledEpisode[] = [];
  for (const episode of all.episodes) {
    const swipeIds = new Set([...episode.swipeIds].filter((id) => checks.has(id)));
    if (swipeIds.size === 0) continue;
    const part = { ...episode, swipeIds, money: undefined };
    episodes.push(part);
    for (const id of swipeIds) bySwipe.set(id, part);
  }
  return { ...all, episodes, bySwipe };
}
