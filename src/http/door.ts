import type { FastifyBaseLogger } from "fastify";
import type { Desk } from "../checkout/desk.ts";
import type { MetricsText } from "../telemetry/telemetry.ts";
import type { Clock, Observer } from "../units.ts";
import type { Examples } from "./examples.ts";
import type { DoorLimits } from "./limits.ts";
import type { Readiness } from "./readiness.ts";

/** Everything the door needs; it opens nothing itself. */
export interface DoorDeps {
  readonly desk: Desk;
  readonly readiness: () => Readiness;
  readonly metricsText: () => Promise<MetricsText>;
  readonly observer: Observer;
  /** From telemetry's `createLogger`, whose serializers keep messages of libraries out of the log. */
  readonly logger: FastifyBaseLogger;
  readonly clock: Clock;
  /** True from the moment the process was told to stop; `app.close()` says it by itself. */
  readonly draining: () => boolean;
  /** The guard's version, for the OpenAPI document. */
  readonly version: string;
  /** For the OpenAPI document; absent: it has none. */
  readonly examples?: Examples;
  /** Differences from `DOOR_LIMITS`. */
  readonly limits?: Partial<DoorLimits>;
}

/** Which way a request came in: the shape of its answers follows from it. `probe`: never turned away. */
export type DoorName = "native" | "nhsa" | "probe";

declare module "fastify" {
  interface FastifyContextConfig {
    readonly door?: DoorName;
  }
}

/** What the handlers of one app share. */
export interface Door extends DoorDeps {
  readonly limits: DoorLimits;
  readonly load: Load;
}

/** How many calls the desk is working on. */
export interface Load {
  readonly inFlight: number;
  /** Counts the call for as long as it runs, however it ends. */
  run<T>(call: () => Promise<T>): Promise<T>;
}

export function createLoad(): Load {
  let inFlight = 0;
  return {
    get inFlight() {
      return inFlight;
    },
    async run(call) {
      inFlight += 1;
      try {
        return await call();
      } finally {
        inFlight -= 1;
      }
    },
  };
}
