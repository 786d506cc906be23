import { z } from "zod";
import { instant } from "./fields.ts";
import { NHSA_ROUTES } from "./nhsa/route.ts";

const OPERATIONS = ["check", "settlement", "reversal", "acknowledgement"] as const;
const NHSA_OPERATIONS = NHSA_ROUTES.map((route) => `nhsa/${route}` as const);

/** One line of replay input (contract section 5). The body is checked by the desk, as at every door. */
export const ReplayLine = z
  .object({
    at: instant().describe("when it happened: the clock of the replay"),
    op: z.enum([...OPERATIONS, ...NHSA_OPERATIONS]),
    swipeId: z
      .string()
      .optional()
      .describe("needed for what follows a check; NHSA messages name it themselves"),
    body: z.unknown().describe("as posted to the operation's own address"),
  })
  .meta({ title: "ReplayLine", description: "One line of a file for `guard replay`." });
export type ReplayLine = z.infer<typeof ReplayLine>;
