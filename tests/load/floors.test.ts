import t from "tap";
import { CallListener } from "../../load/floors/calibrate.ts";
import { ALLOWED, createDoor, type Work } from "../../load/floors/door.ts";
import { DEFAULT_SHAPE, readShape } from "../../load/floors/memory-shape.ts";
import { bytesOf, readMonitorLine } from "../../load/floors/monitor-lines.ts";
import { namesOf, namesOfStep } from "../../load/floors/swipe-names.ts";
import { shipped } from "../../src/config/settings.ts";
import {
  changeScript,
  observeScript,
  readScript,
  sealScript,
} from "../../src/counters/redis/scripts.generated.ts";
import { readExamples } from "../../src/http/examples.ts";
import { NhsaAnswer } from "../../src/http/nhsa-answer.ts";
import { DecisionAnswer, SwipeState } from "../../src/swipe/answer.ts";
import { parseCheck } from "../../src/swipe/check-body.ts";
import { createCustomers } from "./customers.ts";

const examples = readExamples(shipped().examplesDir);

/** A door before work that does nothing but note what it is told. */
function open(work: Partial<Work> = {}) {
  const told: string[] = [];
  const app = createDoor({
    check: async ({ swipeId }) => {
      told.push(`check ${swipeId}`);
      return ALLOWED;
    },
    settle: async (swipeId) => {
      told.push(`settle ${swipeId}`);
    },
    ...work,
  });
  const post = async (url: string, payload: object) => app.inject({ method: "POST", url, payload });
  return { told, post };
}

t.test("the door takes the guard's bodies at the guard's addresses, in its forms", async (t) => {
  const { told, post } = open();
  const customers = createCustomers(Date.now());
  const body = customers.body({ codes: ["81027072468513102331"] });
  const check = await post("/v1/swipes", body);
  t.equal(check.statusCode, 200);
  t.match(DecisionAnswer.parse(check.json()), {
    swipeId: body.swipeId,
    decision: "allow",
    mode: "full",
  });
  const settled = await post(`/v1/swipes/${body.swipeId}/settlement`, {
    settlementId: "S1",
    visitId: "V1",
  });
  t.match(SwipeState.parse(settled.json()), { swipeId: body.swipeId, state: "settled" });
  for (const [route, example] of [
    ["2101", "nhsa-2101"],
    ["2102", "nhsa-2102"],
    ["2102/answer", "nhsa-2102-answer"],
  ] as const) {
    const answer = await post(`/nhsa/${route}`, examples[example] as object);
    t.equal(answer.statusCode, 200, route);
    t.equal(NhsaAnswer.parse(answer.json()).infcode, 0);
  }
  t.equal(told.length, 5);
  t.same(told.slice(0, 2), [`check ${body.swipeId}`, `settle ${body.swipeId}`]);
});

t.test("what the guard's schema refuses never reaches the work", async (t) => {
  const { told, post } = open();
  const body = createCustomers(Date.now()).body({});
  t.equal((await post("/v1/swipes", { ...body, unknown: 1 })).statusCode, 400);
  t.equal((await post("/nhsa/2102", { infno: "2102" })).statusCode, 400);
  t.equal((await post("/nhsa/2102/answer", {})).statusCode, 400);
  t.equal((await post("/v1/swipes/S1/settlement", { settlementId: 5 })).statusCode, 400);
  t.same(told, []);
});

t.test("eight names a swipe, as long as the guard's pseudonyms, and none in clear", async (t) => {
  const parsed = parseCheck(createCustomers(Date.now()).body({ person: 42 }));
  if ("problem" in parsed) throw new Error("the body is in the guard's form");
  const names = namesOf(parsed.value);
  t.equal(new Set(names).size, 8);
  t.ok(names.every((name) => /^[\w-]{14}$/.test(name)));
  t.same(namesOf(parsed.value), names, "the same for the same swipe");
  t.equal(new Set(namesOfStep("S1")).size, 8);
});

t.test("a line of MONITOR is read as sent, whatever bytes are in it", async (t) => {
  const inner = readMonitorLine('+1763.5 [0 lua] "set" "a\\"b\\\\" "\\x00\\xff\\n\\"x" "EX" "60"');
  t.match(inner, { isInner: true, name: "SET" });
  t.equal(inner?.args.length, 4);
  t.equal(bytesOf(inner?.args[0] ?? ""), 4);
  t.equal(bytesOf(inner?.args[1] ?? ""), 5);
  t.match(readMonitorLine('+1763.5 [0 127.0.0.1:4242] "PING"'), { isInner: false, name: "PING" });
  t.equal(readMonitorLine("+OK"), undefined);
});

t.test("the shape is what the guard's scripts read and wrote, a check and a step", async (t) => {
  const listener = new CallListener();
  const hear = (line: string) => {
    const command = readMonitorLine(`+1.0 ${line}`);
    if (command === undefined) throw new Error(line);
    listener.hear(command);
  };
  const call = (sha1: string, keys: readonly string[], argument: string) => {
    const words = [sha1, String(keys.length), ...keys, argument, "ticket"];
    hear(`[0 127.0.0.1:1] "EVALSHA" ${words.map((word) => `"${word}"`).join(" ")}`);
  };
  const inner = (...words: string[]) =>
    hear(`[0 lua] ${words.map((word) => `"${word}"`).join(" ")}`);
  // Before the beginning: what is there is known, and nothing counts.
  call(observeScript.sha1, ["answer0"], "1234567890");
  inner("SET", "log", "x".repeat(30));
  call(readScript.sha1, ["log"], "1234567890");
  inner("GET", "log");
  listener.begin();
  // Two checks at once; each touches its answer's key twice.
  for (const check of ["1", "2"]) {
    call(observeScript.sha1, [`answer${check}`, "log", "flags"], "12345");
    inner("GET", `answer${check}`);
    inner("SET", `answer${check}`, "xx");
    inner("GET", "log");
    inner("SET", "log", "x".repeat(30));
    inner("GET", "flags");
  }
  for (const check of ["1", "2"]) {
    call(sealScript.sha1, [`answer${check}`], "123");
    inner("GET", `answer${check}`);
    inner("SET", `answer${check}`, "x".repeat(50));
  }
  // One step: two reads, then the change of what the first had read.
  call(readScript.sha1, ["answer1"], "1");
  inner("GET", "answer1");
  call(readScript.sha1, ["flags"], "1");
  inner("GET", "flags");
  call(changeScript.sha1, ["answer1"], "12");
  inner("GET", "answer1");
  inner("SETRANGE", "answer1", "3", "yy");
  const { check, step } = listener.shape();
  t.same(check, {
    ...{ rewritten: 1, rewrittenBytes: 30, readOnly: 1, readOnlyBytes: 0 },
    ...{ fresh: 1, freshBytes: 50, argumentBytes: 8 },
  });
  t.same(step, {
    ...{ rewritten: 1, rewrittenBytes: 50, readOnly: 1, readOnlyBytes: 0 },
    ...{ fresh: 0, freshBytes: 0, argumentBytes: 4 },
  });
});

t.test("a shape that was heard can be told by the environment, and nothing else", async (t) => {
  t.throws(() => new CallListener().shape(), /0 checks/);
  t.same(readShape(JSON.stringify(DEFAULT_SHAPE)), DEFAULT_SHAPE);
  t.throws(() => readShape("{}"));
  t.throws(() => readShape(JSON.stringify({ ...DEFAULT_SHAPE, check: { rewritten: -1 } })));
});
