import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import {
  changeScript,
  observeScript,
  readScript,
  sealScript,
} from "../../src/counters/redis/scripts.generated.ts";
import type { CallShape, MemoryShape } from "./memory-shape.ts";
import { bytesOf, type MonitoredCommand, readMonitorLine } from "./monitor-lines.ts";
import { merge, TouchedKeys, type Touches } from "./touched-keys.ts";

/** Checks observed and not yet sealed that are kept; a run has as many as it has connections. */
const OPEN_MAX = 10_000;

/** A guard's Redis that is listened to. */
export interface Calibration {
  /** What was done so far is warming up: only what follows counts. */
  begin(): void;
  /** Ends the listening. @throws Error where no check or no step was heard */
  done(): Promise<MemoryShape>;
}

/**
 * Listens by MONITOR to what the guard's scripts read and write, exactly, key by key. Begin it while Redis is empty:
 * lengths are followed from there. Redis tells every command, so nothing may be measured meanwhile.
 */
export async function calibrate(redisUrl: string): Promise<Calibration> {
  const { hostname, port } = new URL(redisUrl);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, "connect");
  socket.setEncoding("latin1");
  const listener = new CallListener();
  const lines = createInterface({ input: socket });
  lines.on("line", (line) => {
    const command = readMonitorLine(line);
    if (command !== undefined) listener.hear(command);
  });
  socket.write("MONITOR\r\n");
  await once(lines, "line");
  return {
    begin: () => listener.begin(),
    done: async () => {
      const closed = once(socket, "close");
      socket.end();
      await closed;
      return listener.shape();
    },
  };
}

/** Sums over calls of one kind. */
class CallSums {
  private readonly of = {
    ...{ rewritten: 0, rewrittenBytes: 0, readOnly: 0, readOnlyBytes: 0 },
    ...{ fresh: 0, freshBytes: 0, argumentBytes: 0 },
  };

  add(touches: Touches): void {
    const { of } = this;
    for (const { found, written } of touches.values()) {
      if (written === undefined) {
        of.readOnly += 1;
        of.readOnlyBytes += found ?? 0;
      } else if (found === undefined) {
        of.fresh += 1;
        of.freshBytes += written;
      } else {
        of.rewritten += 1;
        of.rewrittenBytes += (found + written) / 2;
      }
    }
  }

  addArgument(bytes: number): void {
    this.of.argumentBytes += bytes;
  }

  per(calls: number): CallShape {
    const { of } = this;
    const each = (sum: number, count: number) => (count === 0 ? 0 : sum / count);
    return {
      rewritten: each(of.rewritten, calls),
      rewrittenBytes: each(of.rewrittenBytes, of.rewritten),
      readOnly: each(of.readOnly, calls),
      readOnlyBytes: each(of.readOnlyBytes, of.readOnly),
      fresh: each(of.fresh, calls),
      freshBytes: each(of.freshBytes, of.fresh),
      argumentBytes: each(of.argumentBytes, calls),
    };
  }
}

const SCRIPT_NAMES: ReadonlyMap<string, "observe" | "seal" | "read" | "change"> = new Map([
  [observeScript.sha1, "observe"],
  [sealScript.sha1, "seal"],
  [readScript.sha1, "read"],
  [changeScript.sha1, "change"],
]);

/**
 * A check is an observe and a seal, joined by the sealed answer's key, which both name first: a key that both touch
 * counts once. A step is a change, and the reads before it of which nobody knows whose they are: a key that was read
 * and then changed counts once, too.
 */
export class CallListener {
  private readonly keys = new TouchedKeys();
  private check = new CallSums();
  private step = new CallSums();
  private checks = 0;
  private steps = 0;
  private readonly observed = new Map<string, Touches>();
  private located: Touches = new Map();
  private endCall: (() => void) | undefined;
  private touches: Touches = new Map();

  begin(): void {
    this.endCall?.();
    this.endCall = undefined;
    this.check = new CallSums();
    this.step = new CallSums();
    this.checks = 0;
    this.steps = 0;
    this.located = new Map();
  }

  hear(command: MonitoredCommand): void {
    if (command.isInner) {
      this.keys.follow(command, this.touches);
      return;
    }
    this.endCall?.();
    this.touches = new Map();
    this.endCall = undefined;
    const [sha1 = "", count = "0", first = ""] = command.args;
    const script = command.name === "EVALSHA" ? SCRIPT_NAMES.get(sha1) : undefined;
    if (script === undefined) return;
    const argument = bytesOf(command.args[2 + Number(count)] ?? "");
    this.endCall = () => this.end(script, first, argument);
  }

  shape(): MemoryShape {
    this.endCall?.();
    this.endCall = undefined;
    this.step.add(this.located);
    if (this.checks === 0 || this.steps === 0) {
      throw new Error(`${this.checks} checks and ${this.steps} steps were heard: too few.`);
    }
    return { check: this.check.per(this.checks), step: this.step.per(this.steps) };
  }

  private end(script: "observe" | "seal" | "read" | "change", first: string, argument: number) {
    const { touches } = this;
    switch (script) {
      case "observe":
        this.check.addArgument(argument);
        if (this.observed.size < OPEN_MAX) this.observed.set(first, touches);
        break;
      case "seal":
        this.check.addArgument(argument);
        this.check.add(merge(this.observed.get(first) ?? new Map(), touches));
        this.observed.delete(first);
        this.checks += 1;
        break;
      case "read":
        this.step.addArgument(argument);
        this.located = merge(this.located, touches);
        break;
      case "change":
        this.step.addArgument(argument);
        this.steps += 1;
        this.endStep(touches);
        break;
    }
  }

  private endStep(changed: Touches): void {
    const own: Touches = new Map();
    for (const [key, touch] of changed) {
      const before = this.located.get(key);
      own.set(key, before ? { ...touch, found: before.found } : touch);
      this.located.delete(key);
    }
    this.step.add(own);
  }
}
