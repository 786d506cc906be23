import { z } from "zod";
import { PseudonymText } from "./recorded-swipe.ts";

const Instant = z.iso.datetime().describe("RFC 3339, UTC");
const Plain = z.union([z.number(), z.boolean(), z.string()]);

/** Something an inspector should look at, with the swipes it rests on. */
export const ClueRaised = z
  .strictObject({
    clueId: z.string(),
    kind: z.string(),
    pharmacies: z.array(z.string()),
    swipes: z.array(z.string()),
    persons: z.array(PseudonymText),
    evidence: z.record(z.string(), Plain),
    raisedAt: Instant,
  })
  .meta({ title: "ClueRaised" });

/** A number about a pharmacy or an area that left its bounds; names no person. */
export const IndicatorRaised = z
  .strictObject({
    indicatorId: z.string(),
    kind: z.string(),
    entity: z.string(),
    value: z.number(),
    limit: z.number(),
    raisedAt: Instant,
  })
  .meta({ title: "IndicatorRaised" });

export const PolicyActivated = z
  .strictObject({
    version: z.string(),
    hash: z.string(),
    by: z.string().optional(),
    activatedAt: Instant,
  })
  .meta({ title: "PolicyActivated" });

export const ListChanged = z
  .strictObject({
    list: z.string(),
    version: z.string(),
    entries: z.number().int(),
    by: z.string().optional(),
    changedAt: Instant,
  })
  .meta({ title: "ListChanged" });

export const ReferenceLoaded = z
  .strictObject({ hash: z.string(), files: z.array(z.string()), loadedAt: Instant })
  .meta({ title: "ReferenceLoaded" });

/** Records that nobody else has went at the journal's limit. */
export const JournalTrimmed = z
  .strictObject({
    reason: z.enum(["size", "age"]),
    firstRecord: z.number().int(),
    records: z.number().int(),
    bytes: z.number().int(),
    trimmedAt: Instant,
  })
  .meta({ title: "JournalTrimmed" });
