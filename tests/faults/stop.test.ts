import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import t from "tap";
import { packageRoot } from "../../src/config/package-root.ts";
import { skipWithoutRedisServer, startRedis } from "../services/redis.ts";
import { delay, freePort } from "../services/service-process.ts";
import { eventually, startGuard } from "./guard-process.ts";
import { nativeSwipe, newId } from "./swipes.ts";
import { Till } from "./till.ts";

/** Contract section 1: gone within 10 s of SIGTERM. */
const STOP_WITHIN_MS = 10_000;
const shippedPolicy = () => readFileSync(join(packageRoot(), "deploy/policy/policy.yaml"), "utf8");

t.test("SIGTERM: what is in flight is answered, and the process is gone in time", async (t) => {
  const guard = await startGuard(t.testdir());
  const body = JSON.stringify(nativeSwipe({ id: newId("term", 1), person: "TERM" }));
  const finished = new RawCall(guard.url, body);
  const abandoned = new RawCall(guard.url, body.replace("-1", "-2"));
  await finished.sendHalf();
  await abandoned.sendHalf();
  await delay(100);
  const asked = performance.now();
  guard.signal("SIGTERM");
  await eventually(async () => !(await accepts(guard.url)));
  // Once more, as under npm, which passes on what the terminal has sent already.
  guard.signal("SIGTERM");
  await delay(50);
  finished.sendRest();
  t.match(await finished.answer(), /^HTTP\/1\.1 200 /, "an open request is still answered");
  t.equal(await guard.ended, "exit status 0");
  const took = performance.now() - asked;
  t.ok(
    took < STOP_WITHIN_MS,
    `gone after ${Math.round(took)} ms, with a caller that never finished`,
  );
  await guard.stop();
});

t.test(
  "SIGTERM with a frozen Redis and a Kafka that never answers still ends in time",
  { skip: skipWithoutRedisServer() },
  async (t) => {
    const hole = createServer(() => undefined);
    const port = await freePort();
    await new Promise<void>((resolve) => hole.listen(port, "127.0.0.1", resolve));
    const redis = await startRedis();
    t.teardown(async () => {
      hole.close();
      await redis.stop();
    });
    const guard = await startGuard(t.testdir(), {
      REDIS_URL: redis.url,
      KAFKA_BROKERS: `127.0.0.1:${port}`,
      // A busy disk of the machine must not turn an answer into a 503.
      GUARD_DEADLINE_MS: "1000",
    });
    const till = new Till(guard.url);
    t.teardown(() => till.close());
    const swipe = (number: number) =>
      till.check(nativeSwipe({ id: newId("stuck", number), person: "STUCK" }));
    t.match(await swipe(1), { status: 200, body: { mode: "full" } });
    process.kill(redis.pid, "SIGSTOP");
    const inFlight = [swipe(2), swipe(3), swipe(4)];
    const asked = performance.now();
    await delay(5);
    guard.signal("SIGTERM");
    for (const answer of await Promise.all(inFlight)) {
      t.match(answer, { status: 200, body: { mode: "standIn" } });
    }
    t.equal(await guard.ended, "exit status 0");
    const took = performance.now() - asked;
    t.ok(took < STOP_WITHIN_MS, `gone after ${Math.round(took)} ms`);
    await guard.stop();
  },
);

t.test("SIGHUP swaps in a good policy and refuses a broken one", async (t) => {
  const folder = t.testdir({ "policy.yaml": shippedPolicy() });
  const file = join(folder, "policy.yaml");
  const guard = await startGuard(join(folder, "data"), { GUARD_POLICY: file });
  t.teardown(() => guard.kill());
  const till = new Till(guard.url);
  t.teardown(() => till.close());
  let number = 0;
  const version = async () => {
    number += 1;
    const id = newId("hup", number);
    return (await till.check(nativeSwipe({ id, person: `H${number}` }))).body.policy?.version;
  };
  t.equal(await version(), "2026.11.2");

  writeFileSync(file, shippedPolicy().replace("tokenAgeSeconds > 120.0", "nobody > 120.0"));
  guard.signal("SIGHUP");
  await eventually(() => /The reload was refused.*policy\.yaml:\d+: /.test(guard.said()));
  t.equal(await version(), "2026.11.2", "what was in force stays");

  writeFileSync(file, shippedPolicy().replace("version: 2026.11.2", "version: 2026.11.3"));
  guard.signal("SIGHUP");
  await eventually(async () => (await version()) === "2026.11.3");
  guard.signal("SIGHUP");
  await eventually(() => (guard.said().match(/Policy 2026\.11\.3 decides/g) ?? []).length >= 2);
  t.equal(await version(), "2026.11.3", "and again");
  t.equal(await guard.stop(), "exit status 0");
});

t.test("a body of 2 MB is refused, and the process lives", async (t) => {
  const guard = await startGuard(t.testdir());
  t.teardown(() => guard.kill());
  const till = new Till(guard.url);
  t.teardown(() => till.close());
  const large = await till.post("/v1/swipes", `{"swipeId":"${"x".repeat(2_000_000)}"}`);
  t.equal(large.status, 413);
  const next = await till.check(nativeSwipe({ id: newId("large", 1), person: "LARGE" }));
  t.match(next, { status: 200, body: { mode: "full" } });
});

/** A request written by hand, so that its second half can come late and its connection stays open. */
class RawCall {
  private readonly socket;
  private readonly body: string;
  private text = "";

  constructor(url: string, body: string) {
    const { hostname, port } = new URL(url);
    this.body = body;
    this.socket = connect({ host: hostname, port: Number(port) });
    this.socket.on("data", (bytes) => {
      this.text += bytes.toString();
    });
    this.socket.on("error", () => undefined);
  }

  async sendHalf(): Promise<void> {
    const head = `POST /v1/swipes HTTP/1.1\r\nhost: guard\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(this.body)}\r\n\r\n`;
    await new Promise<void>((resolve) => {
      this.socket.write(head + this.body.slice(0, 40), () => resolve());
    });
  }

  sendRest(): void {
    this.socket.write(this.body.slice(40));
  }

  async answer(): Promise<string> {
    await eventually(() => this.text.includes("\r\n\r\n") || this.socket.destroyed);
    return this.text;
  }
}

function accepts(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
