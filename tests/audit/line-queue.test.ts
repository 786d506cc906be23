import t from "tap";
import { lineBytes, type RecordText } from "../../src/audit/line-buffer.ts";
import { type LineBatch, LineQueue } from "../../src/audit/line-queue.ts";

function add(queue: LineQueue, ...records: readonly RecordText[]): Promise<void> {
  return queue.add(records, lineBytes(records));
}

function linesOf(batch: LineBatch | undefined): readonly string[] {
  return batch === undefined ? [] : batch.buffer.lines.toString().split("\n").slice(0, -1);
}

t.test("texts and bytes become lines in the order they came", (t) => {
  const queue = new LineQueue();
  void add(queue, '{"name":"余药"}', Buffer.from('{"name":"药"}'));
  void add(queue, "{}");
  t.equal(queue.bytes, 17 + 14 + 3 + 2);
  const batch = queue.take();
  t.same(linesOf(batch), ['{"name":"余药"}', '{"name":"药"}', "{}"]);
  t.equal(batch?.records, 3);
  t.equal(batch?.bytes, batch?.buffer.lines.length);
  t.equal(queue.bytes, 0);
  t.equal(queue.take(), undefined);
  t.end();
});

t.test("given a caller that uses its bytes again, what it added stays as it was", (t) => {
  const queue = new LineQueue();
  const mine = Buffer.from("first");
  void add(queue, mine);
  mine.write("other");
  void add(queue, mine);
  t.same(linesOf(queue.take()), ["first", "other"]);
  t.end();
});

t.test("what comes while a batch is written waits for the next, and changes nothing of it", (t) => {
  const queue = new LineQueue();
  for (let round = 1; round <= 3; round++) {
    void add(queue, `now ${round}`);
    const writing = queue.take();
    void add(queue, `later ${round}`);
    t.same(linesOf(writing), [`now ${round}`]);
    if (writing) queue.release(writing);
    const next = queue.take();
    t.same(linesOf(next), [`later ${round}`]);
    if (next) queue.release(next);
  }
  t.end();
});

t.test("a batch has a megabyte at most, unless one append alone has more", (t) => {
  const queue = new LineQueue();
  const large = "x".repeat(399_999);
  for (let count = 1; count <= 5; count++) void add(queue, large);
  void add(queue, large, large, large);
  void add(queue, "last");
  const records: number[] = [];
  for (let batch = queue.take(); batch !== undefined; batch = queue.take()) {
    t.equal(batch.buffer.lines.length, batch.bytes);
    records.push(batch.records);
    queue.release(batch);
  }
  t.same(records, [2, 2, 1, 3, 1]);
  t.end();
});

t.test("all that is written together is taken or refused together", async (t) => {
  const queue = new LineQueue();
  const first = [add(queue, "one"), add(queue, "two")];
  const batch = queue.take();
  const second = add(queue, "three");
  batch?.refused(new Error("full"));
  for (const each of first) await t.rejects(each, { message: "full" });
  queue.take()?.taken();
  await t.resolves(second);
});
