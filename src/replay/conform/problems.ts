import { z } from "zod";
import { expect } from "./point.ts";
import { described } from "./scene.ts";
import type { Heard } from "./wire.ts";

/** RFC 9457, with the fields the contract adds. */
const ProblemAnswer = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  paths: z.array(z.object({ path: z.string() })).optional(),
  state: z.string().optional(),
});
export type ProblemAnswer = z.infer<typeof ProblemAnswer>;

/** @throws OtherwiseError where the answer is not that problem */
export function refused(heard: Heard, status: number): ProblemAnswer {
  expect(heard.status === status, `answered ${described(heard)} instead of ${status}`);
  const type = heard.headers["content-type"] ?? "none";
  expect(/^application\/problem\+json\b/.test(type), "the problem is not application/problem+json");
  const parsed = ProblemAnswer.safeParse(heard.json);
  expect(parsed.success, "the problem has another form than RFC 9457's");
  expect(parsed.data.status === status, "the problem names another status than its answer");
  return parsed.data;
}

/** 400 that names this field. @throws OtherwiseError */
export function refusedAt(heard: Heard, path: string): void {
  const { paths = [] } = refused(heard, 400);
  const named = paths.map((fault) => fault.path);
  expect(named.includes(path), `400 does not name ${path} among its paths`);
}
