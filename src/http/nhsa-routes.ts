import type { FastifyInstance } from "fastify";
import type { Arrival } from "../checkout/desk.ts";
import { NHSA_ROUTES } from "../swipe/nhsa/route.ts";
import { sendNhsa } from "./answers.ts";
import type { Door } from "./door.ts";
import { nhsaDocs } from "./nhsa-docs.ts";

const ARRIVAL: Arrival = {};

/** The NHSA way in (contract section 3): the untouched envelope goes to the desk, the desk's envelope goes back. */
export function nhsaRoutes(app: FastifyInstance, door: Door): void {
  for (const route of NHSA_ROUTES) {
    app.post(
      `/nhsa/${route}`,
      { config: { door: "nhsa" }, schema: nhsaDocs(route) },
      async (request, reply) => {
        const answer = await door.load.run(() => door.desk.nhsa(route, request.body, ARRIVAL));
        return sendNhsa(door, reply, answer);
      },
    );
  }
}
