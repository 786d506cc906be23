import t from "tap";
import { readTopology, redirectionOf, slotOf } from "../../src/counters/redis/cluster-slots.ts";

t.test(
  "a key's slot is that of the Cluster specification, of what stands in its first braces",
  async (t) => {
    t.equal(slotOf("123456789"), 0x31c3, "the specification's own example");
    t.equal(slotOf("g1:{user1000}following"), slotOf("{user1000}followers"));
    t.equal(slotOf("foo{}{bar}"), slotOf("foo{}{bar}"));
    t.not(slotOf("foo{}{bar}"), slotOf("bar"), "empty braces are no tag: the whole key counts");
    t.equal(slotOf("foo{{bar}}zap"), slotOf("{bar"));
    t.equal(slotOf("foo{bar}{zap}"), slotOf("bar"));
  },
);

const host = (text: string) => Buffer.from(text);

t.test("who serves what is read of CLUSTER SLOTS", async (t) => {
  const reply = [
    [0, 99, [host("10.0.0.1"), 7000, host("id"), []], [host("10.0.0.2"), 7001, host("id"), []]],
    [100, 16_382, [host(""), 7002, host("id"), []]],
  ];
  const topology = readTopology(reply, "::1");
  t.equal(topology?.owners[99], "10.0.0.1:7000");
  t.equal(
    topology?.owners[100],
    "[::1]:7002",
    "a node that does not know its name is where it was asked",
  );
  t.equal(topology?.owners[16_383], undefined, "nobody's");
  t.same([...(topology?.primaries ?? [])], ["10.0.0.1:7000", "[::1]:7002"]);
  for (const no of [
    undefined,
    [],
    "x",
    [[0, 1]],
    [[0, 99_999, [host("h"), 1]]],
    [[0, 1, [host("h"), 0]]],
  ])
    t.equal(readTopology(no, "h"), undefined);
});

t.test("a node's word on where a command belongs", async (t) => {
  t.same(redirectionOf("MOVED 3999 127.0.0.1:6381", "h"), {
    ...{ kind: "moved", slot: 3_999, address: "127.0.0.1:6381" },
  });
  t.same(redirectionOf("ASK 3999 :6381", "h"), { kind: "asked", slot: 3_999, address: "h:6381" });
  t.equal(redirectionOf("MOVED 1 2001:db8::1:6381", "h")?.address, "[2001:db8::1]:6381");
  t.equal(redirectionOf("TRYAGAIN Multiple keys request", "h")?.kind, "again");
  t.equal(redirectionOf("CLUSTERDOWN Hash slot not served", "h"), undefined);
});
