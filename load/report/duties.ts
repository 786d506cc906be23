/** Who is compared, as in the table of duties. */
export const DUTY_HEADS = ["guard", "json-rules", "zen", "memory floor", "bare floor"] as const;

const SLIDING = "sliding, exact up to a stated bound";
const FIXED = "fixed, from the first swipe in it on";

/**
 * What the subjects do, for whoever compares their figures: the peers and floors do less than the guard, and are cheaper
 * for that too. Each line is true of the code in load/peers and load/floors.
 */
export const DUTIES: readonly (readonly string[])[] = [
  ["reads and checks bodies by the schemas, native and NHSA", "yes", "yes", "yes", "yes", "yes"],
  ["rules judged", "100; 20 where it says so", "20", "20", "none", "none"],
  ["windows of counts and sums", SLIDING, FIXED, FIXED, "–", "–"],
  ["windows of distinct persons", SLIDING, FIXED, "sliding", "–", "–"],
  ["looks at lists", "yes", "yes", "yes", "no", "no"],
  ["a person's purchases, drugs and quantities of 90 days", "yes", "no", "no", "as bytes", "no"],
  ["names persons in Redis by", "a keyed HMAC", "a hash", "a hash", "a hash", "a hash"],
  [
    "a swipe sent again",
    "is counted once and gets the same answer",
    "counts again, but for distinct persons",
    "counts again, but for distinct persons",
    "–",
    "counts again",
  ],
  ["gives back what was reversed or never settled", "yes", "no", "no", "no", "no"],
  ["a record of each decision, journalled before the answer", "yes", "no", "no", "no", "no"],
  ["answers in 50 ms with a slow or dead Redis", "yes", "no", "no", "no", "no"],
  ["sheds what is too much, measures itself, says its health", "yes", "no", "no", "no", "no"],
];
