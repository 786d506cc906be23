import { amount, counter, info, type NoticeDefinition } from "./notice-definition.ts";

const GENERATION = /^(?:g[1-9]\d{0,8}|none)$/;

/** What the memory says of its generations: see `guard rebuild`. */
export const MEMORY_NOTICES = {
  "memory.generation": {
    meaning: "Which generation of the memory lives changed, or whether one stands beside it.",
    labels: {
      phase: ["steady", "filling", "mirrored", "leaving"],
      living: GENERATION,
      other: GENERATION,
    },
    metrics: [
      info(
        "guard_memory_generation_info",
        "Which generation of the memory answers, and which one is filled or left beside it.",
        ["phase", "living", "other"],
      ),
    ],
  },
  "memory.mirrored": {
    meaning:
      "Something was written to the generation that does not answer, behind the one that does.",
    labels: { outcome: ["written", "failed", "skipped"] },
    metrics: [
      counter(
        "guard_memory_mirrored_total",
        "Writes to the generation of the memory that does not answer.",
        ["outcome"],
      ),
    ],
  },
  "memory.cut": {
    meaning:
      "The embedded store's log held what is no whole command, or what lay behind it; in bytes.",
    labels: {},
    metrics: [
      amount(
        "guard_memory_cut_bytes_total",
        "Bytes cut off the embedded store's log when it was opened.",
      ),
    ],
  },
} as const satisfies Record<string, NoticeDefinition>;
