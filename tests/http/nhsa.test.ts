import t from "tap";
import { STATUS_OF } from "../../src/http/statuses.ts";
import { NHSA_ROUTES } from "../../src/swipe/nhsa/route.ts";
import { PROBLEMS, type ProblemCode } from "../../src/swipe/problem.ts";
import { ENVELOPE, open, stubDesk } from "./stub-desk.ts";

const MSGID = "P21010200123202611211015300001";

t.test(
  "each message reaches the desk untouched under its number, and its envelope goes back",
  async (t) => {
    const desk = stubDesk();
    const { app } = open(t, { desk });
    for (const route of NHSA_ROUTES) {
      const body = {
        infno: route.slice(0, 4),
        msgid: MSGID,
        input: { psn_name: "dropped by the desk" },
      };
      const answer = await app.inject({ method: "POST", url: `/nhsa/${route}`, payload: body });
      t.equal(answer.statusCode, 200, route);
      t.match(answer.headers["content-type"], /^application\/json/);
      t.same(answer.json(), ENVELOPE);
      t.same(desk.calls.pop(), { what: route, body });
    }
  },
);

t.test("a refusal is an answer like any other: 200, and infcode says it", async (t) => {
  const envelope = { ...ENVELOPE, infcode: -1, output: { decision: "deny", result: [] } } as const;
  const { app } = open(t, { desk: stubDesk({ nhsa: async () => ({ envelope }) }) });
  const answer = await app.inject({ method: "POST", url: "/nhsa/2102", payload: {} });
  t.equal(answer.statusCode, 200);
  t.same(answer.json(), envelope);
});

t.test("the desk's problem chooses the status and its envelope goes back", async (t) => {
  for (const code of Object.keys(PROBLEMS) as ProblemCode[]) {
    const envelope = { ...ENVELOPE, infcode: -1, output: { result: [] } } as const;
    const nhsa = async () => ({ problem: { code }, envelope });
    const { app, notices } = open(t, { desk: stubDesk({ nhsa }) });
    const answer = await app.inject({ method: "POST", url: "/nhsa/2102", payload: {} });
    t.equal(answer.statusCode, STATUS_OF[code], code);
    t.same(answer.json(), envelope);
    t.equal("retry-after" in answer.headers, [429, 503].includes(STATUS_OF[code]), code);
    t.match(
      notices.find(({ kind }) => kind === "problem"),
      { labels: { code, via: "nhsa" } },
    );
  }
});

t.test("a desk that throws is answered with an envelope that names the message", async (t) => {
  const nhsa = () => Promise.reject(new Error("broken"));
  const { app } = open(t, { desk: stubDesk({ nhsa }) });
  const answer = await app.inject({ method: "POST", url: "/nhsa/2102", payload: { msgid: MSGID } });
  t.equal(answer.statusCode, 500);
  t.match(answer.json(), {
    infcode: -1,
    inf_refmsgid: MSGID,
    refmsg_time: /^2026-11-21 10:15:30/,
    err_msg: PROBLEMS.internal.zh,
    output: { problem: { code: "internal" }, result: [] },
  });
});
