import { Command } from "ioredis";
import t from "tap";
import { ScriptCommand } from "../../src/counters/redis/script-command.ts";

const SHA1 = "0123456789012345678901234567890123456789";

t.test("given a script call, then its bytes are those the client would write itself", async (t) => {
  const keys = ["g1:{pAQIDBAUGBwgJCg}l", "g1:{tP21010200123:T01}w", ""];
  for (const plan of [Buffer.from([0, 13, 10, 255, 36]), Buffer.alloc(0), Buffer.alloc(9_000, 7)]) {
    const own = new ScriptCommand(SHA1, keys, plan, "ticket7").toWritable();
    const theirs = new Command("EVALSHA", [SHA1, keys.length, ...keys, plan, "ticket7"]);
    const written = theirs.toWritable({});
    t.equal(own.toString("hex"), Buffer.from(written).toString("hex"));
  }
});

t.test(
  "given a key that is not plain, then the call is refused before anything is sent",
  async (t) => {
    const call = () => new ScriptCommand(SHA1, ["g1:{t药店}w"], Buffer.alloc(4), "ticket7");
    t.throws(call, /GUARD_COUNTERS_KEYS/);
  },
);
