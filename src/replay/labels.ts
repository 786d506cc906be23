import type { z } from "zod";
import { LabelHead, LabelLine } from "../swipe/label-line.ts";
import { parseJson } from "./json-line.ts";

/** What a labels file says, by episode and by swipe. */
export interface Labels {
  readonly episodes: readonly LabelledEpisode[];
  readonly bySwipe: ReadonlyMap<string, LabelledEpisode>;
  /** Numbers of persons who take part in any episode. */
  readonly persons: ReadonlySet<string>;
  /** Folder of the city's reference files, relative to the labels. */
  readonly reference: string | undefined;
}

export interface LabelledEpisode {
  readonly id: string;
  readonly kind: string;
  readonly kinds: readonly string[];
  readonly name: string;
  readonly impersonation: boolean;
  readonly cunning: number | undefined;
  readonly swipeIds: ReadonlySet<string>;
  /** False: whoever is on one of its swipes takes part. */
  readonly namesPersons: boolean;
  /** Fen; undefined: what its sales ask. */
  readonly money: number | undefined;
}

/** A labels file that cannot be used: every fault with its line. */
export class LabelsBrokenError extends Error {
  readonly code = "GUARD_REPLAY_LABELS";
  constructor(file: string, faults: readonly LabelFault[]) {
    super(faults.map(({ line, reason }) => `${file}:${line}: ${reason}`).join("\n"));
    this.name = "LabelsBrokenError";
  }
}

export interface LabelFault {
  readonly line: number;
  readonly reason: string;
}

/** Behaviours in which somebody passes for another (domain 5): there a stepUp catches. */
const IMPERSONATIONS: readonly string[] = ["B11", "B13", "I01"];
const HONEST = "honest";
const FAULTS_MAX = 20;

interface Draft {
  readonly line: number;
  readonly id: string;
  readonly kind: string;
  readonly kinds: Set<string>;
  name: string | undefined;
  impersonation: boolean | undefined;
  cunning: number | undefined;
  readonly swipeIds: Set<string>;
  readonly persons: Set<string>;
  namesPersons: boolean;
  money: number | undefined;
}

/** @throws LabelsBrokenError with all faults at once, at most twenty */
export function parseLabels(text: string, file: string): Labels {
  const read: Read = { drafts: new Map(), faults: [], reference: undefined };
  for (const [index, row] of text.split("\n").entries()) {
    if (row.trim() !== "") readRow(row, index + 1, read);
  }
  const { drafts, faults, reference } = read;
  const bySwipe = episodesBySwipe(drafts, faults);
  if (faults.length > 0) throw new LabelsBrokenError(file, faults.slice(0, FAULTS_MAX));
  return {
    episodes: [...new Set(bySwipe.values())],
    bySwipe,
    persons: new Set([...drafts.values()].flatMap(({ persons }) => [...persons])),
    reference,
  };
}

/** What was read so far. */
interface Read {
  readonly drafts: Map<string, Draft>;
  readonly faults: LabelFault[];
  reference: string | undefined;
}

function readRow(row: string, line: number, read: Read): void {
  const json = parseJson(row);
  if (json === undefined) {
    read.faults.push({ line, reason: "is not JSON" });
    return;
  }
  const head = LabelHead.safeParse(json);
  if (head.success) {
    read.reference = head.data.reference;
    return;
  }
  const parsed = LabelLine.safeParse(json);
  if (parsed.success) addLabel(parsed.data, line, read);
  else read.faults.push({ line, reason: faultOf(parsed.error) });
}

function faultOf({ issues }: z.ZodError): string {
  const [issue] = issues;
  const path = issue?.path.join(".") || "the line";
  return `${path} ${issue?.code === "custom" ? issue.message : "does not have the agreed form"}`;
}

function addLabel(label: LabelLine, line: number, { drafts, faults }: Read): void {
  if (label.kind.toLowerCase() === HONEST) return;
  const { swipeIds = [], swipeId, persons, money } = label;
  const swipes = swipeId === undefined ? swipeIds : [...swipeIds, swipeId];
  const id = label.episode ?? swipes[0] ?? `line ${line}`;
  const draft = drafts.get(id) ?? newDraft(id, label.kind, line);
  drafts.set(id, draft);
  if (draft.kind !== label.kind)
    faults.push({ line, reason: `the episode has another kind in line ${draft.line}` });
  addAll(draft.swipeIds, swipes);
  addAll(draft.kinds, label.kinds);
  addAll(draft.persons, persons);
  draft.name ??= label.name;
  draft.impersonation ??= label.impersonation;
  draft.cunning ??= label.cunning;
  draft.namesPersons ||= persons !== undefined;
  if (money !== undefined) draft.money = (draft.money ?? 0) + Math.round(money * 100);
}

function addAll<T>(set: Set<T>, items: readonly T[] = []): void {
  for (const item of items) set.add(item);
}

function newDraft(id: string, kind: string, line: number): Draft {
  return {
    line,
    id,
    kind,
    kinds: new Set([kind]),
    name: undefined,
    impersonation: undefined,
    cunning: undefined,
    swipeIds: new Set(),
    persons: new Set(),
    namesPersons: false,
    money: undefined,
  };
}

function episodesBySwipe(
  drafts: ReadonlyMap<string, Draft>,
  faults: LabelFault[],
): Map<string, LabelledEpisode> {
  const bySwipe = new Map<string, LabelledEpisode>();
  for (const draft of drafts.values()) {
    const episode = episodeOf(draft);
    for (const swipe of draft.swipeIds) {
      if (bySwipe.has(swipe))
        faults.push({ line: draft.line, reason: "a swipe of this episode is also in another one" });
      bySwipe.set(swipe, episode);
    }
  }
  return bySwipe;
}

function episodeOf(draft: Draft): LabelledEpisode {
  const { id, kind, kinds, name, impersonation, cunning, swipeIds, namesPersons, money } = draft;
  return {
    id,
    kind,
    kinds: [...kinds],
    name: name ?? kind,
    impersonation: impersonation ?? IMPERSONATIONS.includes(kind),
    cunning,
    swipeIds,
    namesPersons,
    money,
  };
}
