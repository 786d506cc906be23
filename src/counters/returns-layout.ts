import type { LedgerLine, ReturnsSheet } from "./contract.ts";

/** A sheet of returns: rare (only sales returned in part), so readable JSON serves; digests as base64url. */
export function encodeReturns(sheet: ReturnsSheet): Buffer {
  return Buffer.from(
    JSON.stringify({
      original: sheet.original.map((line) => [
        Buffer.from(line.drug, "latin1").toString("base64url"),
        line.tag,
        line.quantity,
        line.days ?? null,
        line.fen,
      ]),
      fund: sheet.fund,
      reversals: sheet.reversals,
      codes: sheet.codes?.map((code) => Buffer.from(code, "latin1").toString("base64url")),
    }),
  );
}

type StoredLine = readonly [string, number, number, number | null, number];

export function decodeReturns(bytes: Buffer): ReturnsSheet {
  const stored = JSON.parse(bytes.toString()) as {
    readonly original: readonly StoredLine[];
    readonly fund?: number;
    readonly reversals: readonly string[];
    readonly codes?: readonly string[];
  };
  return {
    ...(stored.fund === undefined ? {} : { fund: stored.fund }),
    reversals: stored.reversals,
    ...(stored.codes && {
      codes: stored.codes.map((code) => Buffer.from(code, "base64url").toString("latin1")),
    }),
    original: stored.original.map(
      ([drug, tag, quantity, days, fen]): LedgerLine => ({
        drug: Buffer.from(drug, "base64url").toString("latin1"),
        tag,
        quantity,
        days: days ?? undefined,
        fen,
      }),
    ),
  };
}
