import type { EpochMs } from "../units.ts";
import type { Cart } from "./goods/cart.ts";
import type { Person } from "./people/person.ts";
import type { Store, Till } from "./stores/store.ts";

export interface Credential {
  readonly type: "01" | "02" | "03";
  readonly number: string;
  readonly cardSn?: string;
  readonly issuedAt?: EpochMs;
}

export interface Verification {
  readonly method: string;
  readonly outcome: string;
}

export interface Agent {
  readonly id?: string;
  readonly relation?: string;
  readonly registered: boolean;
}

/** What the customer and the shop can bring when the guard asks. Nothing: they can only pay cash. */
export interface Recourse {
  /** The person is there and can be verified. */
  readonly verification?: Verification;
  /** The proxy can be registered. */
  readonly agent?: Agent;
  /** A true reason, which the manager confirms. */
  readonly override?: string;
  /** The cashier's slip is put right: the boxes are scanned again. */
  readonly rescan?: boolean;
  /** Another credential of the same person, when the one shown is refused. */
  readonly credential?: Credential;
  /** They take so many packs of each line instead. */
  readonly packs?: number;
}

/** How the sale goes on after the check, as far as the till decides it. */
export type Course =
  | "plain"
  /** A trial, and no sale. */
  | "inquiryOnly"
  /** Checked, and never settled. */
  | "abandoned"
  /** The answer was lost: the same message again. */
  | "repeated"
  /** The answer was lost: taken back, and sold under a new id. */
  | "undone"
  /** The answer was lost: sold under a new id without a word about the first. */
  | "secondTry"
  /** Comes back sealed within hours, and is sold to another. */
  | "refunded"
  /** Comes back ten minutes later for the money. */
  | "cycled"
  /** One box of several comes back. */
  | "partlyReturned"
  /** A box was not scanned, or scanned twice. */
  | "misscanned"
  /** The till was offline: the guard is told hours later. */
  | "offline";

/** One credential presented once, with all the till knows. */
export interface Sale {
  readonly person: Person;
  readonly cart: Cart;
  readonly credential: Credential;
  readonly course: Course;
  readonly medicalType: string;
  readonly disease?: string;
  readonly verification?: Verification;
  readonly agent?: Agent;
  readonly channel?: string;
  /** A relative's account pays. */
  readonly familyPays?: boolean;
  /** psn_insu_stas where it is not 1. */
  readonly status?: string;
  /** Known before: a reason that the first check already carries. */
  readonly override?: string;
  readonly recourse: Recourse;
  /** A pharmacist is named, or nobody looked at it. */
  readonly pharmacist?: string | null;
  readonly operatorType?: string;
  /** Another till's hardware, where the device moved. */
  readonly device?: string;
  /** Settled whatever the guard says. */
  readonly defiant?: boolean;
  readonly episode?: Episode;
}

/** People who come to one till together and are served one after another. */
export interface Visit {
  readonly at: EpochMs;
  readonly store: Store;
  readonly sales: readonly Sale[];
  /** The very till, where it is not the next that is free; such visits do not queue. */
  readonly till?: Till;
  readonly cashier?: string;
  /** Ms between two of them; absent: as long as serving takes. */
  readonly gaps?: readonly number[];
}

/** What somebody does against the rules, and what the labels say of it. */
export interface Episode {
  readonly id: string;
  readonly scheme: string;
  readonly kinds: readonly string[];
  /** Somebody passes for another: there a stepUp counts as caught. */
  readonly impersonation: boolean;
  /** 0 clumsy, 1 as careful as can be. */
  readonly cunning: number;
  /** Numbers of those who knowingly take part. */
  readonly persons: Set<string>;
  readonly swipeIds: string[];
  /** Fen asked of the fund, each sale once. */
  money: number;
}
