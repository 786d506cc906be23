import { factsOf } from "./audit-records.ts";
import type { Life } from "./world.ts";

/** No waiting record stays without the one that closes it, and a stand-in is entered once. */
export function auditWaiting(life: Life): readonly string[] {
  return [...new Set([...stillWaiting(life), ...countedTwice(life)])];
}

function stillWaiting({ survey, losses }: Life): readonly string[] {
  const facts = survey.kafka.map(({ record }) => ({ ...factsOf(record), type: record.event.type }));
  const closed = new Set(facts.map(({ closes }) => closes));
  const entered = new Set(facts.filter(isEntered).map(({ swipeId }) => swipeId));
  // Who lost its power may have lost the record that waits, and Kafka have had it already.
  const cut = new Set(losses.powerCuts.map(({ instance }) => `guard-${instance}`));
  return survey.kafka.flatMap(({ instance, record: { event, ...rest } }) => {
    const { swipeId, waiting } = factsOf({ event, ...rest });
    if (waiting !== true || cut.has(instance)) return [];
    const isClosed = event.type === "swipe.decided" ? entered.has(swipeId) : closed.has(event.id);
    return isClosed ? [] : [`entered: ${event.id} of ${instance} still waits`];
  });
}

function isEntered({ type }: { readonly type: string }): boolean {
  return type === "swipe.entered";
}

/** The same decision may be told again by whoever is asked again; one without the store is not counted yet. */
function countedTwice({ survey, losses }: Life): readonly string[] {
  const counted = new Map<string, string>();
  return survey.kafka.flatMap(({ record }) => {
    const { swipeId = "", counted: isCounted, decidedAt = "", mode } = factsOf(record);
    if (record.event.type !== "swipe.entered" || isCounted !== true || mode === "standIn")
      return [];
    const before = counted.get(swipeId) ?? decidedAt;
    counted.set(swipeId, before);
    const isTwice = before !== decidedAt && !losses.forgotten.has(swipeId);
    return isTwice ? [`entered once: ${swipeId} was counted as of ${before} and ${decidedAt}`] : [];
  });
}
