import { ENFORCEMENTS } from "../rules/enforcement.ts";
import type { Hit } from "../rules/hit.ts";
import type { AnswerHit } from "../swipe/answer.ts";
import { numeral, quoted, quotedList } from "../swipe/quoted.ts";
import { LEVELS } from "../swipe/vocabulary.ts";
import type { Bytes } from "../units.ts";
import type { CheckedLine, Decided } from "./decided.ts";
import { KeptRows } from "./kept-readings.ts";
import { MadeByText } from "./made-by-text.ts";
import { told } from "./told.ts";

/**
 * What the store keeps of a decision, so that a repeat is told the same: `KeptDecided` as JSON, read by `decodeDecided`.
 * Written piece by piece: as one list of lists it took 126 thousand instructions and 10 KB a check without hits, 272
 * thousand and 24 KB with some; so it takes half of either (measured).
 */
export class SealedTexts {
  private readonly rows = new KeptRows();
  private readonly madeBy = new MadeByText(({ policy, keyVersion }) =>
    quotedList([policy.version, keptHash(policy.hash), keptHash(policy.reference), keyVersion]),
  );

  of(decided: Decided): Bytes {
    const { hits, vector } = decided;
    const lines = vector.lines.map((row) => quoted(this.rows.keep(row)));
    const before = `[${tillText(decided)},${saidText(decided)},[${answeredText(decided)},`;
    const after =
      `],${this.madeBy.of(decided)},${timesText(decided)},` +
      `[${quoted(this.rows.keep(vector.swipe))},[${lines.join()}]],${quotedList(decided.supersedes)}]`;
    if (hits.length === 0) return bytesOf(`${before}[]${after}`);
    // Only the hits have Chinese: beside it the rest would be copied as such, twice.
    return bytesOf(before) + bytesOf(JSON.stringify(hits)) + bytesOf(after);
  }
}

function tillText({ swipeId, lines }: Decided): string {
  return `[${quoted(swipeId)},[${lines.map(lineText).join()}]]`;
}

function lineText({ line, drug, perUnit }: CheckedLine): string {
  return `[${quoted(line)},${quoted(drug)},${numeral(perUnit)}]`;
}

function saidText(decided: Decided): string {
  const decision = LEVELS.indexOf(decided.decision);
  const wouldBe = LEVELS.indexOf(decided.wouldBe);
  const enforcement = ENFORCEMENTS.indexOf(decided.enforcement);
  const missing = quotedList(decided.missing);
  const unasked = decided.unasked ? ",1" : "";
  return `[${decision},${wouldBe},${enforcement},"${decided.mode}",${missing}${unasked}]`;
}

function timesText(decided: Decided): string {
  const { at, occurredAt, timings } = decided;
  const after = numeral(decided.decidedAt - at);
  const took = `${numeral(decided.elapsedMs)},${numeral(decided.personSeq)}`;
  const steps = `${numeral(timings.observe)},${numeral(timings.judge)}`;
  const occurred = occurredAt === undefined ? "" : `,${numeral(occurredAt - at)}`;
  return `[${numeral(at)},${after},${took},${steps}${occurred}]`;
}

/** A till is told of hits that stand beside: their texts are most of a refusal, and need not be kept twice. */
function answeredText({ answered, hits }: Decided): string {
  const texts = answered.map((answer) => {
    const same = hits.findIndex((hit) => isToldOf(hit, answer));
    return same < 0 ? JSON.stringify(answer) : String(same);
  });
  return `[${texts.join()}]`;
}

function isToldOf(hit: Hit, answer: AnswerHit): boolean {
  if (hit.rule !== answer.rule) return false;
  return isMadeOf(hit, answer) || JSON.stringify(told(hit)) === JSON.stringify(answer);
}

/** What was told of this very hit has its texts, which are long: they need not be compared as JSON. */
function isMadeOf(hit: Hit, answer: AnswerHit): boolean {
  return (
    hit.message === answer.message &&
    hit.name === answer.name &&
    hit.level === answer.level &&
    hit.category === answer.category &&
    hit.clearedBy === answer.clearedBy &&
    isSameList(hit.lines, answer.lines) &&
    (hit.disclose === "sentence" ? isEmpty(answer.evidence) : hit.evidence === answer.evidence)
  );
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, place) => text === other[place]);
}

function isEmpty(evidence: AnswerHit["evidence"]): boolean {
  for (const _ in evidence) return false;
  return true;
}

const SHA256 = /^sha256:[0-9a-f]{64}$/;

/** The hashes of policy and reference data are a fifth of a sealed answer; in base64url they are a third shorter. */
function keptHash(hash: string): string {
  return SHA256.test(hash) ? `=${Buffer.from(hash.slice(7), "hex").toString("base64url")}` : hash;
}

/** Most answers have no hits and so no Chinese: as UTF-8 their text is itself, and need not be copied twice. */
function bytesOf(text: string): Bytes {
  return Buffer.byteLength(text) === text.length ? text : Buffer.from(text).toString("latin1");
}
