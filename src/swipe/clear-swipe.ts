import type { EpochMs, Fen, TenThousandths } from "../units.ts";
import type { Channel, CredentialType, Stage } from "./vocabulary.ts";

/**
 * A swipe as the till sent it, checked and integer-valued, whichever way it came in.
 * It still names a person: nothing but privacy/ may look at it, and nothing may keep it.
 *
 * What nobody said is a key that holds undefined, so that all swipes have one shape, which a dozen rooms read: copied without
 * those keys they became tables, and a check's way to its pseudonyms took 50 thousand instructions more (measured). JSON
 * leaves such keys out; never ask for one by `in`.
 */
export interface ClearSwipe {
  readonly swipeId: string;
  readonly stage: Stage;
  readonly via: "native" | "nhsa";
  /** What the till's clock said. */
  readonly occurredAt: EpochMs;
  readonly pharmacy: ClearPharmacy;
  readonly person: ClearPerson;
  readonly credential: {
    readonly type: CredentialType;
    readonly number: string;
    /** The chip's recognition code of a social security card. */
    readonly cardSn?: string | undefined;
    readonly issuedAt?: EpochMs | undefined;
  };
  readonly verification?: { readonly method: string; readonly outcome: string } | undefined;
  readonly agent?: ClearAgent | undefined;
  readonly channel: Channel;
  /** Kept as sent: local codes such as 140104 or 9929 mean something to a local policy. */
  readonly medicalType: string;
  readonly disease?: string | undefined;
  readonly funds?: ClearFunds | undefined;
  readonly total: Fen;
  readonly lines: readonly ClearLine[];
  /** False for an NHSA message without any `drugtracinfo`: its codes come later by 3505. */
  readonly codesExpected: boolean;
  readonly override?: { readonly code: string; readonly approver: string } | undefined;
  readonly supersedes?: string | undefined;
}

export interface ClearPharmacy {
  readonly code: string;
  readonly area: string;
  readonly terminal: string;
  readonly operator: string;
  readonly operatorType?: string | undefined;
  readonly device?: string | undefined;
  readonly pharmacist?: string | undefined;
}

export interface ClearPerson {
  readonly number: string;
  readonly insuredArea: string;
  readonly insurance: string;
  readonly status?: string | undefined;
  readonly sex?: string | undefined;
  /** yyyy-MM-dd, a day that exists. */
  readonly birthDate?: string | undefined;
  readonly employer?: string | undefined;
  readonly balance?: Fen | undefined;
}

export interface ClearAgent {
  readonly id?: string | undefined;
  readonly relation?: string | undefined;
  readonly registered: boolean;
}

export interface ClearFunds {
  readonly pooled?: Fen;
  readonly account?: Fen;
  readonly familyAccount?: Fen;
  readonly cash?: Fen;
}

export interface ClearLine {
  readonly line: string;
  readonly drug: string;
  readonly sku?: string | undefined;
  /** In packs (slices: grams), or in pieces where `unit` says so. */
  readonly quantity: TenThousandths;
  readonly unit: "pack" | "piece";
  /** An integer of 1/1,000,000 yuan. */
  readonly unitPriceMicro: number;
  readonly amount: Fen;
  readonly daysSupply?: number | undefined;
  readonly prescriptionDrug?: boolean | undefined;
  readonly tcmUse?: string | undefined;
  readonly chargeLevel?: string | undefined;
  readonly lot?: string | undefined;
  readonly expires?: string | undefined;
  readonly prescription?: ClearPrescription | undefined;
  readonly traceCodes: readonly string[];
  readonly splitPack: boolean;
}

export interface ClearPrescription {
  readonly number: string;
  readonly prescriber?: string | undefined;
  readonly issuedAt?: EpochMs | undefined;
  readonly external?: boolean | undefined;
  readonly source?: string | undefined;
  readonly long: boolean;
  readonly quantity?: TenThousandths | undefined;
}

/** What was dispensed on the fund. */
export interface ClearSettlement {
  readonly settlementId: string;
  readonly visitId: string;
  /** Absent: all lines as checked. */
  readonly lines?: readonly ClearQuantity[];
  readonly funds?: ClearFunds;
  /** The check's body, sent along when the guard did not know the swipe. */
  readonly swipe?: ClearSwipe;
}

export interface ClearQuantity {
  readonly line: string;
  /** In the unit of the checked line. */
  readonly quantity: TenThousandths;
}

export interface ClearReversal {
  /** Always there when `lines` is. */
  readonly reversalId?: string;
  readonly reason: "refund" | "void" | "timeout";
  /** Absent: all lines. */
  readonly lines?: readonly ClearReturn[];
}

export interface ClearReturn extends ClearQuantity {
  /** Absent: the part comes back without codes, so none is freed. */
  readonly traceCodes?: readonly string[];
}

export interface ClearAcknowledgement {
  /** A member of staff; belongs into the staff domain before it is kept. */
  readonly by: string;
  readonly choice: "continue" | "withdraw" | "cash";
  readonly code?: string;
}
