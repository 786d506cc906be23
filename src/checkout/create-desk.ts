import { parseAcknowledgement, parseReversal, parseSettlement } from "../swipe/after-bodies.ts";
import type { SwipeState } from "../swipe/answer.ts";
import { canonicalJson } from "../swipe/canonical-json.ts";
import { parseCheck } from "../swipe/check-body.ts";
import type { ClearSettlement } from "../swipe/clear-swipe.ts";
import type { Outcome } from "../swipe/problem.ts";
import { CheckDesk } from "./check.ts";
import { createFindings } from "./clues/create-findings.ts";
import type { Arrival, Desk } from "./desk.ts";
import { createFolding } from "./folding.ts";
import { NhsaDesk } from "./nhsa-desk.ts";
import { SaleDesk } from "./sale-desk.ts";
import { SaleSteps } from "./sale-steps.ts";
import { createSupersession } from "./supersession.ts";
import { talliedBy } from "./tallied.ts";
import type { DeskTools } from "./tools.ts";

/** The whole shop: one desk for HTTP, replay and load. */
export function createDesk(tools: DeskTools): Desk {
  const now = () => Math.floor(tools.clock.now());
  const supersession = createSupersession(tools.store, now, tools.observer, talliedBy(tools));
  const folding = createFolding(tools.store, now, tools.observer);
  const findings = createFindings(tools);
  const checks = new CheckDesk(tools, { supersession, folding, findings });
  const steps = new SaleSteps(tools);
  const sales = new SaleDesk(tools, steps, findings);
  const nhsa = new NhsaDesk(tools, { checks, sales, steps, findings });
  const scopeOf = ({ callerPharmacy }: Arrival) => callerPharmacy ?? "";

  async function settle(swipeId: string, how: ClearSettlement, body: unknown, scope: string) {
    const settled = await sales.settle(swipeId, scope, how);
    const unknown = "problem" in settled && settled.problem.code === "swipe_unknown";
    return unknown && how.swipe ? enter(swipeId, how, body, scope) : settled;
  }

  /** A sale the guard never checked: judged as it would have been, entered as settled and unchecked. */
  async function enter(
    swipeId: string,
    how: ClearSettlement,
    body: unknown,
    scope: string,
  ): Promise<Outcome<SwipeState>> {
    if (how.swipe === undefined || how.swipe.swipeId !== swipeId || how.swipe.stage !== "settle") {
      const reason = "must be the settle-stage check of this swipe";
      return { problem: { code: "bad_request", paths: [{ path: "swipe.swipeId", reason }] } };
    }
    const carried = (body as { readonly swipe?: unknown }).swipe;
    const checked = await checks.check({
      swipe: how.swipe,
      canonical: canonicalJson(carried),
      scope,
      entering: true,
    });
    if ("problem" in checked) return checked;
    return sales.settle(swipeId, scope, { ...how, unchecked: true });
  }

  return {
    check: async (body, arrival) => {
      const parsed = parseCheck(body);
      if ("problem" in parsed) return parsed;
      const canonical = canonicalJson(body);
      return checks.check({ swipe: parsed.value, canonical, scope: scopeOf(arrival) });
    },
    settle: async (swipeId, body, arrival) => {
      const parsed = parseSettlement(body);
      if ("problem" in parsed) return parsed;
      return settle(swipeId, parsed.value, body, scopeOf(arrival));
    },
    reverse: async (swipeId, body, arrival) => {
      const parsed = parseReversal(body);
      return "problem" in parsed ? parsed : sales.reverse(swipeId, scopeOf(arrival), parsed.value);
    },
    acknowledge: async (swipeId, body, arrival) => {
      const parsed = parseAcknowledgement(body);
      if ("problem" in parsed) return parsed;
      return sales.acknowledge(swipeId, scopeOf(arrival), parsed.value);
    },
    find: (swipeId, arrival) => sales.find(swipeId, scopeOf(arrival)),
    nhsa: (route, envelope, arrival) => nhsa.take(route, envelope, scopeOf(arrival)),
    idle: async () => {
      await Promise.all([supersession.idle(), folding.idle(), findings.idle()]);
    },
  };
}
