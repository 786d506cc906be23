import { once } from "node:events";
import { connect, createServer } from "node:net";
import t from "tap";
import { withSlowRedis } from "../../../load/subjects/slow-redis.ts";
import { startListening, startProcess } from "../../../load/subjects/started-process.ts";
import type { Subject } from "../../../load/subjects/subject.ts";

const NODE = process.execPath;
const AROUND = { scratch: "", reference: "", policyFile: "" };

t.test("a process that says where it listens is there, and is gone after its stop", async (t) => {
  const script = `console.log("hello\\nlistening http://127.0.0.1:1"); setInterval(() => {}, 1e6)`;
  const started = await startListening(NODE, ["-e", script], {});
  t.equal(started.url, "http://127.0.0.1:1");
  await started.stop();
  t.equal(await started.ended, "SIGTERM");
  t.throws(() => process.kill(started.pid, 0), { code: "ESRCH" });
  await started.stop();
});

t.test("one that ends instead of listening tells why", async (t) => {
  const script = `console.error("no such policy"); process.exit(78)`;
  await t.rejects(startListening(NODE, ["-e", script], {}), /exit status 78.*no such policy/s);
});

t.test("nothing of the caller's environment reaches it but PATH", async (t) => {
  process.env["BENCH_TELLTALE"] = "told";
  t.teardown(() => delete process.env["BENCH_TELLTALE"]);
  const script = `console.log(Object.keys(process.env).sort().join())`;
  const started = await startProcess(NODE, ["-e", script], { GUARD_POLICY: "x" });
  await started.ended;
  // The test runner adds variables of its own to whatever is started.
  const names = started.said().trim().split(",");
  t.strictSame(
    names.filter((name) => !/^(?:_TAPJS|NODE_OPTIONS)/.test(name)),
    ["GUARD_POLICY", "PATH"],
  );
});

t.test("a program that is not there is an error, not a wait", async (t) => {
  await t.rejects(startProcess("/no/such/program", []), { code: "ENOENT" });
});

t.test(
  "Redis is slow only from when the subject is warm, and then every reply is late",
  async (t) => {
    const redis = createServer((socket) => socket.on("data", (asked) => socket.write(asked)));
    redis.listen(0, "127.0.0.1");
    await once(redis, "listening");
    t.teardown(() => redis.close());
    const address = redis.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    let url = "";
    const subject: Subject = {
      name: "asks",
      start: async (around) => {
        url = around.redisUrl;
        return { url: "", pids: [], metrics: async () => undefined, stop: async () => undefined };
      },
    };
    const slow = withSlowRedis("slow", subject, 30);
    const running = await slow.start({ ...AROUND, redisUrl: `redis://127.0.0.1:${port}` });
    const socket = connect({ host: "127.0.0.1", port: Number(new URL(url).port) });
    const exchange = async () => {
      const asked = performance.now();
      socket.write("PING\r\n");
      const [reply] = await once(socket, "data");
      t.equal(String(reply), "PING\r\n", "nothing is changed");
      return performance.now() - asked;
    };
    await exchange();
    await running.befall?.();
    // Timers count whole milliseconds, and may be one early.
    t.ok((await exchange()) >= 29);
    await running.stop();
    t.equal(slow.name, "slow");
  },
);

t.test("where the subject does not start, the door before Redis is closed", async (t) => {
  const fails: Subject = { name: "fails", start: () => Promise.reject(new Error("no")) };
  const around = { ...AROUND, redisUrl: "redis://127.0.0.1:1" };
  await t.rejects(withSlowRedis("slow", fails, 5).start(around), /no/);
});
