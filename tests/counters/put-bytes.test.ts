import fc from "fast-check";
import t from "tap";
import * as fields from "../../src/counters/put-bytes.ts";

const WIDTHS = [
  { bytes: 1, put: fields.putUint8, read: (from: Buffer, at: number) => from.readUInt8(at) },
  { bytes: 2, put: fields.putUint16, read: fields.uint16At },
  { bytes: 3, put: fields.putUint24, read: fields.uint24At },
  { bytes: 4, put: fields.putUint32, read: fields.uint32At },
  { bytes: 6, put: fields.putUint48, read: fields.uint48At },
] as const;

t.test("a number is written as Buffer writes it, and read back", async (t) => {
  for (const { bytes, put, read } of WIDTHS) {
    const max = 2 ** (8 * bytes) - 1;
    const number = fc.oneof(
      fc.constantFrom(0, 1, max - 1, max),
      fc.maxSafeNat().map((value) => value % (max + 1)),
    );
    fc.assert(
      fc.property(number, (value) => {
        const own = Buffer.alloc(10, 7);
        const theirs = Buffer.alloc(10, 7);
        put(own, 2, value);
        theirs.writeUIntBE(value, 2, bytes);
        return own.equals(theirs) && read(own, 2) === value;
      }),
    );
    t.pass(`${bytes} bytes`);
  }
});

t.test("a number beyond its field is refused, and nothing else is written for it", async (t) => {
  for (const { bytes, put } of WIDTHS) {
    const into = Buffer.alloc(6, 7);
    for (const value of [-1, 2 ** (8 * bytes), Number.POSITIVE_INFINITY])
      t.throws(() => put(into, 0, value), /GUARD_COUNTERS_FIELD/);
    t.same([...into], [7, 7, 7, 7, 7, 7]);
  }
});
