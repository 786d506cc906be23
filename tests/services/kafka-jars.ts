import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram, installPackages, runToEnd } from "./machine.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const pom = join(root, "tests/services/kafka/pom.xml");

/** How to run a broker: the machine's Java and where Kafka's jars are. */
export interface KafkaProgram {
  readonly java: string;
  readonly classpath: string;
}

/** A Kafka installed on the machine, else the one the pom names, fetched once. */
export function findKafka(): KafkaProgram {
  const libraries = installedLibraries();
  return { java: findJava(), classpath: `${libraries ?? fetchedLibraries()}/*` };
}

export function kafkaVersion(): string {
  const version = /<kafka\.version>([^<]+)</.exec(readFileSync(pom, "utf8"))?.[1];
  if (version === undefined) throw new Error("tests/services/kafka/pom.xml names no kafka.version");
  return version;
}

function findJava(): string {
  const home = process.env["JAVA_HOME"];
  const atHome = home === undefined ? undefined : join(home, "bin/java");
  if (atHome !== undefined && existsSync(atHome)) return atHome;
  const java = findProgram("java");
  if (java !== undefined) return java;
  installPackages(["default-jre-headless"]);
  return requireProgram("java");
}

function installedLibraries(): string | undefined {
  const script = findProgram("kafka-server-start.sh");
  const homes = [
    process.env["KAFKA_HOME"],
    script === undefined ? undefined : dirname(dirname(realpathSync(script))),
    "/opt/kafka",
  ];
  for (const home of homes) {
    if (home !== undefined && existsSync(join(home, "libs"))) return join(home, "libs");
  }
  return undefined;
}

function fetchedLibraries(): string {
  const cache = join(root, ".cache/kafka");
  const jars = join(cache, kafkaVersion());
  if (existsSync(jars)) return jars;
  if (findProgram("mvn") === undefined) installPackages(["maven"]);
  mkdirSync(cache, { recursive: true });
  const fresh = mkdtempSync(join(cache, "fetching-"));
  const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
  runToEnd(requireProgram("mvn"), ["-B", "-q", "-f", pom, goal, `-DoutputDirectory=${fresh}`]);
  // The name appears only when everything is there, so an interrupted fetch is not taken for a whole one.
  renameSync(fresh, jars);
  return jars;
}

function requireProgram(name: string): string {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`${name} cannot be found`);
  return path;
}
