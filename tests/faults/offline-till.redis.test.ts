import { request } from "node:http";
import t, { type Test } from "tap";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { delay } from "../services/service-process.ts";
import { faultRow } from "./fault-row.ts";
import { type Guard, runCli, type Settings, startGuard } from "./guard-process.ts";
import { nativeSwipe, newId, traceCode } from "./swipes.ts";
import { type Answer, Till } from "./till.ts";

const skip = { skip: skipWithoutRedisServer() };
/** Uploads whose answer is lost. */
const ROUNDS = Number(process.env["GUARD_FAULT_ROUNDS"] ?? 8);
const SALES = 12;
const MINUTE_MS = 60_000;
/** Days one of the tests' boxes lasts. */
const FORTNIGHT = 14;
const PATH = "/v1/swipes/batch";

interface OfflineSale {
  readonly id: string;
  readonly person: string;
  readonly lines: readonly string[];
}

/** A sale of half an hour ago that no guard was asked about. */
function offlineSale(round: number, number: number): OfflineSale {
  const id = newId(`off-${round}`, number);
  const person = `off-${round}-${number}`;
  const at = (seconds: number) =>
    new Date(Date.now() - 30 * MINUTE_MS + (number * 60 + seconds) * 1_000).toISOString();
  const code = traceCode(round * 1_000 + 10 * number);
  const body = {
    ...nativeSwipe({ id, person, terminal: `T${person}`, code, quantity: 1 }),
    occurredAt: at(0),
  };
  const lines = [
    { at: at(0), op: "check", swipeId: id, body },
    { at: at(20), op: "settlement", swipeId: id, body: { settlementId: id, visitId: id } },
  ];
  return { id, person, lines: lines.map((line) => JSON.stringify(line)) };
}

/** Sends an upload; hangs up once so many bytes of the answer were read. Whole answers are given back. */
function upload(url: string, body: string, hangUpAfter: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const headers = {
      "content-type": "application/x-ndjson",
      "content-length": Buffer.byteLength(body),
    };
    const sent = request(`${url}${PATH}`, { method: "POST", headers, agent: false }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => {
        text += chunk.toString();
        if (text.length > hangUpAfter) sent.destroy();
      });
      answer.on("error", () => undefined);
      answer.on("end", () => resolve(answer.statusCode === 200 ? text : undefined));
      answer.on("close", () => resolve(undefined));
    });
    sent.on("error", () => resolve(undefined));
    sent.on("close", () => resolve(undefined));
    sent.end(body);
    if (hangUpAfter <= 0) setTimeout(() => sent.destroy(), 5);
  });
}

/** As `deploy/till.md` says: the same upload again, until every line was answered. */
async function untilAnswered(url: string, body: string): Promise<{ text: string; tries: number }> {
  for (let tries = 1; ; tries += 1) {
    const text = await upload(url, body, Number.POSITIVE_INFINITY);
    const wanted = body.trimEnd().split("\n").length;
    const lines =
      text
        ?.trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line)) ?? [];
    const isRefused = lines.some(({ problem }) => problem !== undefined);
    if (text !== undefined && lines.length === wanted && !isRefused) return { text, tries };
    await delay(200);
  }
}

interface Event {
  readonly id: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

async function recorded(guard: Guard): Promise<readonly Event[]> {
  const settings = { GUARD_DATA_DIR: guard.dataDir };
  const { stdout } = await runCli(["events", "--json", "--journal"], settings);
  return stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}

async function loseAnswers(t: Test, settings: Settings, where: string): Promise<void> {
  const guard = await startGuard(t.testdir(), settings);
  t.teardown(() => guard.stop());
  const till = new Till(guard.url);
  t.teardown(() => till.close());
  const sales: OfflineSale[] = [];
  let requests = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const of = Array.from({ length: SALES }, (_, number) => offlineSale(round, number));
    const body = `${of.flatMap(({ lines }) => lines).join("\n")}\n`;
    sales.push(...of);
    // From before its first byte to somewhere in its last lines.
    await upload(guard.url, body, Math.floor((round / ROUNDS) * SALES * 2 * 120));
    const { text, tries } = await untilAnswered(guard.url, body);
    const again = await untilAnswered(guard.url, body);
    requests += 1 + tries + again.tries;
    t.equal(again.text, text, `round ${round}: the same upload is answered the same`);
  }

  const events = await recorded(guard);
  const idsOf = (type: string) =>
    new Set(events.filter((e) => e.type === type).map(({ id }) => id));
  const [entered, settled] = [idsOf("swipe.entered"), idsOf("swipe.settled")];
  const isOnRecord = ({ id }: OfflineSale) =>
    entered.has(`P21010200123:${id}:swipe.entered`) &&
    settled.has(`P21010200123:${id}:swipe.settled`);
  let lost = 0;
  let countedTwice = 0;
  for (const sale of sales) {
    const { body } = await unhurried(() => till.get(`/v1/swipes/${sale.id}`));
    const days = await daysAtHome(till, sale.person);
    requests += 2;
    if (body.state !== "settled" || !isOnRecord(sale) || days < FORTNIGHT - 1) lost += 1;
    if (days > FORTNIGHT + 1) countedTwice += 1;
  }
  t.equal(lost, 0, "every sale is settled and on record");
  t.equal(countedTwice, 0, "and counted once");
  t.equal(entered.size, sales.length);
  t.equal(idsOf("swipe.decided").size, 0, "nobody was told anything before");
  const unchecked = events.filter(
    (e) => e.type === "swipe.settled" && e.data["unchecked"] !== true,
  );
  t.same(unchecked, [], "nobody had been asked, and nobody is accused");
  faultRow({
    fault: `an offline till loses the answer of its upload (${where})`,
    made: "the connection is cut somewhere in the answer, from before its first byte to its last lines; the upload is sent twice more",
    ...{ runs: ROUNDS, requests, lost, countedTwice },
  });
}

/** Days of the medicine the memory counts at home, as OQ-02 tells them: a fortnight a sale. */
async function daysAtHome(till: Till, person: string): Promise<number> {
  for (let tried = 0; ; tried += 1) {
    const id = newId(`probe-${person}`, tried);
    const swipe = nativeSwipe({ id, person, terminal: `T${person}`, quantity: 1 });
    const { body } = await unhurried(() => till.check({ ...swipe, stage: "inquiry" }));
    // On a machine that is held up a stand-in may answer, which knows nothing of anybody.
    if (body.mode !== "full") continue;
    const hits = (body.hits ?? []) as unknown as readonly {
      readonly evidence: Readonly<Record<string, number>>;
    }[];
    return Math.max(0, ...hits.map(({ evidence }) => evidence["onHandDays"] ?? 0));
  }
}

/** A guard that is busy asks to be asked again. */
async function unhurried(ask: () => Promise<Answer>): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (answer.status !== 429 && answer.status !== 503) return answer;
    await delay(200);
  }
}

t.test(
  "given an upload whose answer is lost, sent again it counts every sale once (embedded)",
  (t) => loseAnswers(t, {}, "embedded"),
);

t.test(
  "given an upload whose answer is lost, sent again it counts every sale once (Redis)",
  skip,
  async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    await loseAnswers(t, { REDIS_URL: redis.url }, "Redis");
  },
);
