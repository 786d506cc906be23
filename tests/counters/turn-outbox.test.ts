import { Writable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Redis } from "ioredis";
import t from "tap";
import { TurnOutbox } from "../../src/counters/redis/turn-outbox.ts";

/** Notes what left together. */
function stream() {
  const left: string[][] = [];
  const writable = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      left.push([String(chunk)]);
      done();
    },
    writev: (chunks, done) => {
      left.push(chunks.map(({ chunk }) => String(chunk)));
      done();
    },
  });
  return { left, writable: writable as unknown as Redis["stream"] };
}

t.test(
  "given several commands in one turn, then they leave together, in order, in that turn",
  async (t) => {
    const { left, writable } = stream();
    const outbox = new TurnOutbox();
    const send = (text: string) => {
      outbox.hold(writable);
      writable.write(text);
    };
    send("a");
    await Promise.resolve();
    send("b");
    t.same(left, [], "while the turn goes on they wait");
    await nextTurn();
    t.same(left, [["a", "b"]]);
    send("c");
    await nextTurn();
    t.same(left, [["a", "b"], ["c"]], "and so for every turn");
  },
);

t.test("given a new connection in the same turn, then each leaves by its own", async (t) => {
  const [old, next] = [stream(), stream()];
  const outbox = new TurnOutbox();
  outbox.hold(old.writable);
  old.writable.write("a");
  outbox.hold(next.writable);
  next.writable.write("b");
  await nextTurn();
  t.same([old.left, next.left], [[["a"]], [["b"]]]);
  outbox.hold(undefined);
});
