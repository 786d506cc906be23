import { MadeByText } from "../decision/made-by-text.ts";
import { instantText } from "../swipe/calendar.ts";
import { numeral, quoted, quotedList } from "../swipe/quoted.ts";
import type { SwipeStateName } from "../swipe/vocabulary.ts";
import type { DecidedRecord } from "./recorder.ts";

/** A record but for the features: what stands before them, and what behind. */
export interface DecidedPieces {
  readonly before: string;
  /** What the rules said: apart, because its Chinese would make the rest a text of two bytes a character. */
  readonly hits: string;
  readonly after: string;
}

/**
 * What the journal keeps of a decision that the store has, but for its features: `swipe.decided`, to the letter as
 * `recordText` writes its event. Built as an event first, a line takes 147,000 instructions and 11.4 KB of garbage; so it
 * takes 108,000 and 9.1 (measured).
 */
export class DecidedTexts {
  private readonly source: string;
  private readonly madeBy = new MadeByText(({ policy, keyVersion }) => {
    const hashes = `"hash":${quoted(policy.hash)},"reference":${quoted(policy.reference)}`;
    return `"policy":{"version":${quoted(policy.version)},${hashes}},"keyVersion":${quoted(keyVersion)}`;
  });

  constructor(instance: string) {
    this.source = quoted(`guard/${instance}`);
  }

  of(record: DecidedRecord, content: string, state: SwipeStateName): DecidedPieces {
    const { swipe, decided, scope } = record;
    const { hits, timings } = decided;
    const { code } = swipe.pharmacy;
    const person = quoted(swipe.person.id);
    const swipeId = quoted(swipe.swipeId);
    const pharmacy = quoted(code);
    const at = instantText(decided.decidedAt);
    const before =
      `{"topic":"guard.swipes.v1","key":${person},"event":{"specversion":"1.0",` +
      `"id":${quoted(`${code}:${swipe.swipeId}:swipe.decided`)},"source":${this.source},` +
      `"type":"swipe.decided","time":"${at}","subject":${swipeId},` +
      `"datacontenttype":"application/json","data":{"swipeId":${swipeId},"pharmacy":${pharmacy},` +
      `"person":${person},"personSeq":${numeral(decided.personSeq)},"swipe":${JSON.stringify(swipe)},"features":`;
    const after =
      `,"decision":"${decided.decision}","wouldBe":"${decided.wouldBe}",` +
      `"enforced":${decided.enforcement !== "none"},"enforcement":"${decided.enforcement}",` +
      `"mode":"${decided.mode}","missing":${quotedList(decided.missing)},${this.madeBy.of(decided)},` +
      `"decidedAt":"${at}","elapsedMs":${numeral(decided.elapsedMs)},` +
      `"timings":{"observe":${numeral(timings.observe)},"judge":${numeral(timings.judge)}},"content":"${content}"` +
      `${scope === "" ? "" : `,"scope":${quoted(scope)}`}` +
      `${decided.supersedes.length === 0 ? "" : `,"supersedes":${quotedList(decided.supersedes)}`}` +
      `,"state":"${state}"}}}`;
    return { before, hits: `,"hits":${hits.length === 0 ? "[]" : JSON.stringify(hits)}`, after };
  }
}
