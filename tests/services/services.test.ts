import { spawn } from "node:child_process";
import { once } from "node:events";
import { Kafka, logLevel } from "kafkajs";
import t from "tap";
import { skipWithoutKafkaServer, startKafka } from "./kafka.ts";
import { skipWithoutRedisServer, startRedis } from "./redis.ts";
import { delay } from "./service-process.ts";

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
