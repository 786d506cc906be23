import { spawn } from "node:child_process";
import { once } from "node:events";
import { Kafka, logLevel } from "kafkajs";
import t from "tap";
import { skipWithoutKafkaServer, startKafka } from "./kafka.ts";
import { skipWithoutRedisServer, startRedis } from "./redis.ts";
import { delay } from "./service-process.ts";
import { failedFiles, meetsTheMachine, totalsOf } from "./tap-results.ts";

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

t.test(
  "a Redis of a test's own can be killed and comes back on its port",
  { skip: skipWithoutRedisServer() },
  async (t) => {
    const first = await startRedis();
    process.kill(first.pid, "SIGKILL");
    t.equal(await first.ended, "SIGKILL");
    await first.stop();
    const second = await startRedis({ port: first.port });
    t.equal(second.url, first.url);
    t.ok(lives(second.pid));
    await second.stop();
    t.notOk(lives(second.pid), "stopped means gone");
  },
);

t.test(
  "a service ends with whoever started it, even by SIGKILL",
  { skip: skipWithoutRedisServer() },
  async (t) => {
    const module = new URL("./redis.js", import.meta.url).href;
    const script = `import { startRedis } from "${module}"; process.stdout.write(String((await startRedis()).pid));`;
    const owner = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = await once(owner.stdout, "data");
    const pid = Number(said);
    t.ok(lives(pid));
    owner.kill("SIGKILL");
    await once(owner, "exit");
    while (lives(pid)) await delay(20);
    t.notOk(lives(pid));
  },
);

t.test(
  "a Kafka of a test's own comes back with what it had",
  { skip: skipWithoutKafkaServer() },
  async (t) => {
    const first = await startKafka();
    const kafka = new Kafka({ brokers: [first.brokers], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: "kept", numPartitions: 1 }] });
    await admin.disconnect();
    await first.stop();
    t.notOk(lives(first.pid), "stopped means gone");

    const second = await startKafka({ home: first.home });
    const again = kafka.admin();
    await again.connect();
    t.ok((await again.listTopics()).includes("kept"));
    await again.disconnect();
    await second.stop();
    second.remove();
  },
);

const RUN = `TAP version 14
# Subtest: build/tests/faults/race.redis.test.js
    # Subtest: given a crowd
        ok 1 - all are answered
        not ok 2 - one of them wins
          ---
          diff: |
            -1
            +2
          ...
        1..2
    not ok 1 - given a crowd # time=12.3ms
      ---
      at:
        fileName: race.redis.test.ts
      ...
    1..1
not ok 1 - build/tests/faults/race.redis.test.js # time=20.1ms
  ---
  exitCode: 1
  ...
# Subtest: build/tests/rules/judge.test.js
    ok 1 - rules
    1..1
ok 2 - build/tests/rules/judge.test.js # time=2.3ms
# { total: 3, pass: 2, fail: 1 }
`;

t.test("a run's report names each file that failed and the assertion in it", async (t) => {
  t.strictSame(totalsOf(RUN), { passed: 2, failed: 1, skipped: 0 });
  const [file, ...others] = failedFiles(RUN);
  t.strictSame(others, []);
  t.equal(file?.file, "build/tests/faults/race.redis.test.js");
  t.equal(file?.said[0], "not ok 2 - one of them wins");
  t.notOk(file?.said.some((line) => line.includes("given a crowd")));
});

t.test("only what meets real services and clocks may be run again", async (t) => {
  const again = [
    "build/tests/faults/stop.test.js",
    "build/tests/counters/redis-store.redis.test.js",
  ];
  t.ok(again.every(meetsTheMachine));
  const never = ["build/tests/rules/judge.test.js", "build/tests/simulated/world.test.js"];
  t.notOk(never.some(meetsTheMachine));
});
