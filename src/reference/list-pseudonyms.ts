import type { Pseudonym } from "../swipe/pseudonymised-swipe.ts";

/**
 * The same keyed digests a swipe's identities get, one function a domain, so that what a list
 * holds after loading can be compared with what a swipe holds. Whatever a till's value goes
 * through before hashing (case of an ID number's X, for instance) must happen inside.
 */
export interface ListPseudonyms {
  person(number: string): Pseudonym;
  idNumber(number: string): Pseudonym;
  credential(number: string): Pseudonym;
  card(serial: string): Pseudonym;
  staff(id: string): Pseudonym;
  prescriber(id: string): Pseudonym;
  agent(id: string): Pseudonym;
  employer(name: string): Pseudonym;
}
