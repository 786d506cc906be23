/**
 * Lives that were worth remembering: each showed a fault of the guard once, or shows it again where the mending is taken
 * back. A change of the plan (plan.ts, plan-faults.ts) makes other lives of them.
 */
export const OLD_SEEDS: readonly string[] = [
  // A settlement that waited at one instance, and its return that came through another.
  "old-140",
  // One id twice at once at one instance: each was told something else.
  "old-119",
  // The same, and a slow store and a slow disk at once: the answer came after the deadline.
  "old-445",
  // What waits was not read again after a crash; what was sent was acknowledged before it was taken.
  "old-64",
  "old-56",
  // A step that did not wait for its own check.
  "old-93",
  // A failover that left an answer without its place: a settlement was tried for ever.
  "old-461",
  // A return that overtook its settlement, of a sale that another had superseded.
  "h-644",
  "h-808",
  "1795319375312-648",
  "1795319375312-699",
  "old-8",
  "f-11",
  "f-141",
  "f-276",
  // A crash while a slow disk keeps the start before it waiting.
  "1795346159403-652",
];
