import t from "tap";
import { Admission, type Place, type Urgency } from "../../src/http/admission.ts";
import { callerIn, pharmacyIn } from "../../src/http/caller.ts";
import { DOOR_LIMITS } from "../../src/http/limits.ts";

const DEADLINE = 50;
const WELL = { lag: 0, utilization: 0.4, arrivals: 0, took: 50 };
const BEHIND = { lag: 40, utilization: 1, arrivals: 0, took: 50 };

/** Callers that ask, are let in or not, and leave when the test says so. */
class Counter {
  now = 0;
  readonly admission: Admission;
  private readonly places: Place[] = [];

  constructor(deadline = DEADLINE) {
    this.admission = new Admission(DOOR_LIMITS, deadline, { now: () => this.now });
  }

  ask(caller: string, urgency: Urgency = "check"): "in" | "share" | "instance" {
    const refusal = this.admission.refuse(caller, urgency);
    if (refusal === undefined) this.places.push(this.admission.enter(caller));
    return refusal ?? "in";
  }

  /** How many of so many calls of one caller are let in. */
  crowd(caller: string, calls: number): number {
    return Array.from({ length: calls }, () => this.ask(caller)).filter((told) => told === "in")
      .length;
  }

  answerAll(): void {
    for (const place of this.places.splice(0)) this.admission.leave(place);
  }

  /** `answered` calls a sample, and a loop that is behind in two of them. */
  fallBehind(answered: number): void {
    for (let sample = 0; sample < 2; sample++) {
      for (let call = 0; call < answered; call++) this.ask(`P${call}`);
      this.answerAll();
      this.now += BEHIND.took;
      this.admission.sample(BEHIND);
    }
  }
}

t.test("a burst is no harm: everybody is let in while the loop keeps up", async (t) => {
  const counter = new Counter();
  t.equal(counter.crowd("P1", DOOR_LIMITS.placesMax), DOOR_LIMITS.placesMax);
  t.equal(counter.ask("P2"), "instance", "up to a named limit");
  counter.answerAll();
  counter.admission.sample(BEHIND);
  t.notOk(counter.admission.isLowered, "and one bad sample proves nothing");
});

t.test(
  "places fall to what is answered in a place's time, and come back by themselves",
  async (t) => {
    const counter = new Counter();
    counter.fallBehind(100);
    // 100 in 50 ms are 50 in a place's 25; a flood may hold half of the places, so there are twice as many.
    t.equal(counter.admission.limit, 100);
    for (let sample = 0; sample < 60; sample++) counter.admission.sample(BEHIND);
    const least = counter.admission.limit;
    t.ok(least >= DOOR_LIMITS.placesMin && least < 30, `${least} when it stays behind`);
    let samples = 0;
    for (; counter.admission.isLowered; samples++) counter.admission.sample(WELL);
    t.ok(samples * WELL.took < 4_000, `all of them again after ${samples} samples`);
  },
);

t.test("a full loop counts only together with a queue", async (t) => {
  const full = { ...WELL, utilization: 1 };
  const busy = new Counter();
  for (let sample = 0; sample < 20; sample++) {
    busy.crowd("P1", 50);
    busy.answerAll();
    busy.admission.sample(full);
  }
  t.notOk(busy.admission.isLowered, "a load test that is answered at once is none");

  const standing = new Counter();
  standing.crowd("P1", 200);
  for (let sample = 0; sample < 3; sample++) standing.admission.sample(full);
  t.ok(standing.admission.isLowered, "calls that wait all the time are one");

  const kernel = new Counter();
  for (let sample = 0; sample < 3; sample++) kernel.admission.sample({ ...full, arrivals: 1 });
  t.ok(kernel.admission.isLowered, "and so are connections that wait to be taken");
});

t.test("a machine that gave the process no turn is no overload of its own", async (t) => {
  const counter = new Counter();
  for (let sample = 0; sample < 20; sample++)
    counter.admission.sample({ ...BEHIND, utilization: 0.5 });
  t.notOk(counter.admission.isLowered, "a loop with time left is not behind");
});

t.test("with a long deadline a queue may stand for half of it", async (t) => {
  const counter = new Counter(5_000);
  const late = { ...BEHIND, lag: 2_000 };
  const most = 2_500 / late.took;
  for (let sample = 1; sample < most; sample++) counter.admission.sample(late);
  t.notOk(counter.admission.isLowered);
  counter.admission.sample(late);
  t.ok(counter.admission.isLowered, "and no longer");
});

t.test("one bad stretch does not take what was answered just before", async (t) => {
  const counter = new Counter();
  counter.fallBehind(100);
  for (let sample = 0; sample < 10; sample++) counter.admission.sample(BEHIND);
  const half = 100 * (DOOR_LIMITS.placeTime / BEHIND.took) * 0.5;
  t.ok(
    counter.admission.limit >= half * 0.85,
    `${counter.admission.limit} places, half were ${half}`,
  );
});

t.test("whoever floods gets half, two get a third each, and the next one finds room", async (t) => {
  const counter = new Counter();
  counter.fallBehind(100);
  const places = counter.admission.limit;
  t.equal(counter.crowd("FLOOD", 500), places / 2);
  t.equal(counter.ask("FLOOD"), "share");
  t.equal(counter.ask("CALM"), "in");
  counter.answerAll();
  counter.now += DOOR_LIMITS.placeTime;
  for (let turn = 0; turn < 500; turn++) {
    counter.ask("ONE");
    counter.ask("TWO");
  }
  t.equal(counter.crowd("THREE", 1), 1);
  const third = Math.floor(places / 3);
  counter.answerAll();
  counter.now += DOOR_LIMITS.placeTime;
  const told = Array.from({ length: 500 }, () => [counter.ask("ONE"), counter.ask("TWO")]).flat();
  t.ok(
    Math.abs(told.filter((each) => each === "in").length - 2 * third) <= 2,
    "two thirds for two",
  );
});

t.test("a place is kept for its time, so that places bound a rate", async (t) => {
  const counter = new Counter();
  counter.fallBehind(100);
  const half = counter.crowd("FLOOD", 500);
  counter.answerAll();
  t.equal(counter.ask("FLOOD"), "share", "answered at once, and still held");
  counter.now += DOOR_LIMITS.placeTime;
  t.equal(counter.crowd("FLOOD", 500), half, "after its time it is free");
});

t.test("uploads of what is over go first, steps of what happened last", async (t) => {
  const counter = new Counter();
  t.equal(counter.ask("P1", "later"), "in");
  counter.fallBehind(100);
  t.equal(counter.ask("P1", "later"), "instance");
  const places = counter.admission.limit;
  for (let number = 0; number < places; number++) counter.ask(`Q${number}`);
  t.equal(counter.ask("P9"), "instance", "no room for a check");
  t.equal(counter.ask("P9", "step"), "in", "but for a settlement");
});

t.test("whose request it is can be seen without parsing it", async (t) => {
  const seen = (door: "native" | "nhsa", text: string) => callerIn(Buffer.from(text), door);
  t.equal(
    seen("native", '{"swipeId":"x","pharmacy":{"area":"2","code":"P21010200123"}}'),
    "P21010200123",
  );
  t.equal(
    seen(
      "native",
      '{ "pharmacy" : { "code"\\n:\\t"P21010200123" } }'
        .replaceAll("\\n", "\n")
        .replaceAll("\\t", "\t"),
    ),
    "P21010200123",
  );
  t.equal(seen("nhsa", '{"infno":"2102","fixmedins_code":"H21010200123"}'), "H21010200123");
  t.equal(seen("nhsa", '{"inf_refmsgid":"P21010200123202611211015300001"}'), "P21010200123");
  for (const text of [
    "",
    "{}",
    "[",
    '{"pharmacy":7}',
    '{"pharmacy":{"code":7}}',
    '{"pharmacy":{"code":"',
    `{"pharmacy":{"code":"${"x".repeat(100)}"}}`,
  ]) {
    t.equal(seen("native", text), "", text.slice(0, 30));
  }
  t.equal(pharmacyIn("P21010200123202611211015300001"), "P21010200123");
  t.equal(pharmacyIn("till-7-000001"), undefined);
});
