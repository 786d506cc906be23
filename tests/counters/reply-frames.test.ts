import fc from "fast-check";
import t from "tap";
import { ReplyFrames } from "../../src/counters/redis/reply-frames.ts";
import { wholeReplies } from "../../src/counters/redis/whole-replies.ts";

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

t.test("given whole replies of scripts, then they are read as they were sent", async (t) => {
  const hasText = (reply: Reply): boolean =>
    typeof reply === "string" || (isList(reply) && reply.some(hasText));
  fc.assert(
    fc.property(fc.array(anyReply, { maxLength: 8 }), (all) => {
      const read = wholeReplies(Buffer.concat(all.map(encode)));
      if (all.some(hasText)) return read === undefined;
      return JSON.stringify(read) === JSON.stringify(all);
    }),
    { numRuns: 500 },
  );
  t.same(wholeReplies(Buffer.from("*-1\r\n:-7\r\n*0\r\n$0\r\n\r\n")), [
    null,
    -7,
    [],
    Buffer.alloc(0),
  ]);
  t.equal(
    wholeReplies(Buffer.from("*2\r\n:1\r\n-ERR broken\r\n")),
    undefined,
    "errors are the client's",
  );
});

t.test(
  "given replies with a byte amiss or cut off, then nothing is read that is none",
  async (t) => {
    let read = 0;
    fc.assert(
      fc.property(
        fc.array(anyReply, { minLength: 1, maxLength: 4 }),
        fc.nat(400),
        fc.oneof(fc.constantFrom(..."0129-:$*\r\n"), fc.constant("")),
        (all, place, byte) => {
          const sent = Buffer.concat(all.map(encode));
          const at = place % sent.length;
          const came = Buffer.concat([
            sent.subarray(0, at),
            Buffer.from(byte, "latin1"),
            ...(byte === "" ? [] : [sent.subarray(at + 1)]),
          ]);
          const replies = wholeReplies(came);
          if (replies === undefined) return true;
          read += 1;
          const frames = new ReplyFrames();
          return frames.accept(came) === replies.length && frames.isBetween;
        },
      ),
      { numRuns: 3_000 },
    );
    t.ok(read > 100, `${read} of 3,000 were replies all the same`);
  },
);

t.test("given a chunk that ends within a reply, then the frames say so", async (t) => {
  const reply = Buffer.from("*3\r\n$5\r\nhello\r\n:-12\r\n*1\r\n$-1\r\n");
  for (let end = 1; end < reply.length; end += 1) {
    const frames = new ReplyFrames();
    t.ok(frames.isBetween);
    frames.accept(reply.subarray(0, end));
    t.notOk(frames.isBetween, `after ${end} bytes`);
    frames.accept(reply.subarray(end));
    t.ok(frames.isBetween);
  }
});

function isList(reply: Reply): reply is readonly Reply[] {
  return Array.isArray(reply);
}

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
      t.notOk(frames.isBetween);
    }
    t.equal(wholeReplies(Buffer.from(text, "latin1")), undefined);
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
