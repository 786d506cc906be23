import { z } from "zod";
import { instant, SWIPE_ID } from "./fields.ts";
import { NHSA_ROUTES } from "./nhsa/route.ts";
import { LEVELS } from "./vocabulary.ts";

const NATIVE_OPERATIONS = ["check", "settlement", "reversal", "acknowledgement"] as const;
const NHSA_OPERATIONS = NHSA_ROUTES.map((route) => `nhsa/${route}` as const);
/** What a line can be. */
export const OPERATIONS = [...NATIVE_OPERATIONS, ...NHSA_OPERATIONS] as const;

const Follows = z
  .object({
    swipeId: z.string().regex(SWIPE_ID).describe("a check earlier in the file (NHSA: its msgid)"),
    when: z.array(z.enum(LEVELS)).min(1).describe("the answers upon which the line is played"),
  })
  .describe(
    "played only if that check was answered so; not if it was not played, or refused as a wrong request",
  );

/** One line of replay input (contract section 5). The body is checked by the desk, as at every door. */
export const ReplayLine = z
  .object({
    at: instant().describe("when it happened: the clock of the replay"),
    op: z.enum(OPERATIONS),
    swipeId: z
      .string()
      .optional()
      .describe("needed for what follows a check; NHSA messages name it themselves"),
    follows: Follows.optional(),
    body: z
      .unknown()
      .optional()
      .describe("as posted to the operation's own address; needed, unless there is a change"),
    change: z
      .record(z.string(), z.unknown())
      .optional()
      .describe(
        "in place of a body, with `follows`: what is different from the body of the check followed (RFC 7386)",
      ),
  })
  .meta({ title: "ReplayLine", description: "One line of a file for `guard replay`." });
export type ReplayLine = z.infer<typeof ReplayLine>;
