import { readFileSync } from "node:fs";

/** A `.cpuprofile` as V8 writes it; times in µs of the monotonic clock. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  readonly startTime: number;
  readonly endTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: CallFrame;
  readonly children?: readonly number[];
}

/** Line and column count from 0, as V8 counts them. */
export interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
}

/** A part of the profile, µs of the monotonic clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where a frame stands: `src/checkout/check.ts`, `node_modules/zod/...`, `node:net`; "" for native code. */
export interface Frame {
  readonly name: string;
  readonly path: string;
  /** From 1; 0 where there is none. */
  readonly line: number;
}

/** One way of calling, with the time spent in itself. */
export interface CallNode {
  readonly frame: Frame;
  readonly selfUs: number;
  readonly children: readonly CallNode[];
}

export function readProfile(file: string): CpuProfile {
  return JSON.parse(readFileSync(file, "utf8")) as CpuProfile;
}

/** µs spent in each node within the span: a sample stands until the next one is taken. */
export function selfTimes(profile: CpuProfile, span: Span): ReadonlyMap<number, number> {
  const { samples, timeDeltas, startTime, endTime } = profile;
  const times = new Map<number, number>();
  let at = startTime;
  for (const [index, node] of samples.entries()) {
    at += timeDeltas[index] ?? 0;
    const until = index + 1 < samples.length ? at + (timeDeltas[index + 1] ?? 0) : endTime;
    const us = Math.min(until, span.to) - Math.max(at, span.from);
    if (us > 0) times.set(node, (times.get(node) ?? 0) + us);
  }
  return times;
}

/** The tree of calls of one span, without idle time; `place` tells where a frame stands. */
export function callTree(
  profile: CpuProfile,
  span: Span,
  place: (frame: CallFrame) => Frame,
): CallNode {
  const times = selfTimes(profile, span);
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const called = new Set(profile.nodes.flatMap(({ children }) => children ?? []));
  const grown = (node: ProfileNode): CallNode => ({
    frame: place(node.callFrame),
    selfUs: times.get(node.id) ?? 0,
    children: (node.children ?? [])
      .flatMap((id) => byId.get(id) ?? [])
      .filter(({ callFrame }) => callFrame.functionName !== "(idle)")
      .map(grown),
  });
  const root = profile.nodes.find(({ id }) => !called.has(id));
  if (root === undefined) throw new Error("The profile has no root.");
  return grown(root);
}
