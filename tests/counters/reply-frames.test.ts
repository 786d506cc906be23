import fc from "fast-check";
import t from "tap";
import { ReplyFrames } from "../../src/counters/redis/reply-frames.ts";

type Reply = string | number | null | Buffer | readonly Reply[];

function encode(reply: Reply): Buffer {
  if (reply === null) return Buffer.from("$-1\r\n");
  if (typeof reply === "number") return Buffer.from(`:${reply}\r\n`);
  if (typeof reply === "string") return Buffer.from(`+${reply}\r\n`);
  if (Buffer.isBuffer(reply)) {
    return Buffer.concat([Buffer.from(`$${reply.length}\r\n`), reply, Buffer.from("\r\n")]);
  }
  return Buffer.concat([Buffer.from(`*${reply.length}\r\n`), ...reply.map(encode)]);
}

const leaf: fc.Arbitrary<Reply> = fc.oneof(
  fc.constant(null),
  fc.integer(),
  fc.stringMatching(/^[ -~]{0,20}$/),
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
);
const anyReply: fc.Arbitrary<Reply> = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 6 }),
  fc.array(fc.oneof(leaf, fc.array(leaf, { maxLength: 3 })), { maxLength: 4 }),
);

t.test("given Redis' replies cut anywhere, then all are counted", async (t) => {
  fc.assert(
    fc.property(
      fc.array(anyReply, { maxLength: 8 }),
      fc.infiniteStream(fc.nat(9)),
      (all, sizes) => {
        const bytes = Buffer.concat(all.map(encode));
        const frames = new ReplyFrames();
        let counted = 0;
        for (let at = 0; at < bytes.length; ) {
          const size = 1 + (sizes.next().value ?? 0);
          counted += frames.accept(bytes.subarray(at, at + size));
          at += size;
        }
        return counted === all.length;
      },
    ),
    { numRuns: 500 },
  );
  t.pass("500 conversations");
});

t.test("given what Redis never says, then it is refused, and everything after it", async (t) => {
  const foreign = [
    "HTTP/1.1 400 Bad Request\r\n",
    "\x15\x03\x03\x00\x02\x02\x28",
    ">2\r\n+message\r\n+x\r\n",
    "_\r\n",
    "%1\r\n+a\r\n+b\r\n",
    "$5\r\nhelloXX",
    "$5\r\nhello\r\r",
    "$-2\r\n",
    "$-01\r\n",
    "$5x\r\n",
    "$\r\n",
    ":\r\n",
    ":-\r\n",
    ":1\n",
    ":1.5\r\n",
    "*-3\r\n",
    "*1\r\n_\r\n",
    "+OK\n",
    "+OK\rX",
    "$99999999999999999999\r\n",
    "*99999999\r\n",
    "*1\r\n".repeat(50),
  ];
  for (const text of foreign) {
    for (const size of [1, text.length]) {
      const frames = new ReplyFrames();
      let last = 0;
      for (let at = 0; at < text.length && last >= 0; at += size) {
        last = frames.accept(Buffer.from(text.slice(at, at + size), "latin1"));
      }
      t.equal(last, -1, JSON.stringify(text));
      t.equal(frames.accept(Buffer.from("+OK\r\n")), -1);
    }
  }
});

t.test(
  "given noise, then it is refused before anything of it could be taken for a reply",
  async (t) => {
    let taken = 0;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 40, maxLength: 400 }), (bytes) => {
        if (new ReplyFrames().accept(Buffer.from(bytes)) > 0) taken += 1;
        return true;
      }),
      { numRuns: 2_000 },
    );
    t.ok(taken <= 2, `${taken} of 2,000 begin with something that could be one`);
  },
);
