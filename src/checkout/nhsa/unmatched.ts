import type { NhsaRoute } from "../../swipe/nhsa/route.ts";
import type { Problem } from "../../swipe/problem.ts";
import type { Pseudonym } from "../../swipe/pseudonymised-swipe.ts";
import { NOBODY } from "../entry/waiting-record.ts";
import { written } from "../patience.ts";
import type { ReversedRecord, SettledRecord, StepRecord } from "../recorder.ts";
import type { DeskTools } from "../tools.ts";

/** What every message about an unknown sale says of itself; its msgid stands for the swipe. */
export interface About {
  readonly msgid: string;
  readonly pharmacy: string;
  readonly scope?: string;
  readonly person?: Pseudonym;
}

type Settled = Partial<
  Pick<SettledRecord, "settlementId" | "visitId" | "funds" | "upload" | "part">
>;
type Reversed = Pick<ReversedRecord, "reason"> &
  Partial<Pick<ReversedRecord, "reversalId" | "upload" | "part">>;

/** A message about no sale we know is no error (contract section 3): recorded, counted, answered `matched: 0`. */
export class UnmatchedRecords {
  private readonly tools: DeskTools;

  constructor(tools: DeskTools) {
    this.tools = tools;
  }

  settled(about: About, said: Settled): Promise<Problem | undefined> {
    const step = this.step(about);
    return this.write(
      this.tools.recorder.settled({
        ...step,
        ...said,
        checkedAt: step.at,
        lines: [],
        late: false,
        unchecked: false,
        against: false,
        again: false,
        matched: 0,
      }),
    );
  }

  reversed(about: About, said: Reversed): Promise<Problem | undefined> {
    return this.write(
      this.tools.recorder.reversed({
        ...this.step(about),
        ...said,
        lines: [],
        codesKept: false,
        matched: 0,
      }),
    );
  }

  private async write(work: Promise<void>): Promise<Problem | undefined> {
    return (await written(this.tools, work)) ? undefined : { code: "journal_unavailable" };
  }

  count(route: NhsaRoute): void {
    this.tools.observer.notice({ kind: "nhsa.unmatched", labels: { route } });
  }

  private step({ msgid, pharmacy, scope, person = NOBODY }: About): StepRecord {
    return {
      swipeId: msgid,
      ...(scope ? { scope } : {}),
      pharmacy,
      person,
      personSeq: 0,
      at: Math.floor(this.tools.clock.now()),
      state: "attempted",
      level: "allow",
    };
  }
}
