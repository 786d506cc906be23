import t from "tap";
import { NHSA_ROUTES } from "../../src/swipe/nhsa/route.ts";
import { PROBLEMS } from "../../src/swipe/problem.ts";
import { LEVELS } from "../../src/swipe/vocabulary.ts";
import { createLogger, describeError } from "../../src/telemetry/logger.ts";
import { LABEL_VALUES_MAX } from "../../src/telemetry/metrics.ts";
import { LINES_PER_KIND_PER_MINUTE } from "../../src/telemetry/notice-log.ts";
import { NOTICES, type NoticeDefinition, type NoticeKind } from "../../src/telemetry/notices.ts";
import { createTelemetry } from "../../src/telemetry/telemetry.ts";
import { MINUTE, type Notice } from "../../src/units.ts";

const ALL: Readonly<Record<string, NoticeDefinition>> = NOTICES;
const PERSONAL = [
  "43000030281000128715",
  "210102195603020041",
  "83386520001941653320",
  "RX2026112100017",
  "张三",
  "A1234567X",
];

function open(t: { teardown(run: () => void): void }) {
  const lines: string[] = [];
  const time = { now: 0 };
  const log = createLogger({ level: "debug", destination: { write: (line) => lines.push(line) } });
  const telemetry = createTelemetry({ log, clock: { now: () => time.now }, processMetrics: false });
  t.teardown(() => telemetry.close());
  const say = (notice: Notice & { kind: NoticeKind }) => telemetry.observer.notice(notice);
  const body = async () => (await telemetry.metricsText()).body;
  return { telemetry, say, body, lines, time };
}

t.test("a check is counted by what was answered and timed", async (t) => {
  const { say, body } = open(t);
  const labels = { decision: "hold", mode: "full", stage: "settle", via: "native" };
  say({ kind: "check.answered", labels, value: 0.0019 });
  say({ kind: "check.answered", labels, value: 0.04 });
  const text = await body();
  t.match(text, 'guard_checks_total{decision="hold",mode="full",stage="settle",via="native"} 2');
  t.match(text, 'guard_check_seconds_bucket{le="0.002",mode="full"} 1');
  t.match(text, 'guard_check_seconds_bucket{le="0.05",mode="full"} 2');
  say({ kind: "check.answered", labels: { ...labels, decision: "allow" }, value: 7 });
  const more = await body();
  t.match(more, 'guard_checks_total{decision="allow",mode="full",stage="settle",via="native"} 1');
  t.match(more, 'guard_check_seconds_bucket{le="1",mode="full"} 2');
  t.match(more, 'guard_check_seconds_bucket{le="+Inf",mode="full"} 3');
  t.match(more, 'guard_check_seconds_count{mode="full"} 3');
  t.match(more, "guard_shed_seconds_count 0", "what has no labels is there before it happens");
});

t.test("amounts are added, levels are set, and what is in force replaces what was", async (t) => {
  const { say, body } = open(t);
  say({ kind: "journal.appended", value: 700 });
  say({ kind: "journal.appended", value: 300 });
  say({ kind: "relay.lag", value: 12 });
  say({ kind: "relay.lag", value: 3 });
  const hash = `sha256:${"ab".repeat(32)}`;
  say({
    kind: "bundle.active",
    labels: { policy: "2026.11.1", policyHash: hash, reference: hash },
  });
  say({
    kind: "bundle.active",
    labels: { policy: "2026.11.2", policyHash: hash, reference: hash },
  });
  const text = await body();
  t.match(text, "guard_journal_appended_bytes_total 1000");
  t.match(text, "guard_relay_lag_records 3");
  t.match(text, `policy="2026.11.2",policyHash="${hash}"`);
  t.notMatch(text, "2026.11.1");
  t.match(text, 'guard_event_loop_lag_seconds{quantile="0.99"}');
});

t.test(
  "no label shows a person, a credential, a prescription or a trace code, whatever is handed in",
  async (t) => {
    const { say, body, telemetry } = open(t);
    for (const [kind, { labels }] of Object.entries(ALL)) {
      for (const personal of PERSONAL) {
        const given = Object.fromEntries(
          [...Object.keys(labels), "person", "extra"].map((name) => [name, personal]),
        );
        say({ kind: kind as NoticeKind, labels: given, value: 1 });
      }
    }
    const text = await body();
    for (const personal of PERSONAL) t.notMatch(text, personal);
    t.match(text, 'guard_rule_hits_total{rule="other",level="other",shadow="other"} 6');
    const words =
      /person|credential|patient|member|prescription|trace|card|agent|prescriber|employer|swipeId/i;
    for (const metric of telemetry.registry.getMetricsAsArray()) {
      const { labelNames } = metric as unknown as { labelNames: string[] };
      for (const name of labelNames) t.notMatch(name, words, `${metric.name} has no label ${name}`);
    }
  },
);

t.test("a list's age is a level of its own, and goes with the list", async (t) => {
  const { say, body } = open(t);
  say({ kind: "list.age", labels: { list: "settlement-stopped" }, value: 5_400 });
  say({ kind: "list.age", labels: { list: "deceased" }, value: 60 });
  t.match(await body(), 'guard_list_age_seconds{list="settlement-stopped"} 5400');
  say({ kind: "bundle.active", labels: { policy: "1", policyHash: "", reference: "" } });
  say({ kind: "list.age", labels: { list: "deceased" }, value: 61 });
  t.match(await body(), 'guard_list_age_seconds{list="deceased"} 61');
  t.notMatch(await body(), "settlement-stopped");
});

t.test("no caller can make the registry grow without bound", async (t) => {
  const { say, body } = open(t);
  for (let rule = 0; rule < LABEL_VALUES_MAX + 50; rule += 1) {
    say({ kind: "rule.hit", labels: { rule: `CF-${rule}`, level: "warn", shadow: "false" } });
  }
  const series = (await body())
    .split("\n")
    .filter((line) => line.startsWith("guard_rule_hits_total{"));
  t.equal(series.length, LABEL_VALUES_MAX + 1);
  t.match(series.join("\n"), 'rule="other",level="warn",shadow="false"} 50');
});

t.test("the words of the table are the words of the contract", async (t) => {
  t.same(NOTICES["check.answered"].labels.decision, LEVELS);
  for (const code of Object.keys(PROBLEMS)) t.match(code, NOTICES.problem.labels.code);
  for (const route of NHSA_ROUTES) t.match(route, NOTICES["nhsa.unmatched"].labels.route);
  for (const rule of ["OQ-02", "SYS-01", "CF-13", "DQ-01"])
    t.match(rule, NOTICES["rule.hit"].labels.rule);
  for (const code of ["TRAVEL_ABROAD", "ELDERLY"])
    t.match(code, NOTICES["override.used"].labels.code);
});

t.test("metrics are named guard_<noun>_<unit>, once each, and counters say so", async (t) => {
  const names = Object.values(ALL).flatMap(({ metrics }) => metrics.map(({ name }) => name));
  t.equal(new Set(names).size, names.length);
  for (const [kind, { metrics, meaning, labels }] of Object.entries(ALL)) {
    t.match(meaning, /\.$/, `${kind} says what it means`);
    for (const { name, measure, labels: kept } of metrics) {
      t.match(name, /^guard_[a-z_]+$/);
      t.equal(name.endsWith("_total"), measure === "counter", name);
      if (measure === "histogram") t.match(name, /_seconds$/);
      for (const label of kept) t.ok(label in labels, `${name} keeps ${label}, which ${kind} has`);
    }
  }
});

t.test(
  "a kind nobody defined is counted and its message logged, and a broken value does no harm",
  async (t) => {
    const { telemetry, say, body, lines } = open(t);
    telemetry.observer.notice({
      kind: "chekc.answered",
      message: "Something happened.",
      level: "warn",
    });
    say({ kind: "journal.appended", value: Number.NaN });
    say({ kind: "journal.appended", value: -5 });
    say({ kind: "check.answered" });
    t.match(await body(), "guard_notices_unknown_total 1");
    t.match(await body(), "guard_journal_appended_bytes_total 0");
    t.match(JSON.parse(lines[0] ?? ""), {
      level: "warn",
      kind: "chekc.answered",
      msg: "Something happened.",
    });
  },
);

t.test("a flapping part cannot fill the log, and what was left out is counted", async (t) => {
  const { say, body, lines, time } = open(t);
  const flap = () =>
    say({ kind: "store.circuit", value: 2, message: "The store does not answer.", level: "warn" });
  for (let turn = 0; turn < LINES_PER_KIND_PER_MINUTE + 7; turn += 1) flap();
  t.equal(lines.length, LINES_PER_KIND_PER_MINUTE);
  t.match(await body(), "guard_log_lines_suppressed_total 7");
  time.now += MINUTE;
  flap();
  t.equal(lines.length, LINES_PER_KIND_PER_MINUTE + 1, "the next minute it may speak again");
});

t.test("two registries in one process do not share numbers", async (t) => {
  const one = open(t);
  const other = open(t);
  one.say({ kind: "request.shed", labels: { reason: "share", urgency: "check" }, value: 0.001 });
  const shed = 'guard_requests_shed_total{reason="share",urgency="check"}';
  t.match(await one.body(), `${shed} 1`);
  t.notMatch(await other.body(), shed);
});

t.test("an error's message is logged only when the guard or the system wrote it", async (t) => {
  const [number = ""] = PERSONAL;
  const quoting = new SyntaxError(`Unexpected token in ${number}`);
  t.notMatch(JSON.stringify(describeError(quoting)), number);
  t.match(describeError(quoting), { type: "SyntaxError", stack: /telemetry\.test/ });
  t.same(describeError(number), { type: "string" });
  const own = Object.assign(new Error("The journal is full."), { code: "GUARD_AUDIT_FULL" });
  t.match(describeError(own), { code: "GUARD_AUDIT_FULL", message: "The journal is full." });
  const system = Object.assign(new Error("connect ECONNREFUSED"), {
    code: "ECONNREFUSED",
    syscall: "connect",
  });
  t.match(describeError(system), { message: "connect ECONNREFUSED" });
});

t.test("a swipe handed to the log by mistake does not get there", async (t) => {
  const [number = ""] = PERSONAL;
  const lines: string[] = [];
  const log = createLogger({ level: "info", destination: { write: (line) => lines.push(line) } });
  log.info(
    { person: { number }, body: number, swipe: { person: { number }, credential: number } },
    "checked",
  );
  log.info({ req: { url: `/${number}` } }, "request");
  log.error({ err: new Error(number) }, "failed");
  t.equal(lines.length, 3);
  t.notMatch(lines.join(""), number);
  t.match(JSON.parse(lines[0] ?? ""), { name: "guard", level: "info", time: /Z$/ });
});
