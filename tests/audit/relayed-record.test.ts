import fc from "fast-check";
import t from "tap";
import { type JournalRecord, recordText } from "../../src/audit/event.ts";
import { isPlainJson } from "../../src/audit/json-scan.ts";
import {
  cutRecord,
  type RelayedRecord,
  readRecord,
  relayedRecord,
} from "../../src/audit/relayed-record.ts";
import { line, record } from "./support.ts";

/** Anything JSON can say, and often what stands in a record: Chinese, quotes, escapes, numbers of every form. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("终端时钟偏差", '"', "\\", "\n", "\u0000", "\ud800", "\u2028", "a:b", "{}", "😀"),
);
const data = fc.dictionary(text, fc.jsonValue({ stringUnit: "binary" }));
const written = fc
  .record({ key: text, id: text, source: text, subject: text, data })
  .map(({ key, id, source, subject, data: said }): JournalRecord => {
    const made = record("list", 1);
    const event = { ...made.event, id, source, subject, data: said } as JournalRecord["event"];
    return { ...made, key, event };
  });

function said(relayed: RelayedRecord | undefined) {
  return relayed && { ...relayed, event: String(relayed.event) };
}

t.test(
  "given any record, when it is relayed, then it is what reading and writing it gives",
  (t) => {
    fc.assert(
      fc.property(written, (made) => {
        const bytes = Buffer.from(recordText(made));
        t.strictSame(said(relayedRecord(bytes)), said(readRecord(bytes)), { diagnostic: false });
      }),
    );
    t.end();
  },
);

t.test("given a usual record, when it is relayed, then it is cut and not read", (t) => {
  const cut = cutRecord(Buffer.from(line("list", 7, '终端时钟偏差 "quoted" \\ and\nbroken')));
  t.strictSame(said(cut), {
    topic: "guard.control.v1",
    key: "list",
    at: Date.UTC(2026, 10, 21, 2, 15, 30),
    event: JSON.stringify(record("list", 7, '终端时钟偏差 "quoted" \\ and\nbroken').event),
  });
  t.end();
});

t.test(
  "given a line that was written otherwise, when it is relayed, then it is read and written anew",
  (t) => {
    const { topic, key, event } = record("list", 1);
    const { data: what, ...head } = event;
    const forms = {
      spaced: JSON.stringify({ topic, key, event }, null, 1).replaceAll("\n", " "),
      "key first": JSON.stringify({ key, topic, event }),
      "more behind": JSON.stringify({ topic, key, event, more: 1 }),
      "event's data first": JSON.stringify({ topic, key, event: { data: what, ...head } }),
      "needless escape": recordText(record("a/b", 1)).replaceAll("a/b", "a\\/b"),
    };
    for (const [name, form] of Object.entries(forms)) {
      const bytes = Buffer.from(form);
      t.equal(cutRecord(bytes), undefined, name);
      t.strictSame(said(relayedRecord(bytes)), said(readRecord(bytes)), name);
      t.not(relayedRecord(bytes), undefined, name);
    }
    t.end();
  },
);

t.test(
  "given a damaged line, when it is relayed, then it is lost exactly where it cannot be read",
  (t) => {
    const whole = Buffer.from(line("list", 1, "终端 \\ 时钟"));
    const damage = fc.record({
      at: fc.nat(whole.length - 1),
      bytes: fc.oneof(
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.constantFrom(
          ...['"', "}", "]", ",", ":", "0", "1.50", "-", "\\", "tru"].map(Buffer.from),
        ),
        fc.integer({ min: 1, max: whole.length }).map((length) => new Uint8Array(length)),
      ),
      cut: fc.nat(whole.length),
      isCut: fc.boolean(),
    });
    fc.assert(
      fc.property(damage, ({ at, bytes, cut, isCut }) => {
        const line = Buffer.from(whole);
        line.set(bytes.slice(0, whole.length - at), at);
        const damaged = isCut ? line.subarray(0, cut) : line;
        const found = relayedRecord(damaged);
        const read = readRecord(damaged);
        const canonical = found && JSON.stringify(JSON.parse(String(found.event)));
        t.equal(canonical, read && String(read.event), { diagnostic: false });
      }),
      { numRuns: 2_000 },
    );
    t.end();
  },
);

t.test(
  "given bytes of any kind, when they are taken for JSON, then JSON.parse takes them too",
  (t) => {
    const pieces = fc.constantFrom(
      ...["{", "}", "[", "]", ",", ":", '"', '"a"', "\\", "0", "1", "-", ".", "e", "E", "+", "12"],
      ...["true", "false", "null", "tru", " ", "\n", "\\n", "\\u0041", "\\/", "终"],
    );
    const made = fc.oneof(
      fc.array(pieces, { maxLength: 8 }).map((each) => each.join("")),
      fc.jsonValue({ stringUnit: "binary" }).map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(made, (form) => {
        if (isPlainJson(Buffer.from(form))) JSON.parse(form);
      }),
      { numRuns: 20_000 },
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const form = JSON.stringify(value);
        // A backslash that is itself escaped may stand before a `u` that is only a letter.
        const hasCode = /(?<!\\)(?:\\\\)*\\u/.test(form);
        t.equal(isPlainJson(Buffer.from(form)), !hasCode, { diagnostic: false });
      }),
    );
    t.notOk(isPlainJson(Buffer.from("[".repeat(100_000))), "and no depth ends the stack");
    t.end();
  },
);

t.test(
  "given a line nested too deep to be written again, then it is no record and no error",
  (t) => {
    const { topic, key, event } = record("list", 1);
    const deep = JSON.stringify({ topic, key, event }).replace(
      '"data":',
      `"more":${"[".repeat(200_000)}${"]".repeat(200_000)},"data":`,
    );
    t.equal(relayedRecord(Buffer.from(deep)), undefined);
    t.end();
  },
);
