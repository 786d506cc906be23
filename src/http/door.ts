import type { FastifyBaseLogger } from "fastify";
import type { Batches } from "../checkout/batch/batches.ts";
import type { Desk } from "../checkout/desk.ts";
import type { MetricsText } from "../telemetry/telemetry.ts";
import type { Clock, DurationMs, Observer } from "../units.ts";
import type { Admission, Refusal, Urgency } from "./admission.ts";
import type { Examples } from "./examples.ts";
import type { DoorLimits } from "./limits.ts";
import type { Readiness } from "./readiness.ts";

/** Everything the door needs; it opens nothing itself. */
export interface DoorDeps {
  readonly desk: Desk;
  /** Uploads of tills that were offline; absent: they are not taken here. */
  readonly batches?: Batches;
  readonly readiness: () => Readiness;
  readonly metricsText: () => Promise<MetricsText>;
  readonly observer: Observer;
  /** From telemetry's `createLogger`, whose serializers keep messages of libraries out of the log. */
  readonly logger: FastifyBaseLogger;
  readonly clock: Clock;
  /** Time that is never stepped, for lengths alone. */
  readonly steady: Clock;
  /** The longest a check may take; how long a queue may be follows from it. */
  readonly deadline: DurationMs;
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
    /** Who is turned away first when there is too much to do; a check where nothing is said. */
    readonly urgency?: Urgency;
  }
  interface FastifyRequest {
    /** The pharmacy it is counted under while it is worked on; empty while unknown. */
    caller: string;
    /** Why it was turned away, if it was. */
    shedFor: Refusal | undefined;
  }
}

/** What the handlers of one app share. */
export interface Door extends DoorDeps {
  readonly limits: DoorLimits;
  readonly admission: Admission;
  /** Counts the call under its caller for as long as it runs, however it ends. */
  run<T>(request: { readonly caller: string }, call: () => Promise<T>): Promise<T>;
}

export async function runCounted<T>(
  admission: Admission,
  caller: string,
  call: () => Promise<T>,
): Promise<T> {
  const place = admission.enter(caller);
  try {
    return await call();
  } finally {
    admission.leave(place);
  }
}
