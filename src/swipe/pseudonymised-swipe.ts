import type { EpochMs, Fen, TenThousandths } from "../units.ts";
import type { TraceShape } from "./trace-code.ts";
import type { CredentialType, Stage } from "./vocabulary.ts";

/** Keyed digest of an identity, cut to 80 bits, base64url (14 characters). Domains never mix. */
export type Pseudonym = string;

/**
 * What the rest of the guard sees of a swipe: nobody's identity in clear, and every fact that needed clear values.
 * Undefined keys as in `ClearSwipe`.
 */
export interface PseudonymisedSwipe {
  readonly swipeId: string;
  readonly stage: Stage;
  /** The guard's clock when the body was read; replay and batch take it from the line. */
  readonly at: EpochMs;
  /** What the till's clock said. */
  readonly occurredAt: EpochMs;
  /** `native` tills confirm by settlement; `nhsa` sales are presumed after 15 minutes. */
  readonly via: "native" | "nhsa";
  readonly pharmacy: {
    readonly code: string;
    readonly area: string;
    readonly terminal: string;
    readonly operator: string;
    readonly operatorType?: string | undefined;
    readonly device?: string | undefined;
    /** The operator in the staff domain, to be compared with lists. */
    readonly operatorStaff: Pseudonym;
    readonly pharmacist?: Pseudonym | undefined;
  };
  readonly person: {
    readonly id: Pseudonym;
    readonly insuredArea: string;
    readonly insurance: string;
    readonly status?: string | undefined;
    readonly sex?: string | undefined;
    /** Whole years at `at`, from the birth date. */
    readonly age?: number | undefined;
    readonly employer?: Pseudonym | undefined;
    readonly balance?: Fen | undefined;
  };
  readonly credential: {
    readonly type: CredentialType;
    /** The credential's number (type 01: the one-time token). */
    readonly number: Pseudonym;
    /** Type 02 only: the same number in the identity-number domain, to be compared with lists. */
    readonly idNumber?: Pseudonym | undefined;
    /** The chip's recognition code (cardSn). */
    readonly card?: Pseudonym | undefined;
    readonly issuedAt?: EpochMs | undefined;
    /** Type 02 only: what the 18 digits say of themselves. */
    readonly idFacts?:
      | {
          readonly checksumValid: boolean;
          readonly birthMatches?: boolean;
          readonly sexMatches?: boolean;
        }
      | undefined;
  };
  readonly verification?: { readonly method: string; readonly outcome: string } | undefined;
  readonly agent?:
    | {
        readonly id?: Pseudonym | undefined;
        readonly relation?: string | undefined;
        readonly registered: boolean;
      }
    | undefined;
  readonly channel: string;
  readonly medicalType: string;
  readonly disease?: string | undefined;
  readonly funds?:
    | {
        readonly pooled?: Fen;
        readonly account?: Fen;
        readonly familyAccount?: Fen;
        readonly cash?: Fen;
      }
    | undefined;
  readonly total: Fen;
  readonly lines: readonly PseudonymisedLine[];
  /** False for an NHSA message without any `drugtracinfo`: its codes come later by 3505. */
  readonly codesExpected: boolean;
  readonly override?: { readonly code: string; readonly approver: Pseudonym } | undefined;
  readonly supersedes?: string | undefined;
}

export interface PseudonymisedLine {
  readonly line: string;
  readonly drug: string;
  readonly sku?: string | undefined;
  readonly quantity: TenThousandths;
  /** `piece` when the till counts tablets; quantity is then still in tablets until the drug's packUnits divides it. */
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
  readonly prescription?:
    | {
        /** Prescriber (else the pharmacy's area) and number together, in the prescription domain. */
        readonly id: Pseudonym;
        readonly prescriber?: Pseudonym | undefined;
        readonly issuedAt?: EpochMs | undefined;
        readonly external?: boolean | undefined;
        readonly source?: string | undefined;
        readonly long: boolean;
        readonly quantity?: TenThousandths | undefined;
      }
    | undefined;
  readonly traceCodes: readonly PseudonymisedTraceCode[];
  readonly splitPack: boolean;
}

export interface PseudonymisedTraceCode {
  readonly id: Pseudonym;
  /** The 7-digit product prefix of a national or maker's code: product data, kept in clear. */
  readonly product?: string | undefined;
  readonly shape: TraceShape;
}
