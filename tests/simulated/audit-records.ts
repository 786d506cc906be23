import type { JournalRecord } from "../../src/audit/event.ts";
import { swipeKey } from "../../src/features/digests.ts";
import { canonicalJson } from "../../src/swipe/canonical-json.ts";
import { type Asked, grouped, mayBeLost, takenForAnother } from "./history.ts";
import type { Life } from "./world.ts";

/** What an event carries, as far as the auditor reads it. */
export interface EventFacts {
  readonly swipeId?: string;
  readonly person?: string;
  readonly personSeq?: number;
  readonly decision?: string;
  readonly mode?: string;
  readonly decidedAt?: string;
  readonly waiting?: boolean;
  readonly counted?: boolean;
  readonly answered?: string;
  readonly closes?: string;
  readonly refused?: string;
  readonly matched?: number;
  readonly unchecked?: boolean;
}

interface EventLine {
  readonly quantity?: number;
  readonly traceCodes?: readonly string[];
}

export function factsOf(record: JournalRecord): EventFacts {
  return record.event.data as unknown as EventFacts;
}

/** Promise 5: what was answered is in Kafka, at least once, with equal content, in order. */
export function auditRecords(life: Life): readonly string[] {
  return [
    ...everyAnswer(life),
    ...equalIds(life),
    ...noGap(life),
    ...stillThere(life),
    ...inOrder(life),
  ];
}

function everyAnswer({ history, losses, survey }: Life): readonly string[] {
  const bySwipe = grouped(survey.kafka, ({ record }) => factsOf(record).swipeId);
  const mistaken = takenForAnother(history);
  return history.flatMap((asked) => {
    const { answer, step, swipeId } = asked;
    if (answer === undefined || answer.problem !== undefined) return [];
    if (answer.nothing === true || mayBeLost(losses, asked) || mistaken.has(swipeId)) return [];
    // What matched nothing is recorded under the message's own id, which begins with the sale's.
    const ids =
      answer.matched === 0 || answer.state === "waiting"
        ? [swipeId, `${swipeId}-V`, `${swipeId}-R`]
        : [swipeId];
    // Where its check is not sealed yet the sale is called by its digest.
    ids.push(`~${Buffer.from(swipeKey("", swipeId), "latin1").toString("base64url")}`);
    const records = ids.flatMap((id) => (bySwipe.get(id) ?? []).map(({ record }) => record));
    const found = records.some((record) => says(record, asked));
    return found ? [] : [`recorded: nothing in Kafka of ${swipeId} ${step}`];
  });
}

function says({ event, ...rest }: JournalRecord, { step, answer }: Asked): boolean {
  const data = factsOf({ event, ...rest });
  switch (step) {
    case "check":
      return (
        event.type === "swipe.decided" &&
        data.decision === answer?.decision &&
        data.mode === answer?.mode &&
        (answer?.decidedAt === undefined || data.decidedAt === answer.decidedAt)
      );
    case "settle":
    case "upload":
      return event.type === "swipe.settled";
    default:
      return event.type === "swipe.reversed";
  }
}

/**
 * The same id is the same fact; only two instances that were both without the store may differ. A step told again has
 * a time and a place in the person's sequence of its own.
 */
function equalIds({ survey, losses }: Life): readonly string[] {
  // What an instance says of a stand-in that another had decided is a fact of its own.
  const said = survey.kafka.filter(({ record }) => factsOf(record).counted !== false);
  // The record of an entered sale, and the one that says that its waiting is over, are two facts as well.
  const byId = grouped(said, ({ record }) => nameOf(record));
  const unsealed = new Set(
    said.flatMap(({ record }) => {
      const { swipeId = "", waiting } = factsOf(record);
      return record.event.type === "swipe.decided" && waiting === true ? [swipeId] : [];
    }),
  );
  return [...byId].flatMap(([id, messages]) => {
    const texts = new Set(
      messages.map(({ record: { event } }) =>
        canonicalJson({ ...event, ...AGAIN, data: factOf(event) }),
      ),
    );
    const apart = messages.some(({ record }) => {
      const { mode, waiting, swipeId = "" } = factsOf(record);
      // Each of two instances whose seals were not heard finds something out at the time of its own answer.
      if (record.event.type === "clue.raised")
        return losses.forgotten.size > 0 || unsealed.has(id.split(":")[1] ?? "");
      return mode === "standIn" || waiting === true || losses.forgotten.has(swipeId);
    });
    return texts.size > 1 && !apart ? [`one fact: ${id} was said in ${texts.size} ways`] : [];
  });
}

/** A message about a sale nobody knew yet is another fact than the same message about a known one. */
function nameOf(record: JournalRecord): string {
  const { closes, matched } = factsOf(record);
  return [record.event.id, closes === undefined ? "" : ", closing", matched ?? ""].join("");
}

const AGAIN = { source: "", time: "" };

function factOf({ type, data }: JournalRecord["event"]): object {
  if (type === "swipe.decided") return data;
  if (type === "swipe.entered") return { ...data, enteredAt: "" };
  // Where its check is not sealed yet a line has the guard's own number.
  const { lines = [] } = data as { readonly lines?: readonly EventLine[] };
  const moved = lines.map(({ quantity, traceCodes }) => ({ quantity, traceCodes }));
  const again = { personSeq: 0, settledAt: "", checkedAt: "", reversedAt: "", state: "" };
  // What waited without a store at an instance that had not checked the sale is closed without its person, too.
  const whose = "closes" in data ? { person: "" } : {};
  return { ...data, ...again, ...whose, lines: moved };
}

/** Whatever an instance's journal holds is in Kafka, and of one key in the journal's order. */
function noGap({ survey }: Life): readonly string[] {
  return survey.journals.flatMap((journal, number) => {
    const instance = `guard-${number}`;
    const sent = survey.kafka.filter((message) => message.instance === instance);
    const lines = grouped(
      sent.map(({ record }) => record),
      ({ key }) => key,
    );
    return [...grouped(journal, ({ key }) => key)].flatMap(([key, records]) =>
      missingFrom((lines.get(key) ?? []).map(textOf), records).map(
        (id) => `no gap: ${id} of ${instance} is not in Kafka where it should be`,
      ),
    );
  });
}

function textOf(record: JournalRecord): string {
  return canonicalJson(record);
}

/** What was handed to the system outlives kill -9: only with its power may an instance lose what it has sent on. */
function stillThere({ survey, losses }: Life): readonly string[] {
  return survey.journals.flatMap((journal, number) => {
    if (losses.powerCuts.some((cut) => cut.instance === number)) return [];
    const kept = new Set(journal.map(textOf));
    const sent = survey.kafka.filter(({ instance }) => instance === `guard-${number}`);
    const gone = sent.filter(({ record }) => !kept.has(textOf(record)));
    return gone.map(({ record }) => `kept: ${record.event.id} is gone from guard-${number}`);
  });
}

/** Duplicates may stand in between. */
function missingFrom(
  sent: readonly string[],
  records: readonly JournalRecord[],
): readonly string[] {
  let at = 0;
  for (const record of records) {
    const text = textOf(record);
    while (at < sent.length && sent[at] !== text) at += 1;
    if (at === sent.length) return [record.event.id];
    at += 1;
  }
  return [];
}

interface Numbered {
  readonly kind: string;
  readonly personSeq: number;
  readonly first: Asked;
}

/** What was answered before something else was asked has the smaller number, across instances. */
function inOrder(life: Life): readonly string[] {
  if (life.losses.forgotten.size > 0) return [];
  const all = numbered(life);
  return all.flatMap((one) =>
    all
      .filter((next) => isAfter(next.first, one.first) && next.personSeq <= one.personSeq)
      .map((next) => `sequence: ${next.kind} has no greater personSeq than ${one.kind}`),
  );
}

function isAfter(next: Asked, one: Asked): boolean {
  const end = one.answer?.at ?? Number.POSITIVE_INFINITY;
  return next.sale.person === one.sale.person && next.at > end;
}

/** Each kind of event of each sale by its smallest number, where every answer about it was plain. */
function numbered({ history, survey }: Life): readonly Numbered[] {
  const numbers = new Map<string, number>();
  for (const { record } of survey.kafka) {
    const { swipeId, personSeq = 0, waiting } = factsOf(record);
    if (swipeId === undefined || personSeq === 0 || waiting === true) continue;
    const kind = `${swipeId} ${record.event.type}`;
    numbers.set(kind, Math.min(numbers.get(kind) ?? Number.POSITIVE_INFINITY, personSeq));
  }
  return [...grouped(history, kindOf)].flatMap(([kind, asked]) => {
    const [first] = asked;
    const personSeq = kind === undefined ? undefined : numbers.get(kind);
    if (kind === undefined || first === undefined || personSeq === undefined) return [];
    return asked.every(({ answer }) => isPlain(answer)) ? [{ kind, personSeq, first }] : [];
  });
}

/** Numbered when it was asked: not a stand-in, not kept for later, no problem. */
function isPlain(answer: Asked["answer"]): boolean {
  if (answer === undefined || answer.problem !== undefined || answer.matched === 0) return false;
  return answer.mode !== "standIn" && answer.state !== "waiting";
}

function kindOf({ step, swipeId }: Asked): string | undefined {
  if (step === "check") return `${swipeId} swipe.decided`;
  if (step === "settle") return `${swipeId} swipe.settled`;
  return step === "upload" ? undefined : `${swipeId} swipe.reversed`;
}
