import { present } from "../swipe/present.ts";
import type { Bytes } from "../units.ts";
import type { DrugEntry, DrugIdentity, RememberedDrug } from "./bundle.ts";
import { isWesternMolecule, moleculeOf } from "./combinations.ts";
import { atc4, drugKeyOf, molecule } from "./drug-key.ts";
import { createPause } from "./loading.ts";
import { remember } from "./prefix-table.ts";

/** What the reference data say of one code; `entry` is its longest match. */
export interface CodeFacts {
  isWatched(code: string): boolean;
  entry(code: string): DrugEntry | undefined;
  identify(code: string): DrugIdentity;
}

/** Classes whose answers are remembered; there are about 900 in use. */
const CLASSES_REMEMBERED_MAX = 5_000;

/**
 * Finds what is known of a drug by its key, which is all a ledger keeps. A key stands for all packs
 * of one form, so it says what the listed codes of that form agree on; a form that no code lists
 * goes by its molecule's row (10 characters) and then by its class's (at most 6), as a code would.
 */
export function* rememberedDrugs(
  codes: Iterable<string>,
  facts: CodeFacts,
): Generator<void, (key: Bytes) => RememberedDrug | undefined> {
  const forms = new Map<Bytes, RememberedDrug>();
  const molecules = new Map<Bytes, RememberedDrug>();
  const share = createSharer();
  const pause = createPause();
  for (const code of codes) {
    if (pause.isDue()) yield;
    const drug = factsOf(code, facts);
    const key = drugKeyOf(facts.identify(code));
    forms.set(key, share(merged(forms.get(key), drug)));
    if (!isWesternMolecule(code)) continue;
    const name = moleculeOf(code, facts.identify);
    molecules.set(name, share(merged(molecules.get(name), drug)));
  }
  const ofClass = remember(CLASSES_REMEMBERED_MAX, (code: string) => {
    const drug = factsOf(code, facts);
    return facts.entry(code) === undefined && !drug.watched ? undefined : share(drug);
  });
  return (key) => {
    const known = forms.get(key) ?? molecules.get(molecule(key));
    if (known !== undefined) return known;
    const western = atc4(key);
    return western === undefined ? undefined : ofClass(`X${western}`);
  };
}

function factsOf(code: string, facts: CodeFacts): RememberedDrug {
  const entry = facts.entry(code);
  return present({
    watched: facts.isWatched(code),
    prescription: entry?.prescription ?? false,
    dualChannel: entry?.dualChannel ?? false,
    sex: entry?.sex,
    minAge: entry?.minAge,
    maxAge: entry?.maxAge,
  });
}

/** A limit holds where all agree on it: a purchase of years ago must not offend against another pack's label. */
function merged(one: RememberedDrug | undefined, other: RememberedDrug): RememberedDrug {
  if (one === undefined) return other;
  return present({
    watched: one.watched || other.watched,
    prescription: one.prescription || other.prescription,
    dualChannel: one.dualChannel || other.dualChannel,
    sex: one.sex === other.sex ? one.sex : undefined,
    minAge: one.minAge === other.minAge ? one.minAge : undefined,
    maxAge: one.maxAge === other.maxAge ? one.maxAge : undefined,
  });
}

/** Few kinds of facts among many drugs: each kind is kept once. */
function createSharer(): (drug: RememberedDrug) => RememberedDrug {
  const shared = new Map<string, RememberedDrug>();
  return (drug) => {
    const { watched, prescription, dualChannel, sex, minAge, maxAge } = drug;
    const name = JSON.stringify([watched, prescription, dualChannel, sex, minAge, maxAge]);
    const known = shared.get(name) ?? Object.freeze(drug);
    shared.set(name, known);
    return known;
  };
}
