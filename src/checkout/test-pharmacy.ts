import type { PharmacyEntry, ReferenceBundle } from "../reference/bundle.ts";
import { badRequest } from "../swipe/faults.ts";
import { answeredMessageId, messageId } from "../swipe/nhsa/envelope.ts";
import { nhsaProblem } from "../swipe/nhsa/from-answer.ts";
import type { NhsaReply, NhsaRoute } from "../swipe/nhsa/route.ts";
import { type Clock, type Observer, SILENT } from "../units.ts";
import type { Bundle } from "./bundle.ts";
import type { Desk } from "./desk.ts";
import { Pages } from "./indicators/pages.ts";
import type { Recorder } from "./recorder.ts";
import type { DeskTools } from "./tools.ts";

/**
 * The pharmacy that `guard conform` and a till under test swipe for. No code of NHSA's is all zeros. Ids that begin
 * with it are its own; they are counted in a memory of their own, recorded nowhere, and found out nothing about.
 */
export const TEST_PHARMACY = "P00000000000";

const ID_RULE = `must begin with ${TEST_PHARMACY} for the test pharmacy, and for no other`;

/** Two shops behind one door: the test pharmacy's swipes go to its own, everything else to the living one. */
export function routeTestPharmacy(live: Desk, test: Desk, observer: Observer, clock: Clock): Desk {
  const toTest = (op: string): Desk => {
    observer.notice({ kind: "test.request", labels: { op } });
    return test;
  };
  const ofSwipe = (swipeId: string, op: string) => (isTestId(swipeId) ? toTest(op) : live);
  return {
    check: async (body, arrival) => {
      const whose = whoseIs(fieldOf(fieldOf(body, "pharmacy"), "code"), fieldOf(body, "swipeId"));
      if (whose === "both") return badRequest([{ path: "swipeId", reason: ID_RULE }]);
      return (whose === "test" ? toTest("check") : live).check(body, arrival);
    },
    settle: async (swipeId, body, arrival) => {
      const carried = fieldOf(fieldOf(fieldOf(body, "swipe"), "pharmacy"), "code");
      if (carried !== undefined && whoseIs(carried, swipeId) === "both")
        return badRequest([{ path: "swipe.swipeId", reason: ID_RULE }]);
      return ofSwipe(swipeId, "settlement").settle(swipeId, body, arrival);
    },
    reverse: (swipeId, body, arrival) =>
      ofSwipe(swipeId, "reversal").reverse(swipeId, body, arrival),
    acknowledge: (swipeId, body, arrival) =>
      ofSwipe(swipeId, "acknowledgement").acknowledge(swipeId, body, arrival),
    find: (swipeId, arrival) => ofSwipe(swipeId, "find").find(swipeId, arrival),
    nhsa: async (route, envelope, arrival) => {
      const whose = whoseMessage(route, envelope);
      if (whose === "both") return mismatched(envelope, clock);
      return (whose === "test" ? toTest("nhsa") : live).nhsa(route, envelope, arrival);
    },
    idle: async () => {
      await Promise.all([live.idle(), test.idle()]);
    },
  };
}

type Whose = "live" | "test" | "both";

/** A code that is missing or no text is the desk's to refuse. */
function whoseIs(code: unknown, id: unknown): Whose {
  const isCode = isTestCode(code);
  const isId = typeof id === "string" && isTestId(id);
  if (isCode && isId) return "test";
  return isCode || (isId && typeof code === "string") ? "both" : "live";
}

function whoseMessage(route: NhsaRoute, envelope: unknown): Whose {
  if (route === "2102/answer") return isTestId(answeredMessageId(envelope)) ? "test" : "live";
  return whoseIs(fieldOf(envelope, "fixmedins_code"), messageId(envelope));
}

function mismatched(envelope: unknown, clock: Clock): NhsaReply {
  const now = clock.now();
  const exchange = { msgid: messageId(envelope), readAt: now, answeredAt: now };
  return nhsaProblem(badRequest([{ path: "msgid", reason: ID_RULE }]).problem, exchange);
}

function isTestCode(code: unknown): boolean {
  return typeof code === "string" && code.trim() === TEST_PHARMACY;
}

function isTestId(id: string): boolean {
  return id.startsWith(TEST_PHARMACY);
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

/** The living shop's tools, but a memory of its own, a record that keeps nothing, and nobody who is told of findings. */
export function testTools(live: DeskTools, store: DeskTools["store"]): DeskTools {
  return {
    ...live,
    store,
    observer: SILENT,
    recorder: NO_RECORD,
    bundle: knowingTestPharmacy(live.bundle),
    pages: new Pages(),
  };
}

const NO_RECORD: Recorder = {
  decided: async () => undefined,
  settled: async () => undefined,
  reversed: async () => undefined,
  acknowledged: async () => undefined,
  clue: async () => undefined,
  indicator: async () => undefined,
  waiting: async () => undefined,
  entered: async () => undefined,
  applied: async () => undefined,
};

/** Designated and open all day, whatever reference files are installed. */
const ENTRY: PharmacyEntry = Object.freeze({
  code: TEST_PHARMACY,
  area: "000000",
  status: "active",
});

/** One bundle more a bundle: a decision names, and a desk compares, the one it used. */
function knowingTestPharmacy(bundle: () => Bundle): () => Bundle {
  const known = new WeakMap<Bundle, Bundle>();
  return () => {
    const living = bundle();
    const before = known.get(living);
    if (before !== undefined) return before;
    const reference: ReferenceBundle = {
      ...living.reference,
      pharmacy: (code) => (code === TEST_PHARMACY ? ENTRY : living.reference.pharmacy(code)),
    };
    const knowing: Bundle = { ...living, reference };
    known.set(living, knowing);
    return knowing;
  };
}
