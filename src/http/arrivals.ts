import type { Server } from "node:http";
import { performance } from "node:perf_hooks";

/** New connections for each turn of the event loop since the last look. */
export type Arrivals = () => number;

/** Newer Nodes tell how often the loop has turned; without it nothing is known, and 0 is told. */
interface LoopTiming {
  readonly uvMetricsInfo?: { readonly loopCount: number };
}

/**
 * Node takes one new connection a turn (libuv since 1.45). One in every turn therefore means that more are waiting in
 * the kernel, whose callers wait although nothing here seems late: measured, two seconds with the loop never 5 ms behind.
 */
export function createArrivals(server: Server): Arrivals {
  const turned = () => (performance.nodeTiming as LoopTiming).uvMetricsInfo?.loopCount ?? 0;
  let connections = 0;
  let lastTurn = turned();
  server.on("connection", () => {
    connections += 1;
  });
  return () => {
    const turn = turned();
    const turns = turn - lastTurn;
    const share = turns > 0 ? connections / turns : 0;
    connections = 0;
    lastTurn = turn;
    return share;
  };
}
