import type { NhsaRoute } from "../../swipe/nhsa/route.ts";
import type { Problem } from "../../swipe/problem.ts";
import type { Pseudonym } from "../../swipe/pseudonymised-swipe.ts";
import type { ReversedRecord, SettledRecord, StepRecord } from "../recorder.ts";
import type { DeskTools } from "../tools.ts";

/** Whom a message names that names nobody: a pseudonym's form, and no person's. */
export const NOBODY: Pseudonym = "A".repeat(14);

/** What every message about an unknown sale says of itself; its msgid stands for the swipe. */
export interface About {
  readonly msgid: string;
  readonly pharmacy: string;
  /** In clear. */
  readonly person?: string;
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
    return written(
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
    return written(
      this.tools.recorder.reversed({
        ...this.step(about),
        ...said,
        lines: [],
        codesKept: false,
        matched: 0,
      }),
    );
  }

  count(route: NhsaRoute): void {
    this.tools.observer.notice({ kind: "nhsa.unmatched", labels: { route } });
  }

  private step({ msgid, pharmacy, person }: About): StepRecord {
    const { keyring, clock } = this.tools;
    return {
      swipeId: msgid,
      pharmacy,
      person: person === undefined ? NOBODY : keyring.current().pseudonym("person", person),
      personSeq: 0,
      at: Math.floor(clock.now()),
      state: "attempted",
      level: "allow",
    };
  }
}

function written(write: Promise<void>): Promise<Problem | undefined> {
  return write.then(
    () => undefined,
    (): Problem => ({ code: "journal_unavailable" }),
  );
}
