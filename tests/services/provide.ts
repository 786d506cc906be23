/** Brings up what the tests need, by the first way that works on this machine. */
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { answers, kafkaClusterId, kafkaProperties, startKafka } from "./kafka.ts";
import { findKafka, kafkaVersion } from "./kafka-jars.ts";
import { findDocker, findProgram, installPackages } from "./machine.ts";
import { redisAnswers, startRedis } from "./redis.ts";
import { freePort, startProcess } from "./service-process.ts";

export interface Provided {
  /** Set for the tests. */
  readonly env: Readonly<Record<string, string>>;
  /** Where it comes from, for the reader of the run. */
  readonly from: string;
  stop(): Promise<void>;
}

export type Provision =
  | { readonly name: string; readonly provided: Provided }
  | { readonly name: string; readonly unavailable: string };

export async function provideRedis(): Promise<Provision> {
  return await firstThatWorks("Redis", [ownRedis, dockerRedis]);
}

export async function provideKafka(): Promise<Provision> {
  return await firstThatWorks("Kafka", [ownKafka, dockerKafka]);
}

async function firstThatWorks(
  name: string,
  ways: readonly (() => Promise<Provided>)[],
): Promise<Provision> {
  const reasons: string[] = [];
  for (const way of ways) {
    try {
      return { name, provided: await way() };
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { name, unavailable: reasons.join("; ") };
}

const nothing = async (): Promise<void> => undefined;

async function ownRedis(): Promise<Provided> {
  const given = process.env["REDIS_URL"];
  const program = redisProgram(given === undefined);
  // Tests that kill their Redis start one of their own by this program.
  const server = program === undefined ? {} : { GUARD_TEST_REDIS_SERVER: program };
  if (given !== undefined) {
    return { env: { GUARD_TEST_REDIS_URL: given, ...server }, from: "REDIS_URL", stop: nothing };
  }
  const redis = await startRedis(program === undefined ? {} : { program });
  return {
    env: { GUARD_TEST_REDIS_URL: redis.url, ...server },
    from: `${program ?? "redis-server"}, port ${redis.port}`,
    stop: () => redis.stop(),
  };
}

function redisProgram(needed: boolean): string | undefined {
  const found = findProgram("redis-server") ?? findProgram("valkey-server");
  if (found !== undefined) return found;
  try {
    installPackages(["redis-server"]);
  } catch (error) {
    if (needed) throw error;
  }
  return findProgram("redis-server");
}

async function ownKafka(): Promise<Provided> {
  const given = process.env["KAFKA_BROKERS"];
  if (given === undefined) return await startedKafka();
  if (!(await answers(given))) throw new Error("KAFKA_BROKERS is set, but nothing answers there");
  return {
    env: { GUARD_TEST_KAFKA_BROKERS: given, ...kafkaProgramEnv() },
    from: "KAFKA_BROKERS",
    stop: nothing,
  };
}

async function startedKafka(): Promise<Provided> {
  const program = findKafka();
  const kafka = await startKafka({ program });
  return {
    env: {
      GUARD_TEST_KAFKA_BROKERS: kafka.brokers,
      GUARD_TEST_JAVA: program.java,
      GUARD_TEST_KAFKA_CLASSPATH: program.classpath,
    },
    from: `${program.classpath}, ${kafka.brokers}`,
    stop: async () => {
      await kafka.stop();
      kafka.remove();
    },
  };
}

/** With brokers given, a program to start private ones is welcome but not owed. */
function kafkaProgramEnv(): Record<string, string> {
  try {
    const program = findKafka();
    return { GUARD_TEST_JAVA: program.java, GUARD_TEST_KAFKA_CLASSPATH: program.classpath };
  } catch {
    return {};
  }
}

async function dockerRedis(): Promise<Provided> {
  const docker = requireDocker();
  const folder = mkdtempSync(join(tmpdir(), "guard-redis-"));
  const port = await freePort();
  const service = await startProcess(join(folder, "log"), docker, [
    ...["run", "--rm", "--network", "host", "redis:7", "redis-server", "--port", String(port)],
    ...[
      "--bind",
      "127.0.0.1",
      "--save",
      "",
      "--appendonly",
      "no",
      "--maxmemory-policy",
      "noeviction",
    ],
  ]);
  const stop = async (): Promise<void> => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  if (!(await redisAnswers(port, service))) {
    await stop();
    throw new Error("Redis in Docker does not start");
  }
  return { env: { GUARD_TEST_REDIS_URL: `redis://127.0.0.1:${port}` }, from: "Docker", stop };
}

async function dockerKafka(): Promise<Provided> {
  const docker = requireDocker();
  const folder = mkdtempSync(join(tmpdir(), "guard-kafka-"));
  const port = await freePort();
  writeFileSync(
    join(folder, "server.properties"),
    kafkaProperties(port, await freePort(), "/tmp/kafka"),
    { mode: 0o644 },
  );
  const bin = "/opt/kafka/bin";
  const format = `${bin}/kafka-storage.sh format -t ${kafkaClusterId()} -c /guard/server.properties`;
  const start = `exec ${bin}/kafka-server-start.sh /guard/server.properties`;
  const name = `guard-kafka-${randomBytes(4).toString("hex")}`;
  const service = await startProcess(join(folder, "log"), docker, [
    ...["run", "--rm", "--name", name, "--network", "host", "-v", `${folder}:/guard:ro`],
    ...["--entrypoint", "sh", `apache/kafka:${kafkaVersion()}`, "-c", `${format} && ${start}`],
  ]);
  const brokers = `127.0.0.1:${port}`;
  if (!(await answers(brokers, service))) {
    await service.stop();
    throw new Error("Kafka in Docker does not start");
  }
  const stop = async (): Promise<void> => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { env: { GUARD_TEST_KAFKA_BROKERS: brokers }, from: "Docker", stop };
}

function requireDocker(): string {
  const docker = findDocker();
  if (docker === undefined) throw new Error("no Docker daemon answers");
  return docker;
}
