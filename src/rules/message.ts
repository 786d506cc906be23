import type { FeatureValue } from "../features/vector.ts";
import type { Bilingual } from "./hit.ts";

const PLACEHOLDER = /\{([^{}]*)\}/g;
const UNKNOWN_VALUE = "–";

/** The names in braces of both languages. */
export function placeholders(message: Bilingual): ReadonlySet<string> {
  const names = new Set<string>();
  for (const text of [message.zh, message.en]) {
    for (const [, name = ""] of text.matchAll(PLACEHOLDER)) names.add(name);
  }
  return names;
}

type Evidence = Readonly<Record<string, FeatureValue>>;

/** Reads a message's names once, and then only fills them in. */
export function template(message: Bilingual): (evidence: Evidence) => Bilingual {
  const [zh, en] = [filling(message.zh), filling(message.en)];
  return (evidence) => ({ zh: zh(evidence), en: en(evidence) });
}

function filling(text: string): (evidence: Evidence) => string {
  // Split at the names, texts stand in even places and names in odd ones.
  const [first = "", ...rest] = text.split(PLACEHOLDER);
  return (evidence) => {
    let filled = first;
    for (let i = 0; i < rest.length; i += 2) {
      const name = rest[i] ?? "";
      filled += Object.hasOwn(evidence, name) ? String(evidence[name]) : UNKNOWN_VALUE;
      filled += rest[i + 1];
    }
    return filled;
  };
}
