import type { Clock, Observer } from "../units.ts";
import type { CounterStore } from "./contract.ts";

/** The same store, each of its calls timed for operators. */
export function timedStore(store: CounterStore, clock: Clock, observer: Observer): CounterStore {
  function tell(command: string, outcome: string, from: number): void {
    const value = (clock.now() - from) / 1_000;
    observer.notice({ kind: "store.call", labels: { command, outcome }, value });
  }
  function timed<T>(command: string, work: Promise<T>): Promise<T> {
    const from = clock.now();
    return work.then(
      (answer) => {
        tell(command, "answered", from);
        return answer;
      },
      (error: unknown) => {
        tell(command, "failed", from);
        throw error;
      },
    );
  }
  return {
    observe: (observation, wait) => timed("observe", store.observe(observation, wait)),
    seal: (sealing, wait) => timed("seal", store.seal(sealing, wait)),
    complete: (sealing) => timed("complete", store.complete(sealing)),
    locate: (swipe) => timed("locate", store.locate(swipe)),
    readEntry: (person, swipe) => timed("read", store.readEntry(person, swipe)),
    change: (change) => timed("change", store.change(change)),
    completeChange: (change) => timed("completeChange", store.completeChange(change)),
    fold: (person, at) => timed("fold", store.fold(person, at)),
    ledgers: (persons) => timed("ledgers", store.ledgers(persons)),
    traces: (codes) => timed("traces", store.traces(codes)),
    flag: (person, flag) => timed("flag", store.flag(person, flag)),
    flags: (persons) => timed("flags", store.flags(persons)),
    close: () => store.close(),
  };
}
