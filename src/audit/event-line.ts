import type { EventData, GuardEvent } from "./event.ts";

/** An event as one line for people: when, what, about whom, and what was said. */
export function eventLine(event: GuardEvent): string {
  const said = saidOf(event);
  return [event.time, event.type.padEnd(18), event.subject ?? "", said].join("  ").trimEnd();
}

function saidOf({ type, data }: GuardEvent): string {
  if (type === "clue.raised") return clueText(data as EventData<"clue.raised">);
  if (type === "indicator.raised") return indicatorText(data as EventData<"indicator.raised">);
  return "decision" in data ? decisionText(data) : stateText(data);
}

interface Said {
  readonly decision: string;
  readonly mode: string;
  readonly hits: readonly {
    readonly rule: string;
    readonly level: string;
    readonly shadow: boolean;
  }[];
}

function decisionText({ decision, mode, hits }: Said): string {
  const rules = hits.map((hit) => `${hit.rule} ${hit.level}${hit.shadow ? " (shadow)" : ""}`);
  const how = mode === "full" ? [] : [`(${mode})`];
  return [decision, ...how, ...(rules.length > 0 ? [`[${rules.join(", ")}]`] : [])].join(" ");
}

/** Whom it names: the seller now and the one before, or how many persons. */
function clueText({ kind, rules, now, before, cohort }: EventData<"clue.raised">): string {
  const sold = before ? `, ${before.state} at ${before.pharmacy} on ${before.at.slice(0, 10)}` : "";
  const group = cohort ? `, ${cohort.size} persons` : "";
  const by = rules.length > 0 ? ` [${rules.join(", ")}]` : "";
  return `${kind}${by} at ${now.pharmacy}${sold}${group}`;
}

function indicatorText(data: EventData<"indicator.raised">): string {
  const { indicatorId, kind, value, limit, day } = data;
  const rounded = Math.round(value * 1_000) / 1_000;
  return `${indicatorId} ${kind} ${rounded}, above ${limit}, on ${day}`;
}

function stateText(data: object): string {
  if ("matched" in data && data.matched === 0) return "no sale known";
  if ("state" in data && typeof data.state === "string") return data.state;
  return "version" in data && typeof data.version === "string" ? data.version : "";
}
