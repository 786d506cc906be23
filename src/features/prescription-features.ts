import { shanghaiDay } from "../units.ts";
import { ABSENT } from "./definition.ts";
import { lineFact } from "./line-features.ts";

/** A prescription from outside (rx_circ_flag); absent where there is none, or it is not said (rule RX-07). */
export const rxExternal = () =>
  lineFact("boolean", "line", ({ line }) => line.prescription?.external);
/** Where it was issued in the till's word, for instance hospital or internet. */
export const rxSource = () =>
  lineFact("string", "line", ({ line }) => line.prescription?.source?.toLowerCase());
/** A long-term prescription (长期处方). */
export const rxLong = () =>
  lineFact("boolean", "line", ({ line }) => line.prescription?.long === true);

/** Shanghai days since a line's prescription was issued; 0 on the day itself (rule RX-06). */
export const rxAgeDays = () =>
  lineFact("number", "line", ({ line }, { day }) => {
    const issuedAt = line.prescription?.issuedAt;
    return issuedAt === undefined ? ABSENT : day - shanghaiDay(issuedAt);
  });

/** The prescriber is in prescribers.csv (rule RX-04); absent where there is no such file, or no prescriber is named. */
export const prescriberKnown = () =>
  lineFact("boolean", "reference", ({ line }, { reference }) => {
    const id = line.prescription?.prescriber;
    if (id === undefined || !reference.knowsPrescribers) return ABSENT;
    return reference.prescriber(id) !== undefined;
  });

/** And may prescribe today; absent for one who is not known. */
export const prescriberActive = () =>
  lineFact("boolean", "reference", ({ line }, { reference, day }) => {
    const id = line.prescription?.prescriber;
    const entry = id === undefined ? undefined : reference.prescriber(id);
    if (entry === undefined) return ABSENT;
    const isInEffect = entry.since === undefined || entry.since <= day;
    return (entry.status === "active") === isInEffect;
  });
