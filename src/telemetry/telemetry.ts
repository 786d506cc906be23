import { monitorEventLoopDelay } from "node:perf_hooks";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import type { Clock, Notice, Observer } from "../units.ts";
import { createMeter, type Meter } from "./metrics.ts";
import { createNoticeLog, type NoticeLog } from "./notice-log.ts";
import { NOTICES } from "./notices.ts";

export interface Telemetry {
  /** The one subscriber of all rooms. Never throws and never waits: it runs inside checks. */
  readonly observer: Observer;
  readonly registry: Registry;
  /** What `GET /metrics` answers. */
  metricsText(): Promise<MetricsText>;
  /** Stops watching the event loop. */
  close(): void;
}

export interface MetricsText {
  readonly contentType: string;
  readonly body: string;
}

export interface TelemetryOptions {
  /** Where notices with a message go; absent: they are only counted. */
  readonly log?: NoticeLog;
  readonly clock: Clock;
  /** Process metrics (memory, garbage collection, handles) beside the guard's own. On by default. */
  readonly processMetrics?: boolean;
}

/** Precision of the event-loop lag: finer costs more timer wake-ups than it tells. */
const LAG_RESOLUTION_MS = 10;

/** A registry of its own a call, so that two apps in one process do not share numbers. */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const registry = new Registry();
  if (options.processMetrics ?? true) collectDefaultMetrics({ register: registry });
  const stopWatching = watchEventLoop(registry);
  const unknown = new Counter({
    name: "guard_notices_unknown_total",
    help: "Notices of a kind that the table of notices does not have.",
    registers: [registry],
  });
  const suppressed = new Counter({
    name: "guard_log_lines_suppressed_total",
    help: "Log lines left out because the same kind had filled its minute.",
    registers: [registry],
  });
  const meters = new Map<string, Meter>(
    Object.entries(NOTICES).map(([kind, definition]) => [kind, createMeter(registry, definition)]),
  );
  const writeLog =
    options.log && createNoticeLog(options.log, options.clock, () => suppressed.inc());
  return {
    registry,
    observer: {
      notice(notice: Notice) {
        const meter = meters.get(notice.kind);
        if (meter) meter(notice);
        else unknown.inc();
        if (notice.message !== undefined) writeLog?.(notice);
      },
    },
    async metricsText() {
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
    close: stopWatching,
  };
}

/** Lag of the event loop since the last scrape: the deadline holds up to this much (architecture 2.1). */
function watchEventLoop(registry: Registry): () => void {
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  lag.enable();
  const seconds = (nanoseconds: number) =>
    Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / 1e9 - LAG_RESOLUTION_MS / 1_000) : 0;
  const gauge = new Gauge({
    name: "guard_event_loop_lag_seconds",
    help: "Lag of the event loop since the last scrape.",
    labelNames: ["quantile"],
    registers: [registry],
    collect() {
      gauge.set({ quantile: "0.5" }, seconds(lag.percentile(50)));
      gauge.set({ quantile: "0.99" }, seconds(lag.percentile(99)));
      gauge.set({ quantile: "1" }, seconds(lag.max));
      lag.reset();
    },
  });
  return () => {
    lag.disable();
  };
}
