import t from "tap";
import {
  Circuit,
  PENDING_MAX,
  REFUSAL_HOLD,
  STALLED_AFTER,
} from "../../src/counters/redis/circuit.ts";
import { ListeningTime, TURN_EVERY, TURN_MAX } from "../../src/counters/redis/listening-time.ts";

/** A store's circuit in simulated time: `listen` lets the event loop turn as a quiet process does, `hold` holds it up. */
function bench() {
  let now = 1_000_000;
  const time = new ListeningTime(() => now);
  const circuit = new Circuit(time);
  const listen = (ms: number) => {
    for (const end = now + ms; now < end; ) {
      now = Math.min(end, now + TURN_EVERY);
      time.turned();
    }
  };
  const hold = (ms: number) => {
    now += ms;
  };
  return { circuit, time, listen, hold };
}

t.test(
  "given a store that is silent, then the circuit opens and nothing more is sent",
  async (t) => {
    const { circuit, listen } = bench();
    circuit.sent();
    listen(STALLED_AFTER - TURN_EVERY);
    t.equal(circuit.state(), "closed");
    t.ok(circuit.admits());
    listen(2 * TURN_EVERY);
    t.equal(circuit.state(), "open");
    t.notOk(circuit.admits());
    t.notOk(circuit.wantsProbe(), "nor is it asked again before it has answered");
    t.ok(circuit.waited() <= STALLED_AFTER + 2 * TURN_EVERY);
  },
);

t.test("given a process that is held up, then its own lateness is not the store's", async (t) => {
  const { circuit, time, hold } = bench();
  circuit.sent();
  hold(10_000);
  t.equal(circuit.state(), "closed", "in the turn that was held up, before the sockets were read");
  time.turned();
  t.equal(circuit.state(), "closed", "and at its end: the reply may have come with the next turn");
  t.ok(circuit.waited() <= TURN_MAX);
  circuit.answered();
  t.equal(circuit.state(), "closed", "a reply that lay in the socket is not late");

  // A starved machine: the loop turns every 200 ms. Silence through several of its turns is the store's.
  circuit.sent();
  const turns = [1, 2, 3, 4, 5].map(() => {
    hold(200);
    time.turned();
    return circuit.state();
  });
  t.same(turns, ["closed", "closed", "closed", "open", "open"]);
});

t.test("given an idle hour, then the next command starts from nothing", async (t) => {
  const { circuit, listen, hold, time } = bench();
  listen(60_000);
  hold(3_000_000);
  circuit.sent();
  time.turned();
  t.equal(circuit.state(), "closed");
  t.ok(circuit.waited() <= TURN_MAX);
});

t.test(
  "given late replies, then one command at a time finds out whether the store is itself",
  async (t) => {
    const { circuit, listen } = bench();
    circuit.sent();
    circuit.sent();
    listen(400);
    circuit.answered();
    circuit.answered();
    t.equal(circuit.state(), "trial");
    t.ok(circuit.wantsProbe());
    t.ok(circuit.admits());
    circuit.sent();
    t.notOk(circuit.admits(), "one at a time");
    listen(400);
    circuit.answered();
    t.equal(circuit.state(), "trial", "late again");
    circuit.sent();
    listen(25);
    circuit.answered();
    t.equal(circuit.state(), "closed");
  },
);

t.test("given a refusal, then only a probe that is carried out ends it", async (t) => {
  const { circuit, listen } = bench();
  circuit.sent();
  circuit.answered();
  circuit.refused();
  t.equal(circuit.state(), "refusing");
  t.notOk(circuit.admits());
  t.notOk(circuit.wantsProbe(), "not at once");
  listen(REFUSAL_HOLD + TURN_EVERY);
  t.ok(circuit.wantsProbe());
  circuit.sent();
  circuit.answered();
  t.equal(
    circuit.state(),
    "refusing",
    "a reply alone is no proof: reads succeed where writes fail",
  );
  circuit.accepted();
  t.equal(circuit.state(), "closed");
});

t.test("given a burst, then the queue is bounded", async (t) => {
  const { circuit } = bench();
  let admitted = 0;
  for (; circuit.admits(); admitted++) circuit.sent();
  t.equal(admitted, PENDING_MAX);
  for (let sent = 0; sent < PENDING_MAX; sent++) circuit.forget();
  circuit.forget();
  t.equal(circuit.pending, 0);
  t.ok(circuit.admits(), "what a lost connection owed is owed no more");
});
