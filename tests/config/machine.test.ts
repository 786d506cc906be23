import t from "tap";
import { systemTimers } from "../../src/config/machine.ts";

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Holds the event loop, as a burst of work or a pause of the whole process does. */
function hold(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

t.test("a timer that was held up lets what has arrived go first", async (t) => {
  const order: string[] = [];
  const struck = new Promise<void>((resolve) => {
    systemTimers.after(10, () => {
      order.push("struck");
      resolve();
    });
  });
  hold(60);
  // A reply, and a second one that the first asked for: two turns of the loop.
  await turn();
  await turn();
  order.push("heard");
  await struck;
  t.same(order, ["heard", "struck"]);
});

t.test("a timer strikes, and a cancelled one does not, also between its turns", async (t) => {
  let strikes = 0;
  const cancels = [1, 5, 20].map((delay) =>
    systemTimers.after(delay, () => {
      strikes += 1;
    }),
  );
  for (const cancel of cancels) cancel();
  const late = systemTimers.after(1, () => {
    strikes += 1;
  });
  hold(30);
  await turn();
  late();
  await new Promise<void>((resolve) => systemTimers.after(40, resolve));
  t.equal(strikes, 0);
});
