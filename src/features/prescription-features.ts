import type { PrescriberEntry } from "../reference/bundle.ts";
import { shanghaiDay } from "../units.ts";
import { ABSENT } from "./definition.ts";
import { prescriptionFact } from "./line-features.ts";
import type { ReadContext } from "./read-context.ts";

/** A prescription from outside (rx_circ_flag); absent where there is none, or it is not said (rule RX-07). */
export const rxExternal = () =>
  prescriptionFact("boolean", "line", ABSENT, (_, { line }) => line.prescription?.external);
/** Where it was issued in the till's word, for instance hospital or internet. */
export const rxSource = () =>
  prescriptionFact("string", "line", ABSENT, (_, { line }) =>
    line.prescription?.source?.toLowerCase(),
  );
/** A long-term prescription (长期处方). */
export const rxLong = () =>
  prescriptionFact("boolean", "line", false, (_, { line }) => line.prescription?.long === true);

/** Shanghai days since a line's prescription was issued; 0 on the day itself (rule RX-06). */
export const rxAgeDays = () =>
  prescriptionFact("number", "line", ABSENT, ({ day }, { line }) => {
    const issuedAt = line.prescription?.issuedAt;
    return issuedAt === undefined ? ABSENT : day - shanghaiDay(issuedAt);
  });

/** The prescriber is in prescribers.csv (rule RX-04); absent where there is no such file, or no prescriber is named. */
export const prescriberKnown = () =>
  prescriptionFact("boolean", "reference", ABSENT, (context, { line }) => {
    const id = line.prescription?.prescriber;
    if (id === undefined || !context.reference.knowsPrescribers) return ABSENT;
    return prescriberOf(id, context) !== undefined;
  });

/** And may prescribe today; absent for one who is not known. */
export const prescriberActive = () =>
  prescriptionFact("boolean", "reference", ABSENT, (context, { line }) => {
    const id = line.prescription?.prescriber;
    const entry = id === undefined ? undefined : prescriberOf(id, context);
    if (entry === undefined) return ABSENT;
    const isInEffect = entry.since === undefined || entry.since <= context.day;
    return (entry.status === "active") === isInEffect;
  });

/** Each looked up once a swipe: two features ask, and lines of one sale have mostly one prescriber. */
function prescriberOf(id: string, context: ReadContext): PrescriberEntry | undefined {
  const found = context.shared(noneFound);
  if (!found.has(id)) found.set(id, context.reference.prescriber(id));
  return found.get(id);
}

function noneFound(): Map<string, PrescriberEntry | undefined> {
  return new Map();
}
