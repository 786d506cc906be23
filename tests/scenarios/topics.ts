import { cardFarming } from "./card-farming.ts";
import { cohorts } from "./cards-cohorts.ts";
import { cardsInGroups } from "./cards-groups.ts";
import { cardsOfOnePerson } from "./cards-person.ts";
import { cardsAgainstTheStore } from "./cards-store.ts";
import { cardsAtTills } from "./cards-till.ts";
import { casesOfCards } from "./cases-cards.ts";
import { casesOfDrugs } from "./cases-drugs.ts";
import { honestPeople } from "./honest-people.ts";
import { honestStores } from "./honest-stores.ts";
import { impersonation } from "./impersonation.ts";
import { impersonationPapers } from "./impersonation-papers.ts";
import { impersonationPersons } from "./impersonation-persons.ts";
import { impersonationPlaces } from "./impersonation-places.ts";
import { lifeCycle } from "./life-cycle.ts";
import { oddMessages } from "./odd-messages.ts";
import { overQuantity } from "./over-quantity.ts";
import { overQuantityPacks } from "./over-quantity-packs.ts";
import { overQuantityPeople } from "./over-quantity-people.ts";
import { overQuantityPlaces } from "./over-quantity-places.ts";
import { overrides } from "./overrides.ts";
import { paymentLimits } from "./payment-limits.ts";
import { prescriptionRules } from "./prescription-rules.ts";
import { prescriptions } from "./prescriptions.ts";
import { prices } from "./prices.ts";
import { readLiterally } from "./read-literally.ts";
import { readTogether } from "./read-together.ts";
import { resaleByTrade } from "./resale-trade.ts";
import { resaleOfWatched } from "./resale-watched.ts";
import { storesAndMessages } from "./stores-and-messages.ts";
import type { Stories } from "./story.ts";
import { traceBoxes } from "./trace-boxes.ts";
import { traceCodes } from "./trace-codes.ts";
import { traceLate } from "./trace-late.ts";
import { traceTable } from "./trace-table.ts";
import { uploads } from "./uploads.ts";

/** All stories by topic. */
export const TOPICS: Readonly<Record<string, Stories>> = {
  "card farming": cardFarming,
  "cards at tills": cardsAtTills,
  "cards against the store": cardsAgainstTheStore,
  "cards of one person": cardsOfOnePerson,
  "cards in groups": cardsInGroups,
  "cards in cohorts": cohorts,
  "resale of watched medicines": resaleOfWatched,
  "resale by trade": resaleByTrade,
  overrides,
  "over-quantity": overQuantity,
  "over-quantity: packs, days, returns": overQuantityPacks,
  "over-quantity of a person": overQuantityPeople,
  "over-quantity at several places": overQuantityPlaces,
  impersonation,
  "impersonation by place": impersonationPlaces,
  "impersonation by paper": impersonationPapers,
  "impersonation by person": impersonationPersons,
  "trace codes": traceCodes,
  "trace codes by the table": traceTable,
  "trace codes that come late": traceLate,
  "trace codes and their boxes": traceBoxes,
  "rules taken by their word": readLiterally,
  "a store's employees together": readTogether,
  "sale and return uploads": uploads,
  "prescriptions, pharmacies, books": prescriptions,
  "rules of prescriptions": prescriptionRules,
  "limits of payment": paymentLimits,
  "swaps and prices": prices,
  "stores and their messages": storesAndMessages,
  "the life of a sale": lifeCycle,
  "cases of cards": casesOfCards,
  "cases of drugs": casesOfDrugs,
  "honest people": honestPeople,
  "honest stores": honestStores,
  "odd messages": oddMessages,
};
