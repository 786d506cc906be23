import t, { type Test } from "tap";
import {
  newKafkaHome,
  skipWithoutKafka,
  skipWithoutKafkaServer,
  startKafka,
  testKafkaBrokers,
} from "../services/kafka.ts";
import { delay, freePort } from "../services/service-process.ts";
import { auditUntilWhole, eventsInKafka, type Findings, whole } from "./auditor.ts";
import { type Customer, customers } from "./customer.ts";
import { faultRow } from "./fault-row.ts";
import { eventually, type Guard, type Settings, startGuard } from "./guard-process.ts";
import { metric, Till } from "./till.ts";

const PERSONS = 6;
const PAUSE_MS = 20;
/** A fifth of it, from where the guard is unready, takes the customers a second to fill: long enough to be seen. */
const JOURNAL_MAX = 8_000_000;
/** What is lost or kept must not hang on how fast this machine is. */
const PATIENT: Settings = { GUARD_DEADLINE_MS: "5000" };

const callsOf = (all: readonly Customer[]) => all.flatMap((customer) => customer.calls());

interface Shop {
  readonly guard: Guard;
  readonly till: Till;
  readonly all: readonly Customer[];
  /** No new wishes; what is open is asked until it is answered. */
  finish(): Promise<void>;
  /** The till is gone with its guard. */
  leave(): Promise<void>;
}

/** A guard with customers at its counter. */
async function openShop(
  folder: string,
  settings: Settings,
  all: readonly Customer[],
): Promise<Shop> {
  const guard = await startGuard(folder, { ...PATIENT, ...settings });
  const till = new Till(guard.url);
  let isOver = false;
  const working = all.map((customer) => customer.shop(till, () => isOver));
  const leave = async () => {
    isOver = true;
    await Promise.all(working);
    till.close();
  };
  const finish = async () => {
    isOver = true;
    await Promise.all(working);
    for (const customer of all) await customer.finish(till);
  };
  return { guard, till, all, finish, leave };
}

async function theRecordIsWhole(
  t: Test,
  brokers: string,
  all: readonly Customer[],
  fault: { readonly name: string; readonly made: string; readonly crashes: number },
): Promise<Findings> {
  const calls = callsOf(all);
  const found = await auditUntilWhole(calls, () => eventsInKafka(brokers, calls), fault.crashes);
  whole(t, found, fault.name);
  faultRow({
    ...{ fault: fault.name, made: fault.made, runs: 1 },
    requests: all.reduce((sum, { asked }) => sum + asked, 0),
    lost: found.lost.length + found.stillWaiting.length,
    countedTwice: found.quantities.length + found.differing.length,
  });
  return found;
}

t.test(
  "Kafka away the whole run, then back: first told, then unready, then refused; nothing is lost",
  { skip: skipWithoutKafka() },
  async (t) => {
    const brokers = testKafkaBrokers() ?? "";
    const folder = t.testdir();
    const all = customers("away", PERSONS, 7_000_000, PAUSE_MS);
    const nowhere = { KAFKA_BROKERS: `127.0.0.1:${await freePort()}` };
    const away = await openShop(
      folder,
      { ...nowhere, GUARD_JOURNAL_MAX: String(JOURNAL_MAX) },
      all,
    );
    const { till } = away;
    await eventually(async () => {
      const ready = await till.get("/readyz");
      const isTold = ready.body.degraded?.some(({ name }) => name === "kafka") === true;
      return ready.status === 200 && isTold;
    });
    await eventually(async () => (await till.get("/readyz")).status === 503);
    const answered = callsOf(all).length;
    t.ok(
      (await metric(till, "guard_journal_held_bytes")) < JOURNAL_MAX,
      "unready before the limit",
    );
    await eventually(() => callsOf(all).length > answered + PERSONS);
    // Looked at every second: the journal may be full before the second look.
    await eventually(async () => (await metric(till, "guard_relay_lag_seconds")) > 0);
    await eventually(async () => {
      const refused = 'guard_journal_failures_total{reason="full"}';
      return (await metric(till, refused)) > 0;
    });
    await away.guard.kill();
    await away.leave();

    const back = await openShop(folder, { KAFKA_BROKERS: brokers }, all);
    t.teardown(() => back.guard.kill());
    await back.finish();
    await theRecordIsWhole(t, brokers, all, {
      name: "Kafka away the whole run, then back",
      crashes: 1,
      made: "KAFKA_BROKERS at a closed port until the journal is full, then at a broker",
    });
    back.till.close();
  },
);

t.test(
  "a broker killed in the middle of batches, and back: nothing is lost",
  { skip: skipWithoutKafkaServer() },
  async (t) => {
    const home = await newKafkaHome();
    let kafka = await startKafka({ home });
    const all = customers("broker", PERSONS, 8_000_000, PAUSE_MS);
    const shop = await openShop(t.testdir(), { KAFKA_BROKERS: kafka.brokers }, all);
    await eventually(async () => (await metric(shop.till, "guard_relay_sent_total")) > 50);
    process.kill(kafka.pid, "SIGKILL");
    await kafka.ended;
    await kafka.stop();
    const answered = callsOf(all).length;
    await eventually(() => callsOf(all).length > answered + 10 * PERSONS);
    kafka = await startKafka({ home });
    await shop.finish();
    await theRecordIsWhole(t, kafka.brokers, all, {
      name: "Kafka's broker killed under load, and back",
      crashes: 0,
      made: "kill -9 of the one broker, start on the same folder",
    });
    shop.till.close();
    t.equal(await shop.guard.stop(), "exit status 0");
    await kafka.stop();
    kafka.remove();
  },
);

t.test(
  "a guard killed between sending and the acknowledgement tells again what it told, and no more",
  { skip: skipWithoutKafkaServer() },
  async (t) => {
    const kafka = await startKafka();
    const settings = { KAFKA_BROKERS: kafka.brokers };
    const folder = t.testdir();
    const all = customers("between", PERSONS, 9_000_000, PAUSE_MS);
    const first = await openShop(folder, settings, all);
    await eventually(async () => (await metric(first.till, "guard_relay_sent_total")) > 50);
    // A broker that stands still has the batch in its socket and has acknowledged nothing.
    process.kill(kafka.pid, "SIGSTOP");
    const answered = callsOf(all).length;
    await eventually(() => callsOf(all).length > answered + 5 * PERSONS);
    await delay(200);
    await first.guard.kill();
    await first.leave();
    process.kill(kafka.pid, "SIGCONT");

    const again = await openShop(folder, settings, all);
    await again.finish();
    const found = await theRecordIsWhole(t, kafka.brokers, all, {
      name: "guard killed between send and acknowledgement",
      crashes: 1,
      made: "SIGSTOP of the broker with a batch in its socket, kill -9 of the guard, SIGCONT",
    });
    t.ok(found.repeats > 0, `${found.repeats} events came twice, under their own ids`);
    again.till.close();
    t.equal(await again.guard.stop(), "exit status 0");
    await kafka.stop();
    kafka.remove();
  },
);
