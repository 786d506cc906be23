import type { LedgerEntry, PersonKey, SwipeKey } from "../../counters/contract.ts";
import { rememberedPharmacy } from "../../counters/pharmacy-bytes.ts";
import { settlementDigest } from "../../features/digests.ts";
import { DAY, type DurationMs } from "../../units.ts";
import { heard } from "../patience.ts";
import type { DeskTools } from "../tools.ts";

/** How far back a message looks that names its sale by person and pharmacy only (contract section 3). */
export const LOOK_BACK: DurationMs = DAY;
/** No swipe's key: the ledger is asked for, not an entry of it. */
const NO_SWIPE: SwipeKey = "\0".repeat(8);

/** What a person bought at a pharmacy: where messages look for their sale that know only its settlement, or not even that. */
export class PersonsSales {
  private readonly tools: DeskTools;

  constructor(tools: DeskTools) {
    this.tools = tools;
  }

  /** As remembered for 90 days, oldest first. */
  async at(pharmacy: string, person: PersonKey): Promise<readonly LedgerEntry[]> {
    const { ledger } = await heard(this.tools, this.tools.store.readEntry(person, NO_SWIPE));
    const here = rememberedPharmacy(pharmacy);
    return ledger.filter((entry) => entry.pharmacy === here);
  }
}

/** Four bytes are kept of a settlement's number: enough among one person's sales at one pharmacy. */
export function bySettlement(
  ledger: readonly LedgerEntry[],
  settlementId: string | undefined,
): LedgerEntry | undefined {
  if (settlementId === undefined) return undefined;
  const digest = settlementDigest(settlementId);
  return ledger.filter(({ settlement }) => settlement === digest).at(-1);
}

/** The ledger keeps a digest of the till's id; the record names the sale by it. */
export function idOf(entry: LedgerEntry): string {
  return `~${Buffer.from(entry.swipe, "latin1").toString("base64url")}`;
}
