import { readDrugCode } from "../swipe/drug-code.ts";
import type { DrugEntry, DrugIdentity, WatchEntry } from "./bundle.ts";
import { createPause } from "./loading.ts";

/** A patent medicine's product: characters 1 to 11, its form included. */
const PRODUCT_LENGTH = 11;

/**
 * What is counted together. A patent medicine has one code a form, so its forms are joined: codes
 * under one rank of the watchlist are forms of one medicine, and so are codes with one `group` in
 * drugs.csv. A group is called after its smallest product code and not after a rank or a group's
 * name: ranks change with every notice, and a new name would lose what a person has at home.
 */
export function* createDrugIdentifier(
  find: (code: string) => DrugEntry | undefined,
  watchlist: readonly WatchEntry[],
  entries: Iterable<DrugEntry>,
): Generator<void, (code: string) => DrugIdentity> {
  const nameOf = yield* patentGroups(watchlist, entries);
  return (code) => {
    const { drugClass, molecule, form } = readDrugCode(code);
    if (drugClass !== "patent") return Object.freeze({ drugClass, molecule, form });
    const group = find(code)?.group;
    const name =
      nameOf(productNode(form)) ?? (group === undefined ? undefined : nameOf(groupNode(group)));
    return Object.freeze({ drugClass, molecule: name ?? molecule, form });
  };
}

/** Joins products, ranks and groups that touch each other; the answer is a joined set's name. */
function* patentGroups(
  watchlist: readonly WatchEntry[],
  entries: Iterable<DrugEntry>,
): Generator<void, (node: string) => string | undefined> {
  const sets = createSets();
  const pause = createPause();
  for (const { list, rank, code } of watchlist) {
    if (isPatent(code)) sets.join(productNode(code), JSON.stringify([list, rank]));
    if (pause.isDue()) yield;
  }
  for (const { code, group } of entries) {
    if (isPatent(code) && group !== undefined) sets.join(productNode(code), groupNode(group));
    if (pause.isDue()) yield;
  }
  const names = yield* smallestProducts(sets);
  return (node) => (sets.has(node) ? names.get(sets.root(node)) : undefined);
}

/** By root. */
function* smallestProducts(sets: Sets): Generator<void, ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const pause = createPause();
  for (const node of sets.nodes()) {
    if (pause.isDue()) yield;
    if (!node.startsWith(PRODUCT_MARK)) continue;
    const root = sets.root(node);
    const product = node.slice(PRODUCT_MARK.length);
    const known = names.get(root);
    if (known === undefined || product < known) names.set(root, product);
  }
  return names;
}

const PRODUCT_MARK = "product ";

function productNode(code: string): string {
  return PRODUCT_MARK + code.slice(0, PRODUCT_LENGTH);
}

function groupNode(group: string): string {
  return `group ${group}`;
}

function isPatent(code: string): boolean {
  return code.startsWith("Z");
}

interface Sets {
  join(a: string, b: string): void;
  has(node: string): boolean;
  root(node: string): string;
  nodes(): Iterable<string>;
}

/** Disjoint sets; `above` holds each node's way to its root. */
function createSets(): Sets {
  const above = new Map<string, string>();
  const root = (node: string): string => {
    let at = node;
    for (let next = above.get(at); next !== undefined && next !== at; next = above.get(at))
      at = next;
    above.set(node, at);
    return at;
  };
  return {
    join(a, b) {
      above.set(root(a), root(b));
    },
    has: (node) => above.has(node),
    root,
    nodes: () => above.keys(),
  };
}
