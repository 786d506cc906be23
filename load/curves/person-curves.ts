import { freemem } from "node:os";
import type { CurvePoint } from "../report/curve.ts";
import { CopiedLedgers } from "./copied-ledgers.ts";
import { again, type CurvePlan, type MeasuredCurve, oneByOne } from "./curve-plan.ts";
import { type CurveGround, measurePoint } from "./curve-point.ts";
import { RedisMemory } from "./redis-memory.ts";

const SWIPES = [1, 5, 10, 30, 100];
/** More than are drawn in a run, so that each comes with the past he was given. */
const PERSONS_WITH_PAST = 60_000;
const PERSONS = [10_000, 100_000, 1_000_000, 5_000_000];
const SWIPES_EACH = 10;
/** Ledgers that the guard itself writes for each point. */
const SAMPLE_SWIPES = 600;
const SAMPLE_PERSONS_MAX = 150;
/** A ledger with its name, and room for what a growing table takes meanwhile. */
const BYTES_A_PERSON = 1_200;
/** Names one command carries. */
const BUCKETS_WEIGHED = 6_400;
/** Keys of a kind whose bytes are averaged. */
const KEYS_WEIGHED = 2_000;
/** Declared fill of a bucket of trace codes (architecture, promise 9). */
const CODES_A_BUCKET = 64;

/** Bytes at most (architecture, promise 9). */
const PROMISED = { person: 1_024, code: 45, locator: 170, answer: 700 } as const;

export const PERSON_CURVES: readonly CurvePlan[] = [
  {
    name: "swipes",
    title: "Persons with a longer past",
    x: "swipes of two lines in each person's ledger",
    measure: swipesCurve,
  },
  {
    name: "persons",
    title: "More active persons",
    x: "persons with ten swipes of two lines in 90 days",
    personBytesMost: PROMISED.person,
    measure: personsCurve,
  },
];

async function swipesCurve(ground: CurveGround): Promise<MeasuredCurve> {
  const ledgers = new CopiedLedgers(ground, new RedisMemory(ground.redisUrl));
  return oneByOne(ground, SWIPES, async (swipes) => {
    await ledgers.writeSample(ground, sampleOf(swipes));
    const personBytes = await ledgers.copyTo(0, PERSONS_WITH_PAST);
    const point = await measurePoint(ground, swipes, {
      traffic: { persons: PERSONS_WITH_PAST },
      env: ledgers.env,
      keepMemory: ledgers,
    });
    return { ...point, personBytes };
  });
}

async function personsCurve(ground: CurveGround): Promise<MeasuredCurve> {
  const memory = new RedisMemory(ground.redisUrl);
  const beside = await whatASwipeLeaves(ground, memory);
  const ledgers = new CopiedLedgers(ground, memory);
  await ledgers.writeSample(ground, sampleOf(SWIPES_EACH));
  const room = freemem() / 2;
  let known = 0;
  const points: CurvePoint[] = [];
  for (const persons of PERSONS.filter((persons) => persons * BYTES_A_PERSON < room)) {
    const personBytes = await ledgers.copyTo(known, persons);
    known = persons;
    const setting = { traffic: { persons }, env: ledgers.env, keepMemory: ledgers };
    const point = await again(ground, () => measurePoint(ground, persons, setting));
    points.push({ ...point, personBytes });
  }
  await memory.flush();
  return { points, beside };
}

/** After some seconds of the canonical workload, whatever the guard has put into Redis. */
async function whatASwipeLeaves(ground: CurveGround, memory: RedisMemory): Promise<string> {
  await measurePoint(ground, 0, {});
  const code = await bytesACode(memory);
  const locator = await memory.bytesOf((await memory.keys("*:{s*}")).slice(0, KEYS_WEIGHED));
  const answer = await memory.bytesOf((await memory.keys("*:{p*}a:*")).slice(0, KEYS_WEIGHED));
  const against = (bytes: number, most: number) => `${bytes.toFixed(0)} B (promised: ${most})`;
  return `Beside the ledger a swipe leaves ${against(code, PROMISED.code)} a trace code, ${against(locator, PROMISED.locator)} to find it by, and a sealed answer of ${against(answer, PROMISED.answer)} for 24 h.`;
}

function sampleOf(swipes: number) {
  return {
    swipes,
    persons: Math.min(SAMPLE_PERSONS_MAX, Math.floor(SAMPLE_SWIPES / swipes)),
  };
}

/** The codes sold so far in buckets as full as they are meant to be; among so few each has one of its own. */
async function bytesACode(memory: RedisMemory): Promise<number> {
  const buckets = (await memory.keys("*:{K*}"))
    .filter((key) => key.endsWith("}"))
    .slice(0, BUCKETS_WEIGHED);
  const count = Math.floor(buckets.length / CODES_A_BUCKET);
  const prefix = buckets[0]?.slice(0, buckets[0].indexOf("K") + 1) ?? "";
  // Beyond the 22 bits of a bucket's number, so that no living one is touched.
  const full = Array.from(
    { length: count },
    (_, index) => `${prefix}z${String(index).padStart(4, "0")}}`,
  );
  const before = await memory.usedBytes();
  const put = await memory.gather(buckets, full, CODES_A_BUCKET);
  const bytes = ((await memory.usedBytes()) - before) / put;
  await memory.remove(full);
  return bytes;
}
