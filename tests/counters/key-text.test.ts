import { randomBytes } from "node:crypto";
import tap from "tap";
import { base36Of, base64urlOf } from "../../src/counters/key-text.ts";
import { putBytes } from "../../src/counters/put-bytes.ts";

tap.test("bytes of any length have the base64url that Buffer gives them", async (t) => {
  for (let length = 0; length <= 20; length += 1) {
    for (const bytes of [Buffer.alloc(length), Buffer.alloc(length, 0xff), randomBytes(length)])
      t.equal(base64urlOf(bytes.toString("latin1")), bytes.toString("base64url"));
  }
});

tap.test("numbers of buckets have the base 36 that they always had", async (t) => {
  const edges = [0, 1, 35, 36, 1_295, 1_296, 46_655, 46_656, 1_679_615, 1_679_616, 4_194_303];
  for (const value of edges) t.equal(base36Of(value), value.toString(36));
});

tap.test(
  "a field takes its own bytes, the high ones too, and no more than its width",
  async (t) => {
    const into = Buffer.alloc(6, 7);
    putBytes(into, 1, 3, "\u0000\u00ff\u0080more");
    t.same([...into], [7, 0, 255, 128, 7, 7]);
  },
);
