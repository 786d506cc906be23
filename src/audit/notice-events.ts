import { z } from "zod";

const Instant = z.iso.datetime().describe("RFC 3339, UTC");

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
    version: z.string().describe("keyed digest of what the list says; empty when it is gone"),
    entries: z.number().int(),
    by: z.string().optional(),
    changedAt: Instant,
  })
  .meta({ title: "ListChanged" });

export const ReferenceLoaded = z
  .strictObject({
    hash: z.string(),
    files: z.array(z.string()).describe("names of the files there are"),
    changed: z
      .array(z.string())
      .optional()
      .describe("names of those that say something else than before, are new or are gone"),
    loadedAt: Instant,
  })
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
