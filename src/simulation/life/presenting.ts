import type { EpochMs } from "../../units.ts";
import { SECOND } from "../../units.ts";
import type { Person } from "../people/person.ts";
import type { Random } from "../random.ts";
import type { Agent, Credential, Recourse, Verification } from "../sale.ts";
import type { Store } from "../stores/store.ts";

/** How somebody shows who they are. */
export interface Shown {
  readonly credential: Credential;
  readonly verification?: Verification;
  readonly recourse: Recourse;
}

const FACE: Verification = { method: "face", outcome: "pass" };
const ID_CARD: Verification = { method: "id-card", outcome: "pass" };
const FACE_FAILED: Verification = { method: "face", outcome: "fail" };
/** Of tills that can verify: how often they do before they ask the guard. */
const FACE_SHARE = 0.45;
const ID_SHARE = 0.12;
/** The camera does not know the old as well. */
const FACE_FAILS_OLD = 0.05;
const FACE_FAILS = 0.006;
/** Who has neither identity card nor face with them: nobody to speak of. */
const HAS_NOTHING = 0.02;
/** Seconds from showing the code to the end of scanning. */
const TOKEN_AGE = { from: 15, to: 95 } as const;
const SLOW_TOKEN_SHARE = 0.02;

/** A code from the telephone: used once. */
export function tokenOf(at: EpochMs, store: Store, random: Random): Credential {
  const number = `TK${random.below(2 ** 32).toString(36)}${random.below(2 ** 32).toString(36)}`;
  if (!store.habits.tokenTimes) return { type: "01", number };
  const age = random.chance(SLOW_TOKEN_SHARE)
    ? random.between(100, 240)
    : random.between(TOKEN_AGE.from, TOKEN_AGE.to);
  return { type: "01", number, issuedAt: at - age * SECOND };
}

export function cardOf(person: Person): Credential {
  return { type: "03", number: person.cardNumber, cardSn: person.cardSn };
}

export function idCardOf(person: Person): Credential {
  return { type: "02", number: person.idNumber };
}

/** The insured person stands at the till. */
export function inPerson(person: Person, store: Store, at: EpochMs, random: Random): Shown {
  const usesToken = random.chance(person.tokenShare);
  const other = random.chance(0.08) ? idCardOf(person) : cardOf(person);
  const credential = usesToken ? tokenOf(at, store, random) : other;
  const verification = store.habits.verification ? verified(person, random) : undefined;
  const shows = random.chance(HAS_NOTHING) ? {} : { verification: ID_CARD };
  if (verification?.outcome === "pass") return { credential, verification, recourse: {} };
  return { credential, ...(verification ? { verification } : {}), recourse: shows };
}

function verified(person: Person, random: Random): Verification | undefined {
  if (random.chance(ID_SHARE)) return ID_CARD;
  if (!random.chance(FACE_SHARE)) return undefined;
  const fails = person.age >= 70 ? FACE_FAILS_OLD : FACE_FAILS;
  if (!random.chance(fails)) return FACE;
  // Most cashiers take the identity card at once when the camera fails.
  return random.chance(0.7) ? ID_CARD : FACE_FAILED;
}

/** Somebody fetches for the insured person, with their card or with the family code. */
export function byProxy(
  person: Person,
  fetcher: Person,
  store: Store,
  at: EpochMs,
  random: Random,
): Shown & { readonly agent?: Agent } {
  const credential = random.chance(0.4) ? tokenOf(at, store, random) : cardOf(person);
  const registered: Agent = { id: fetcher.idNumber, relation: "child", registered: true };
  const draw = random.next();
  if (draw < 0.72) return { credential, agent: registered, recourse: {} };
  const recourse = { agent: registered };
  if (draw < 0.84) return { credential, agent: { ...registered, registered: false }, recourse };
  return { credential, recourse };
}
