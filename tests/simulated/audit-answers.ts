import { factsOf } from "./audit-records.ts";
import { type Asked, grouped, mayBeLost } from "./history.ts";
import { DEADLINE } from "./instance.ts";
import type { Life } from "./world.ts";

/** Steps after a check wait longer than a check, and not for ever: four waits of the store, each up to four deadlines. */
const STEP_MAX = 2_000;
/** Rounding of a sum of waits. */
const EPSILON = 0.001;

/** Promise 1 and the second half of promise 2: answered in time, and the same id alike. */
export function auditAnswers(life: Life): readonly string[] {
  return [...life.history.flatMap((asked) => inTime(asked, life)), ...alike(life)];
}

function inTime(asked: Asked, life: Life): readonly string[] {
  const { answer, swipeId, step } = asked;
  if (answer === undefined) {
    const lives = life.boots[asked.instance] === asked.boot;
    return lives ? [`answered: ${swipeId} ${step} never was, at guard-${asked.instance}`] : [];
  }
  if (answer.problem === "threw" || answer.problem === "internal") {
    return [`answered: ${swipeId} ${step} ${answer.problem} ${answer.text ?? ""}`];
  }
  const took = answer.at - asked.at;
  const most = step === "check" ? DEADLINE : STEP_MAX;
  return took > most + EPSILON ? [`in time: ${swipeId} ${step} took ${took.toFixed(1)} ms`] : [];
}

function alike({ history, losses, repeats, survey }: Life): readonly string[] {
  const checks = history.filter(
    ({ step, answer }) => step === "check" && answer?.text !== undefined,
  );
  const byId = grouped([...checks, ...repeats], ({ swipeId }) => swipeId);
  // Recorded as not surely sealed: another instance may have sealed its own.
  const unsure = survey.kafka.map(({ record }) => factsOf(record)).filter((facts) => facts.waiting);
  const waiting = new Set(unsure.map(({ swipeId }) => swipeId));
  // Whoever enters a sale that was never checked decides it too.
  const deciders = (id: string) =>
    history.filter(
      ({ swipeId, step }) => swipeId === id && (step === "check" || step === "upload"),
    );
  return [...byId].flatMap(([swipeId, asked]) => {
    // The exception of promise 2: what two instances said without the store, and what a failover took away.
    if (asked.some((each) => mayBeLost(losses, each))) return [];
    const texts = new Set(asked.map(({ answer }) => answer?.text));
    const apart = waiting.has(swipeId) || asked.some(({ answer }) => answer?.mode === "standIn");
    const told = texts.size <= (apart ? processesOf(deciders(swipeId)) : 1);
    return told ? [] : [`alike: ${swipeId} was answered in ${texts.size} ways`];
  });
}

function processesOf(asked: readonly Asked[]): number {
  return new Set(asked.map(({ instance, boot }) => `${instance} ${boot}`)).size;
}
