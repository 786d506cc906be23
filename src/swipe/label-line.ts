import { z } from "zod";

const ids = (what: string) => z.array(z.string().min(1)).describe(what);

/**
 * One line of a labels file: what is known of some swipes afterwards. A line speaks of one swipe or of a whole
 * episode; lines that name the same episode add up.
 */
export const LabelLine = z
  .object({
    episode: z
      .string()
      .min(1)
      .optional()
      .describe("what belongs together; absent: the swipe is an episode of its own"),
    kind: z
      .string()
      .min(1)
      .describe("behaviour of the notices, for instance B04; `honest` takes nothing away"),
    kinds: ids("further behaviours it shows").optional(),
    name: z.string().min(1).optional().describe("what it is called in the report"),
    impersonation: z
      .boolean()
      .optional()
      .describe("somebody passes for another: a stepUp counts as caught; absent: by the kind"),
    swipeId: z.string().min(1).optional().describe("the one swipe this line is about"),
    swipeIds: ids("all swipes this line is about").optional(),
    persons: ids("numbers of those who take part; absent: the persons of the swipes").optional(),
    money: z.number().min(0).optional().describe("yuan of the episode; absent: what its sales ask"),
    cunning: z.number().min(0).max(1).optional().describe("0 clumsy to 1 careful"),
  })
  .refine(({ swipeId, swipeIds }) => swipeId !== undefined || swipeIds !== undefined, {
    message: "or swipeId is needed",
    path: ["swipeIds"],
  })
  .meta({ title: "LabelLine", description: "One line of a file for `guard replay --labels`." });
export type LabelLine = z.infer<typeof LabelLine>;

/** What `guard simulate` writes first: how the city was made, and where its reference files are. */
export const LabelHead = z.object({
  city: z.record(z.string(), z.unknown()),
  reference: z.string().min(1).optional(),
});
