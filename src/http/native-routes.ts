import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Arrival, Desk } from "../checkout/desk.ts";
import { SWIPE_ID } from "../swipe/fields.ts";
import type { Outcome } from "../swipe/problem.ts";
import { sendOutcome, sendProblem } from "./answers.ts";
import { batchRoute } from "./batch-route.ts";
import type { Door } from "./door.ts";
import { BAD_SWIPE_ID } from "./errors.ts";
import { NATIVE_DOCS } from "./native-docs.ts";

/** Callers are not authenticated: only this machine reaches the door. */
const ARRIVAL: Arrival = {};
const CONFIG = { door: "native" } as const;
const STEP = { door: "native", urgency: "step" } as const;

type SwipeRoute = { Params: { swipeId: string } };
type Step = (desk: Desk, swipeId: string, body: unknown) => Promise<Outcome<object>>;

const STEPS: Readonly<Record<"settlement" | "reversal" | "acknowledgement", Step>> = {
  settlement: (desk, swipeId, body) => desk.settle(swipeId, body, ARRIVAL),
  reversal: (desk, swipeId, body) => desk.reverse(swipeId, body, ARRIVAL),
  acknowledgement: (desk, swipeId, body) => desk.acknowledge(swipeId, body, ARRIVAL),
};

/**
 * The native way in (contract section 2). Bodies go to the desk unparsed: it owns validation, and its deadline
 * starts with the call, which happens in the same turn of the event loop in which the body's last byte was read.
 */
export function nativeRoutes(app: FastifyInstance, door: Door): void {
  const { desk } = door;
  app.post("/v1/swipes", { config: CONFIG, schema: NATIVE_DOCS.check }, async (request, reply) => {
    const outcome = await door.run(request, () => desk.check(request.body, ARRIVAL));
    return sendOutcome(door, request, reply, outcome);
  });
  app.get<SwipeRoute>(
    "/v1/swipes/:swipeId",
    { config: CONFIG, schema: NATIVE_DOCS.find },
    async (request, reply) =>
      onSwipe(door, request, reply, (swipeId) => desk.find(swipeId, ARRIVAL)),
  );
  for (const [name, step] of Object.entries(STEPS)) {
    app.post<SwipeRoute>(
      `/v1/swipes/:swipeId/${name}`,
      { config: STEP, schema: NATIVE_DOCS[name as keyof typeof STEPS] },
      async (request, reply) =>
        onSwipe(door, request, reply, (swipeId) => step(desk, swipeId, request.body)),
    );
  }
  batchRoute(app, door);
}

async function onSwipe(
  door: Door,
  request: FastifyRequest<SwipeRoute>,
  reply: FastifyReply,
  call: (swipeId: string) => Promise<Outcome<object>>,
): Promise<FastifyReply> {
  const { swipeId } = request.params;
  if (!SWIPE_ID.test(swipeId)) {
    return sendProblem(door, request, reply, BAD_SWIPE_ID);
  }
  return sendOutcome(door, request, reply, await door.run(request, () => call(swipeId)));
}
