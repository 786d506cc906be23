import {
  type Asked,
  type Done,
  doneBy,
  grouped,
  mayBeLost,
  PASSING,
  type Step,
  takenForAnother,
} from "./history.ts";
import type { PlannedSale } from "./plan.ts";
import type { SurveyedSale } from "./survey.ts";
import type { Life } from "./world.ts";

/** What the tills were told of one sale, and so what may have become of it. */
export interface Told {
  readonly swipeId: string;
  readonly sale: PlannedSale;
  readonly asked: readonly Asked[];
  readonly checked: Done;
  /** At least one check of it was answered allow or warn; `refused` where every answer was none of both. */
  readonly verdict: "accepted" | "refused" | "unknown";
  readonly settled: Done;
  readonly returned: Done;
  readonly partly: Done;
  /** Losing is allowed, counting twice is not. */
  readonly excused: boolean;
}

export function toldOf(life: Life): readonly Told[] {
  const byId = grouped(life.history, ({ swipeId }) => swipeId);
  const mistaken = takenForAnother(life.history);
  return [...byId].flatMap(([swipeId, asked]) => {
    const [first] = asked;
    if (first === undefined) return [];
    const of = (...steps: readonly Step[]) => asked.filter(({ step }) => steps.includes(step));
    const checked = doneBy(of("check", "upload"));
    // What waits for a sale that nobody ever told the guard of is taken as unknown in the end.
    const done = (...steps: readonly Step[]) => {
      const by = doneBy(of(...steps));
      return by === "waits" ? (checked === "done" || checked === "waits" ? "done" : "perhaps") : by;
    };
    return [
      {
        ...{ swipeId, sale: first.sale, asked },
        checked: checked === "waits" ? "done" : checked,
        verdict: verdictOf(of("check")),
        settled: done("settle", "upload"),
        returned: done("void", "refund"),
        partly: done("part"),
        excused: mistaken.has(swipeId) || asked.some((each) => mayBeLost(life.losses, each)),
      },
    ];
  });
}

function verdictOf(checks: readonly Asked[]): Told["verdict"] {
  const said = checks.flatMap(({ answer }) => answer?.decision ?? []);
  const accepted = said.filter((decision) => decision === "allow" || decision === "warn");
  // Two instances, one of them without the store: what the other sealed stands.
  if (accepted.length > 0 && accepted.length < said.length) return "unknown";
  if (accepted.length > 0) return "accepted";
  const open = checks.some(
    ({ answer }) => answer === undefined || PASSING.has(answer.problem ?? ""),
  );
  return said.length > 0 && !open ? "refused" : "unknown";
}

/** The store holds what the tills were told: each settlement once, each return given back once. */
export function auditSales(life: Life): readonly string[] {
  return toldOf(life).flatMap((told) => {
    const found = life.survey.sales.get(told.swipeId);
    return found === undefined || told.excused ? [] : wrong(told, found);
  });
}

function wrong(told: Told, found: SurveyedSale): readonly string[] {
  const packs = told.sale.boxes.length;
  const possible = outcomes(told, packs);
  const isRight = possible.some(
    ({ states, left }) =>
      states.includes(found.state) && (left === undefined || left === found.left),
  );
  if (isRight) return [];
  const steps = `check ${told.verdict}, settled ${told.settled}, returned ${told.returned}, part ${told.partly}`;
  return [
    `as told: ${told.swipeId} is ${found.state} with ${found.left} left of ${packs} (${steps})`,
  ];
}

interface OutcomeOf {
  readonly states: readonly string[];
  readonly left?: number;
}

/** Every way it may have ended, by what was done for sure and what perhaps. */
function outcomes(told: Told, packs: number): readonly OutcomeOf[] {
  const { settled, returned } = told;
  const back = returned === "not" ? [] : [{ states: ["returned", "superseded"], left: 0 }];
  if (returned === "done" && settled !== "not") return back;
  const sold = settled !== "not" && returned !== "done" ? soldAs(told, packs) : [];
  return [...back, ...sold, ...(settled === "done" ? [] : neverSold(told))];
}

function soldAs({ partly, asked }: Told, packs: number): readonly OutcomeOf[] {
  // A part that came back before the seal of its check: what is left is right, and that a part is back is not said.
  const isLate = asked.some(
    ({ answer }) => answer?.mode === "standIn" || answer?.state === "waiting",
  );
  const inPart = isLate ? ["returned", "settled"] : ["returned"];
  return [
    ...(partly === "not" ? [] : [{ states: inPart, left: packs - 1 }]),
    ...(partly === "done" ? [] : [{ states: ["settled"], left: packs }]),
  ];
}

function neverSold(told: Told): readonly OutcomeOf[] {
  return [
    ...(told.checked === "not" ? [] : [{ states: unsettled(told) }]),
    ...(told.checked === "done" ? [] : [{ states: ["swipe_unknown"] }]),
  ];
}

/** What a check leaves that nobody settled. A later step of the same sale may have taken its place. */
function unsettled({ verdict, sale, asked }: Told): readonly string[] {
  const held = sale.via === "nhsa" ? ["reserved", "presumed"] : ["reserved", "lapsed"];
  const states = ["superseded"];
  if (verdict !== "accepted") states.push("attempted");
  if (verdict !== "refused") states.push(...held);
  // An unsealed entry lapses and is never presumed.
  if (asked.some(({ answer }) => answer === undefined) || verdict === "unknown")
    states.push("lapsed");
  return states;
}
