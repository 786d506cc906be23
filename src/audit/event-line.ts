import type { GuardEvent } from "./event.ts";

/** An event as one line for people: when, what, about whom, and what was said. */
export function eventLine(event: GuardEvent): string {
  const said = "decision" in event.data ? saidOf(event.data) : stateOf(event.data);
  return [event.time, event.type.padEnd(18), event.subject ?? "", said].join("  ").trimEnd();
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

function saidOf({ decision, mode, hits }: Said): string {
  const rules = hits.map((hit) => `${hit.rule} ${hit.level}${hit.shadow ? " (shadow)" : ""}`);
  const how = mode === "full" ? [] : [`(${mode})`];
  return [decision, ...how, ...(rules.length > 0 ? [`[${rules.join(", ")}]`] : [])].join(" ");
}

function stateOf(data: object): string {
  if ("state" in data && typeof data.state === "string") return data.state;
  return "version" in data && typeof data.version === "string" ? data.version : "";
}
