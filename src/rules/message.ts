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

export function render(message: Bilingual, evidence: Evidence): Bilingual {
  return { zh: fill(message.zh, evidence), en: fill(message.en, evidence) };
}

function fill(text: string, evidence: Evidence): string {
  if (!text.includes("{")) return text;
  return text.replaceAll(PLACEHOLDER, (_, name: string) =>
    Object.hasOwn(evidence, name) ? String(evidence[name]) : UNKNOWN_VALUE,
  );
}
