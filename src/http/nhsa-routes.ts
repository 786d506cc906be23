import type { FastifyInstance } from "fastify";
import type { Arrival } from "../checkout/desk.ts";
import { NHSA_ROUTES, type NhsaRoute } from "../swipe/nhsa/route.ts";
import type { Urgency } from "./admission.ts";
import { sendNhsa } from "./answers.ts";
import type { Door } from "./door.ts";
import { nhsaDocs } from "./nhsa-docs.ts";

const ARRIVAL: Arrival = {};
/** A trial and a settlement ask; all else tells what has happened. */
const URGENCY: Readonly<Record<NhsaRoute, Urgency>> = {
  "2101": "check",
  "2102": "check",
  "2102/answer": "step",
  "2103": "step",
  "2601": "step",
  "3505": "step",
  "3506": "step",
};

/** The NHSA way in (contract section 3): the untouched envelope goes to the desk, the desk's envelope goes back. */
export function nhsaRoutes(app: FastifyInstance, door: Door): void {
  for (const route of NHSA_ROUTES) {
    app.post(
      `/nhsa/${route}`,
      { config: { door: "nhsa", urgency: URGENCY[route] }, schema: nhsaDocs(route) },
      async (request, reply) => {
        const answer = await door.run(request, () => door.desk.nhsa(route, request.body, ARRIVAL));
        return sendNhsa(door, reply, answer);
      },
    );
  }
}
