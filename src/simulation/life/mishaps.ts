import type { Random } from "../random.ts";
import type { Course } from "../sale.ts";
import type { Store } from "../stores/store.ts";

/** What goes wrong, or otherwise than planned, in so many of a thousand sales. */
const PER_MILLE: readonly {
  readonly course: Course;
  readonly often: number;
  readonly nativeOnly?: boolean;
}[] = [
  { course: "inquiryOnly", often: 15 },
  { course: "abandoned", often: 9 },
  { course: "repeated", often: 8 },
  { course: "undone", often: 4 },
  { course: "secondTry", often: 4 },
  { course: "refunded", often: 7 },
  { course: "partlyReturned", often: 2, nativeOnly: true },
  { course: "misscanned", often: 3 },
  { course: "offline", often: 2, nativeOnly: true },
];

export function courseOf(store: Store, mishaps: number, random: Random): Course {
  let draw = random.next() * 1_000;
  for (const { course, often, nativeOnly } of PER_MILLE) {
    draw -= often * mishaps;
    if (draw < 0) return nativeOnly && store.form !== "native" ? "plain" : course;
  }
  return "plain";
}
