import type { ReferenceBundle } from "../../reference/bundle.ts";
import type { PseudonymisedSwipe } from "../../swipe/pseudonymised-swipe.ts";
import type { Fen } from "../../units.ts";
import { type AnsweredCheck, totalOf } from "../findings.ts";
import type { Sale } from "../sale-steps.ts";
import type { SaleFacts } from "./page.ts";

const PERSON_BYTES = 6;
/** Full codes end in five characters that name the maker: western drugs have 23, patent medicines 20 (domain 2.1). */
const WITH_MAKER = /^(?:X.{17}|Z.{14}).{5}$/;
const MAKER_LENGTH = 5;

/** What an accepted check says of its sale. */
export function factsOfCheck({ swipe, observation, bundle }: AnsweredCheck): SaleFacts {
  return {
    pharmacy: swipe.pharmacy.code,
    area: swipe.pharmacy.area,
    person: observation.person.slice(0, PERSON_BYTES),
    at: swipe.at,
    total: swipe.total,
    fund: observation.fund,
    accountOnly: isAccountOnly(swipe),
    makers: makersOf(swipe, bundle.reference),
  };
}

/** What the ledger still has of a sale whose check was another instance's, or is forgotten here. */
export function factsOfEntry({ entry, located }: Sale): SaleFacts {
  return {
    pharmacy: located.pharmacy,
    area: entry.area,
    person: located.person.slice(0, PERSON_BYTES),
    at: entry.at,
    total: totalOf(entry),
    fund: entry.fund,
    accountOnly: undefined,
    makers: [],
  };
}

function isAccountOnly({ funds }: PseudonymisedSwipe): boolean | undefined {
  if (funds?.pooled === undefined && funds?.account === undefined) return undefined;
  return (funds.account ?? 0) > 0 && (funds.pooled ?? 0) === 0;
}

function makersOf(
  swipe: PseudonymisedSwipe,
  reference: ReferenceBundle,
): readonly (readonly [maker: string, fen: Fen])[] {
  const makers: (readonly [maker: string, fen: Fen])[] = [];
  for (const line of swipe.lines) {
    const isPrescribed =
      line.prescription !== undefined ||
      (line.prescriptionDrug ?? reference.drug(line.drug)?.prescription === true);
    if (isPrescribed && WITH_MAKER.test(line.drug))
      makers.push([line.drug.slice(-MAKER_LENGTH), line.amount]);
  }
  return makers;
}
