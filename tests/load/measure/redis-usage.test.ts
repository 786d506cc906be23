import t from "tap";
import { portsOf } from "../../../load/measure/ask-redis.ts";
import { parseRedisUsage, parseSenders, sentBetween } from "../../../load/measure/redis-usage.ts";

const info = (calls: Readonly<Record<string, readonly [calls: number, us: number]>>) =>
  [
    "process_id:4711",
    "# CPU",
    "used_cpu_sys:1.500000",
    "used_cpu_user:2.250000",
    "used_cpu_sys_children:9.000000",
    "# Stats",
    "total_net_input_bytes:1000",
    "total_net_output_bytes:200",
    "total_net_repl_input_bytes:77",
    "# Commandstats",
    ...Object.entries(calls).map(
      ([name, [count, us]]) =>
        `cmdstat_${name}:calls=${count},usec=${us},usec_per_call=1.00,rejected_calls=0,failed_calls=0`,
    ),
    "",
  ].join("\r\n");

const MONITOR = [
  "OK",
  '1763791000.123456 [0 127.0.0.1:5000] "EVALSHA" "ab" "1" "{p1}l" "\\x00\\"] \\"get\\""',
  '1763791000.123460 [0 lua] "GET" "{p1}l"',
  '1763791000.123461 [0 lua] "set" "{p1}l" "x"',
  '1763791000.123470 [0 127.0.0.1:5000] "get" "control"',
  '1763791000.123480 [0 127.0.0.1:5000] "config" "get" "maxmemory-policy"',
]
  .map((line) => `+${line}\r\n`)
  .join("");

t.test("CPU and bytes are the server's own", async (t) => {
  const usage = parseRedisUsage(info({ evalsha: [10, 900] }));
  t.same(usage.pids, [4_711]);
  t.equal(usage.cpuUs, 3_750_000);
  t.equal(usage.bytesIn, 1_000);
  t.equal(usage.bytesOut, 200);
  t.same(usage.commands.get("evalsha"), { calls: 10, us: 900 });
});

t.test("MONITOR tells clients' commands from scripts'", async (t) => {
  const senders = parseSenders(MONITOR);
  t.same(Object.fromEntries(senders), {
    evalsha: { client: 1, script: 0 },
    get: { client: 1, script: 1 },
    set: { client: 0, script: 1 },
    config: { client: 1, script: 0 },
  });
});

t.test(
  "only what clients sent counts as a command, and this bench's own words do not",
  async (t) => {
    const before = parseRedisUsage(info({ evalsha: [10, 900], get: [40, 40] }));
    const after = parseRedisUsage(
      info({
        evalsha: [30, 2_900],
        get: [60, 60],
        set: [500, 500],
        "config|get": [1, 5],
        incr: [2, 3],
        info: [9, 999],
        ping: [4, 4],
      }),
    );
    const sent = sentBetween(before, after, parseSenders(MONITOR));
    // 20 of evalsha, half of 20 gets, no set of a script, config, and incr, which nobody saw a script send.
    t.equal(sent.calls, 20 + 10 + 0 + 1 + 2);
    t.equal(sent.us, 2_000 + 10 + 0 + 5 + 3);
  },
);

t.test("an address names its ports, a Cluster's all of them", async (t) => {
  t.same(portsOf("redis://127.0.0.1:6379"), [6_379]);
  t.same(portsOf("redis://127.0.0.1:6379/2"), [6_379]);
  t.same(portsOf("redis+cluster://127.0.0.1:7000,127.0.0.1:7001"), [7_000, 7_001]);
});
