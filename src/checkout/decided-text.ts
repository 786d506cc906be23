import type { Decided } from "../decision/decided.ts";
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

/** What a decision was made by, and how a record writes it. */
interface WrittenBy {
  readonly policy: Decided["policy"];
  readonly keyVersion: string;
  readonly text: string;
}

/**
 * Writes the record of a decision that the store has, `swipe.decided`, to the letter as `recordText` writes its event.
 * Built as an event first, a line takes 147,000 instructions and 11.4 KB of garbage; so it takes 108,000 and 9.1.
 */
export class DecidedTexts {
  private readonly source: string;
  /** Of the record before: the next decision is nearly always by the same. */
  private by: WrittenBy | undefined;

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
      `"mode":"${decided.mode}","missing":${quotedList(decided.missing)},${this.byText(decided)},` +
      `"decidedAt":"${at}","elapsedMs":${numeral(decided.elapsedMs)},` +
      `"timings":{"observe":${numeral(timings.observe)},"judge":${numeral(timings.judge)}},"content":"${content}"` +
      `${scope === "" ? "" : `,"scope":${quoted(scope)}`}` +
      `${decided.supersedes.length === 0 ? "" : `,"supersedes":${quotedList(decided.supersedes)}`}` +
      `,"state":"${state}"}}}`;
    return { before, hits: `,"hits":${hits.length === 0 ? "[]" : JSON.stringify(hits)}`, after };
  }

  private byText({ policy, keyVersion }: Decided): string {
    const { version, hash, reference } = policy;
    const by = this.by;
    const isSame =
      by !== undefined &&
      by.policy.hash === hash &&
      by.policy.reference === reference &&
      by.policy.version === version &&
      by.keyVersion === keyVersion;
    if (isSame) return by.text;
    const hashes = `"hash":${quoted(hash)},"reference":${quoted(reference)}`;
    const text = `"policy":{"version":${quoted(version)},${hashes}},"keyVersion":${quoted(keyVersion)}`;
    this.by = { policy, keyVersion, text };
    return text;
  }
}
