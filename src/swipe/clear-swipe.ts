import type { EpochMs, Fen, TenThousandths } from "../units.ts";
import type { Channel, CredentialType, Stage } from "./vocabulary.ts";

/**
 * A swipe as the till sent it, checked and integer-valued, whichever way it came in.
 * It still names a person: nothing but privacy/ may look at it, and nothing may keep it.
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
    readonly cardSn?: string;
    readonly issuedAt?: EpochMs;
  };
  readonly verification?: { readonly method: string; readonly outcome: string };
  readonly agent?: ClearAgent;
  readonly channel: Channel;
  /** Kept as sent: local codes such as 140104 or 9929 mean something to a local policy. */
  readonly medicalType: string;
  readonly disease?: string;
  readonly funds?: ClearFunds;
  readonly total: Fen;
  readonly lines: readonly ClearLine[];
  /** False for an NHSA message without any `drugtracinfo`: its codes come later by 3505. */
  readonly codesExpected: boolean;
  readonly override?: { readonly code: string; readonly approver: string };
  readonly supersedes?: string;
}

export interface ClearPharmacy {
  readonly code: string;
  readonly area: string;
  readonly terminal: string;
  readonly operator: string;
  readonly operatorType?: string;
  readonly device?: string;
  readonly pharmacist?: string;
}

export interface ClearPerson {
  readonly number: string;
  readonly insuredArea: string;
  readonly insurance: string;
  readonly status?: string;
  readonly sex?: string;
  /** yyyy-MM-dd, a day that exists. */
  readonly birthDate?: string;
  readonly employer?: string;
  readonly balance?: Fen;
}

export interface ClearAgent {
  readonly id?: string;
  readonly relation?: string;
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
  readonly sku?: string;
  /** In packs (slices: grams), or in pieces where `unit` says so. */
  readonly quantity: TenThousandths;
  readonly unit: "pack" | "piece";
  /** An integer of 1/1,000,000 yuan. */
  readonly unitPriceMicro: number;
  readonly amount: Fen;
  readonly daysSupply?: number;
  readonly prescriptionDrug?: boolean;
  readonly tcmUse?: string;
  readonly chargeLevel?: string;
  readonly lot?: string;
  readonly expires?: string;
  readonly prescription?: ClearPrescription;
  readonly traceCodes: readonly string[];
  readonly splitPack: boolean;
}

export interface ClearPrescription {
  readonly number: string;
  readonly prescriber?: string;
  readonly issuedAt?: EpochMs;
  readonly external?: boolean;
  readonly source?: string;
  readonly long: boolean;
  readonly quantity?: TenThousandths;
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
