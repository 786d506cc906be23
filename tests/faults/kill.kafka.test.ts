import t, { type Test } from "tap";
import type { GuardEvent } from "../../src/audit/event.ts";
import { readTopic, type TopicRecord } from "../../src/audit/kafka/source.ts";
import { SILENT } from "../../src/units.ts";
import { skipWithoutKafka, testKafkaBrokers } from "../services/kafka.ts";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { delay, freePort } from "../services/service-process.ts";
import { eventually, type Settings, startGuard } from "./guard-process.ts";
import { nativeSwipe, newId, traceCode } from "./swipes.ts";
import { type Answer, type AnswerBody, Till } from "./till.ts";

const ROUNDS = 3;
const PERSONS = 12;
/** Of load before each kill. */
const ROUND_MS = 1_500;
/** Looks at the topic until everything owed is there. */
const LOOKS_MAX = 15;
const brokers = testKafkaBrokers() ?? "";
/** What is lost or kept must not hang on how fast this machine is: nobody here is answered without the store. */
const PATIENT: Settings = { GUARD_DEADLINE_MS: "5000" };

interface Answered {
  readonly swipe: Readonly<Record<string, unknown>>;
  readonly body: AnswerBody;
}

/** One person at a counter: a swipe at a time, the unanswered one again first, as tills do. */
class Customer {
  readonly answered: Answered[] = [];
  readonly settled: string[] = [];
  private readonly name: string;
  private readonly first: number;
  private next = 0;
  private open: Readonly<Record<string, unknown>> | undefined;

  constructor(name: string, index: number) {
    this.name = `${name}-${index}`;
    this.first = index * 1_000 + (name === "redis" ? 500_000 : 600_000);
  }

  /** Shops until the guard is gone. */
  async shop(till: Till): Promise<void> {
    try {
      for (;;) await this.buy(till);
    } catch {
      // The guard was killed; whatever was open is asked again at the next one.
    }
  }

  private async buy(till: Till): Promise<void> {
    this.open ??= this.newSwipe();
    const swipe = this.open;
    const answer = await till.check(swipe);
    if (answer.status !== 200) throw new Error(`answered ${answer.status}: ${answer.text}`);
    this.answered.push({ swipe, body: answer.body });
    this.open = undefined;
    if (this.next % 3 !== 0) return;
    const settlement = { settlementId: `SET-${this.next}`, visitId: `VISIT-${this.next}` };
    const done = await till.post(`/v1/swipes/${swipe["swipeId"]}/settlement`, settlement);
    if (done.status === 200) this.settled.push(String(swipe["swipeId"]));
  }

  private newSwipe(): Readonly<Record<string, unknown>> {
    this.next += 1;
    const before = this.answered.at(-1);
    // Now and then a second step of the sale before.
    const names = this.next % 5 === 0 && before ? { supersedes: before.swipe["swipeId"] } : {};
    return nativeSwipe({
      id: newId(this.name, this.next),
      person: this.name,
      terminal: this.name,
      code: traceCode(this.first + this.next),
      more: names,
    });
  }
}

async function inKafka(ids: ReadonlySet<string>): Promise<TopicRecord[]> {
  let found: TopicRecord[] = [];
  for (let look = 0; look < LOOKS_MAX; look++) {
    found = [];
    const topic = "guard.swipes.v1" as const;
    const connection = { brokers: brokers.split(",") };
    for await (const record of readTopic({ connection, observer: SILENT, topic })) {
      if (ids.has(String(record.event.subject))) found.push(record);
    }
    const decided = new Set(found.filter(isDecided).map(({ event }) => event.subject));
    if (decided.size === ids.size) return found;
    await delay(500);
  }
  return found;
}

const isDecided = ({ event }: { readonly event: GuardEvent }) => event.type === "swipe.decided";
const told = (body: AnswerBody) => [
  body.decision,
  body.mode,
  body.hits,
  body.decidedAt,
  body.policy,
];

function seqOf(event: GuardEvent): number {
  return (event.data as { readonly personSeq: number }).personSeq;
}

function modeOf(event: GuardEvent): string | undefined {
  return (event.data as { readonly mode?: string }).mode;
}

/** First deliveries of each event, by person and instance, in the topic's order. */
function byPerson(records: readonly TopicRecord[]): GuardEvent[][] {
  const seen = new Set<string>();
  const lanes = new Map<string, GuardEvent[]>();
  for (const { key, event } of records) {
    if (seen.has(event.id)) continue;
    seen.add(event.id);
    const lane = `${key} ${event.source}`;
    lanes.set(lane, [...(lanes.get(lane) ?? []), event]);
  }
  return [...lanes.values()];
}

function theRecordIsWhole(t: Test, answered: readonly Answered[], records: readonly TopicRecord[]) {
  const decided = records.filter(isDecided);
  const byId = new Map<string, GuardEvent[]>();
  for (const { event } of decided) {
    byId.set(String(event.subject), [...(byId.get(String(event.subject)) ?? []), event]);
  }
  const lost = answered.filter(({ body }) => !byId.has(String(body.swipeId)));
  t.same(
    lost.map(({ body }) => body.swipeId),
    [],
    "every answered check is in Kafka",
  );
  let repeats = 0;
  const other: unknown[] = [];
  const wrong: unknown[] = [];
  for (const { body } of answered) {
    const events = byId.get(String(body.swipeId)) ?? [];
    repeats += events.length - 1;
    const data = events[0]?.data as { decision?: string; decidedAt?: string } | undefined;
    if (data?.decision !== body.decision || data?.decidedAt !== body.decidedAt) {
      wrong.push({ recorded: [data?.decision, data?.decidedAt], answered: body });
    }
    for (const again of events.slice(1)) {
      if (JSON.stringify(again) !== JSON.stringify(events[0])) other.push([events[0], again]);
    }
  }
  t.same(wrong.slice(0, 2), [], "the record is of the answer given");
  t.same(other.slice(0, 1), [], "what is delivered again is the same event to the letter");
  const disorder = byPerson(records).flatMap((lane) =>
    lane.slice(1).filter((event, index) => seqOf(event) <= seqOf(lane[index] ?? event)),
  );
  const described = disorder.map((event) => [event.id, seqOf(event), modeOf(event)]);
  t.same(described, [], "a person's events are in order of personSeq");
  t.comment(`${answered.length} answered, ${records.length} events, ${repeats} delivered again`);
}

/** One after the other: tills repeat single checks, and a burst would be turned away. */
async function answeredAlike(t: Test, till: Till, before: readonly Answered[], what: string) {
  const again: Answer[] = [];
  for (const { swipe } of before) again.push(await till.check(swipe));
  const differ = before.filter(
    ({ body }, index) =>
      JSON.stringify(told(body)) !== JSON.stringify(told(again[index]?.body ?? {})),
  );
  t.same(
    differ.map(({ body }) => body.swipeId),
    [],
    `${before.length} ${what} are answered alike`,
  );
}

async function killedAgainAndAgain(t: Test, name: string, settings: Settings): Promise<void> {
  const folder = t.testdir();
  const customers = Array.from({ length: PERSONS }, (_, index) => new Customer(name, index));
  const answered = () => customers.flatMap((customer) => customer.answered);
  for (let round = 0; round < ROUNDS; round++) {
    const guard = await startGuard(folder, { ...settings, KAFKA_BROKERS: brokers });
    const till = new Till(guard.url);
    const before = answered().filter((_, index) => index % 9 === round);
    const shopping = customers.map((customer) => customer.shop(till));
    const until = delay(ROUND_MS);
    await answeredAlike(t, till, before, "answered before the kill");
    await until;
    await guard.kill();
    await Promise.all(shopping);
    till.close();
  }
  const last = await startGuard(folder, { ...settings, KAFKA_BROKERS: brokers });
  const till = new Till(last.url);
  const all = answered();
  const lastOnes = customers.flatMap((customer) => customer.answered.slice(-8));
  await answeredAlike(t, till, lastOnes, "answered last before the last kill");
  till.close();
  const records = await inKafka(new Set(all.map(({ body }) => String(body.swipeId))));
  theRecordIsWhole(t, all, records);
  const settled = new Set(
    records.filter(({ event }) => event.type === "swipe.settled").map(({ event }) => event.subject),
  );
  const missing = customers
    .flatMap((customer) => customer.settled)
    .filter((id) => !settled.has(id));
  t.same(missing, [], "every answered settlement is in Kafka");
  t.equal(await last.stop(), "exit status 0");
}

t.test("killed under load, embedded: nothing answered is lost", { skip: skipWithoutKafka() }, (t) =>
  killedAgainAndAgain(t, "embedded", PATIENT),
);

t.test(
  "killed under load, on Redis: nothing answered is lost",
  { skip: skipWithoutKafka() || skipWithoutRedisServer() },
  async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    await killedAgainAndAgain(t, "redis", { ...PATIENT, REDIS_URL: redis.url });
  },
);

t.test(
  "Kafka away the whole run, then back: nothing is lost",
  { skip: skipWithoutKafka() },
  async (t) => {
    const folder = t.testdir();
    const away = await startGuard(folder, { KAFKA_BROKERS: `127.0.0.1:${await freePort()}` });
    const till = new Till(away.url);
    const answered: Answered[] = [];
    for (let number = 0; number < 60; number++) {
      const swipe = nativeSwipe({
        id: newId("away", number),
        person: `AWAY-${number % 6}`,
        code: traceCode(700_000 + number),
      });
      const { status, body } = await till.check(swipe);
      t.equal(status, 200);
      answered.push({ swipe, body });
    }
    await eventually(async () => {
      const ready = await till.get("/readyz");
      t.equal(ready.status, 200, "a dead Kafka is no reason to be taken out");
      return ready.body.degraded?.some(({ name }) => name === "kafka") === true;
    });
    till.close();
    t.equal(await away.stop(), "exit status 0");

    const back = await startGuard(folder, { KAFKA_BROKERS: brokers });
    t.teardown(() => back.kill());
    const records = await inKafka(new Set(answered.map(({ body }) => String(body.swipeId))));
    theRecordIsWhole(t, answered, records);
  },
);
