import type { FastifyInstance } from "fastify";
import type { Desk } from "../../src/checkout/desk.ts";
import { createApp } from "../../src/http/app.ts";
import type { DoorDeps } from "../../src/http/door.ts";
import type { DecisionAnswer, SwipeState } from "../../src/swipe/answer.ts";
import type { NhsaReply } from "../../src/swipe/nhsa/route.ts";
import type { Outcome } from "../../src/swipe/problem.ts";
import { createLogger } from "../../src/telemetry/logger.ts";
import { createTelemetry } from "../../src/telemetry/telemetry.ts";
import type { Notice } from "../../src/units.ts";

export const ALLOW: DecisionAnswer = {
  swipeId: "P21010200123202611211015300001",
  decision: "allow",
  mode: "full",
  missing: [],
  hits: [],
  policy: { version: "2026.11.1", hash: "sha256:00", reference: "sha256:00" },
  decidedAt: "2026-11-21T02:15:30.412Z",
  elapsedMs: 1.9,
};
export const RESERVED: SwipeState = { swipeId: ALLOW.swipeId, state: "reserved", level: "allow" };
export const ENVELOPE: NhsaReply["envelope"] = {
  infcode: 0,
  inf_refmsgid: ALLOW.swipeId,
  refmsg_time: "2026-11-21 10:15:30.000",
  respond_time: "2026-11-21 10:15:30.002",
  err_msg: "",
  output: { decision: "allow", mode: "full", missing: [], result: [] },
};

/** What the desk was asked, in order. */
export interface Call {
  readonly what: string;
  readonly swipeId?: string;
  readonly body?: unknown;
}

export interface StubDesk extends Desk {
  readonly calls: Call[];
}

/** A desk that answers everything well, except where a test says otherwise. */
export function stubDesk(answers: Partial<Desk> = {}): StubDesk {
  const calls: Call[] = [];
  const afterwards = (what: string) => async (swipeId: string, body?: unknown) => {
    calls.push({ what, swipeId, body });
    return { value: RESERVED } as Outcome<SwipeState>;
  };
  return {
    calls,
    async check(body) {
      calls.push({ what: "check", body });
      return { value: ALLOW };
    },
    settle: afterwards("settle"),
    reverse: afterwards("reverse"),
    acknowledge: afterwards("acknowledge"),
    find: async (swipeId) => {
      calls.push({ what: "find", swipeId });
      return { value: RESERVED };
    },
    async nhsa(route, body) {
      calls.push({ what: route, body });
      return { envelope: ENVELOPE };
    },
    idle: async () => undefined,
    ...answers,
  };
}

export interface Scene {
  readonly app: FastifyInstance;
  readonly notices: Notice[];
  /** Every log line written. */
  readonly log: string[];
}

/** The door with a stub behind it; closed and checked for leaks when the test ends. */
export function open(
  t: { teardown(run: () => Promise<void>): void },
  changes: Partial<DoorDeps> = {},
): Scene {
  const notices: Notice[] = [];
  const log: string[] = [];
  const clock = { now: () => Date.parse("2026-11-21T02:15:30Z") };
  const telemetry = createTelemetry({ clock, processMetrics: false });
  const app = createApp({
    desk: stubDesk(),
    readiness: () => ({ blocking: [], degraded: [], notInstalled: [] }),
    metricsText: () => telemetry.metricsText(),
    observer: {
      notice(notice) {
        notices.push(notice);
        telemetry.observer.notice(notice);
      },
    },
    logger: createLogger({ level: "trace", destination: { write: (line) => log.push(line) } }),
    clock,
    steady: { now: () => performance.now() },
    deadline: 50,
    draining: () => false,
    version: "0.0.0-test",
    ...changes,
  });
  t.teardown(async () => {
    telemetry.close();
    await app.close();
  });
  return { app, notices, log };
}
