import t from "tap";
import {
  busyUs,
  cpuUsOf,
  parseCpuUs,
  parseMachineTime,
  stolenShare,
} from "../../../load/measure/machine-time.ts";

const STAT = (steal: number, idle: number) => `cpu  100 20 30 ${idle} 40 0 10 ${steal} 7 0
cpu0 50 10 15 ${idle / 2} 20 0 5 ${steal} 7 0
intr 12345
`;

t.test("stolen time is its share of all ticks, guests' ticks not counted twice", async (t) => {
  const before = parseMachineTime(STAT(0, 800));
  t.equal(before.total, 1_000);
  t.equal(before.busy, 160);
  const after = parseMachineTime(STAT(10, 990));
  t.equal(stolenShare(before, after), 10 / 200);
  t.equal(stolenShare(before, before), 0, "no time, nothing stolen");
});

t.test("busy is neither idle nor waiting nor stolen", async (t) => {
  const before = parseMachineTime(STAT(0, 800));
  const after = parseMachineTime("cpu  150 20 30 900 90 0 10 5 0 0\n");
  t.equal(busyUs(before, after), 500_000);
});

t.test("a text without the line of all cores is an error", async (t) => {
  t.throws(() => parseMachineTime("cpu0 1 2 3 4\n"), /no line of all cores/);
});

t.test("a process's CPU is user and system time, whatever its name", async (t) => {
  const fields = "S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 11 0 999";
  t.equal(parseCpuUs(`4711 (node) ${fields}`), 3_000_000);
  t.equal(parseCpuUs(`4711 (a b) c) ${fields}`), 3_000_000);
});

t.test("CPU grows with work done", async (t) => {
  const before = cpuUsOf([process.pid]);
  const { user, system } = process.cpuUsage();
  const spent = () => process.cpuUsage({ user, system });
  while (spent().user + spent().system < 50_000);
  t.ok(cpuUsOf([process.pid]) - before >= 30_000, "50 ms of it, to two ticks");
});
