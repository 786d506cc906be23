import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import type { KafkaProgram } from "./kafka-jars.ts";
import { runToEnd } from "./machine.ts";
import { delay, freePort, type ServiceProcess, startProcess } from "./service-process.ts";

const ATTEMPTS = 5;
const START_LIMIT_MS = 60_000;

/** Brokers of the Kafka shared by all test files, as KAFKA_BROKERS would name them: use topics of your own. */
export function testKafkaBrokers(): string | undefined {
  return process.env["GUARD_TEST_KAFKA_BROKERS"];
}

/** For tap's `skip`: false where the shared Kafka runs, else why it does not. */
export function skipWithoutKafka(): false | string {
  return testKafkaBrokers() === undefined ? "no Kafka: run the tests by `npm test`" : false;
}

/** For tap's `skip`: false where `startKafka` works. */
export function skipWithoutKafkaServer(): false | string {
  return knownProgram() === undefined ? "no Kafka program: run the tests by `npm test`" : false;
}

export interface TestKafka {
  /** `host:port`, as KAFKA_BROKERS would name it. */
  readonly brokers: string;
  readonly pid: number;
  readonly ended: Promise<string>;
  /** Where it keeps its data; given to a later `startKafka` it comes back with what it had. */
  readonly home: KafkaHome;
  stop(): Promise<void>;
  /** Removes the data of a stopped broker. */
  remove(): void;
}

/** A broker's folder and ports. */
export interface KafkaHome {
  readonly folder: string;
  readonly port: number;
  readonly controllerPort: number;
}

export interface KafkaOptions {
  readonly program?: KafkaProgram;
  readonly home?: KafkaHome;
}

/** A broker of the test's own (one KRaft node), which it may stop and bring back. Stop it in `t.teardown`. */
export async function startKafka(options: KafkaOptions = {}): Promise<TestKafka> {
  const program = options.program ?? knownProgram();
  if (program === undefined) throw new Error("no Kafka program: run the tests by `npm test`");
  let said = "";
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const home = options.home ?? (await newKafkaHome(program));
    const log = join(home.folder, "log");
    const service = await startProcess(log, program.java, [
      ...["-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"],
      ...["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp", program.classpath],
      ...["kafka.Kafka", join(home.folder, "server.properties")],
    ]);
    if (await answers(`127.0.0.1:${home.port}`, service)) return running(home, service);
    await service.stop();
    said = readFileSync(log, "utf8").trim().split("\n").slice(0, 3).join(" | ");
    if (options.home === undefined) rmSync(home.folder, { recursive: true, force: true });
  }
  throw new Error(`Kafka does not start: ${said}`);
}

/** A formatted folder and free ports for a broker that `startKafka` will start. */
export async function newKafkaHome(program = knownProgram()): Promise<KafkaHome> {
  if (program === undefined) throw new Error("no Kafka program: run the tests by `npm test`");
  const folder = mkdtempSync(join(tmpdir(), "guard-kafka-"));
  const home = { folder, port: await freePort(), controllerPort: await freePort() };
  const properties = join(folder, "server.properties");
  writeFileSync(properties, kafkaProperties(home.port, home.controllerPort, join(folder, "data")));
  const format = ["format", "-t", kafkaClusterId(), "-c", properties];
  runToEnd(program.java, [
    "-Xmx256m",
    "-cp",
    program.classpath,
    "kafka.tools.StorageTool",
    ...format,
  ]);
  return home;
}

/** 16 random bytes, base64url; Kafka's own ids are made so. */
export function kafkaClusterId(): string {
  // A leading dash would be read as an option.
  return `g${randomBytes(16).toString("base64url").slice(1)}`;
}

/** One node, broker and controller at once, on loopback. Flushing and all else are Kafka's defaults. */
export function kafkaProperties(port: number, controllerPort: number, data: string): string {
  return [
    "process.roles=broker,controller",
    "node.id=1",
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    "controller.listener.names=CONTROLLER",
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name=PLAINTEXT",
    `log.dirs=${data}`,
    "auto.create.topics.enable=false",
    "offsets.topic.replication.factor=1",
    "offsets.topic.num.partitions=1",
    "transaction.state.log.replication.factor=1",
    "transaction.state.log.min.isr=1",
    "group.initial.rebalance.delay.ms=0",
    "",
  ].join("\n");
}

/** True once the broker serves; false when the service ended or the limit passed. */
export async function answers(brokers: string, service?: ServiceProcess): Promise<boolean> {
  let alive = true;
  void service?.ended.then(() => {
    alive = false;
  });
  for (const end = Date.now() + START_LIMIT_MS; alive && Date.now() < end; await delay(200)) {
    if ((await describes(brokers)) && alive) return true;
  }
  return false;
}

async function describes(brokers: string): Promise<boolean> {
  const kafka = new Kafka({
    clientId: "guard-tests",
    brokers: brokers.split(","),
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    retry: { retries: 0 },
  });
  const admin = kafka.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).brokers.length > 0;
  } catch {
    return false;
  } finally {
    await admin.disconnect();
  }
}

function running(home: KafkaHome, service: ServiceProcess): TestKafka {
  return {
    brokers: `127.0.0.1:${home.port}`,
    pid: service.pid,
    ended: service.ended,
    home,
    stop: () => service.stop(),
    remove: () => rmSync(home.folder, { recursive: true, force: true }),
  };
}

function knownProgram(): KafkaProgram | undefined {
  const java = process.env["GUARD_TEST_JAVA"];
  const classpath = process.env["GUARD_TEST_KAFKA_CLASSPATH"];
  return java === undefined || classpath === undefined ? undefined : { java, classpath };
}
