import type { WaitingStep } from "../../audit/event.ts";
import {
  type NhsaCancel,
  type NhsaSettled,
  type NhsaUndo,
  parseNhsaCancel,
  parseNhsaSettled,
  parseNhsaUndo,
} from "../../swipe/nhsa/after.ts";
import type { NhsaUpload } from "../../swipe/nhsa/uploads.ts";
import { present, unsetKept } from "../../swipe/present.ts";
import type { Outcome } from "../../swipe/problem.ts";
import { traceProduct } from "../../swipe/trace-code.ts";
import type { MakeStep } from "../entry/step-desk.ts";
import type { Keyring } from "../keyring.ts";
import type { UploadStep } from "./upload-steps.ts";
import { uploadContent } from "./uploads.ts";

/** NHSA's messages about an earlier sale as steps: nobody in clear from here on. */
export function messageStep(
  route: "2102/answer" | "2103" | "2601",
  envelope: unknown,
  scope: string,
  keyring: Keyring,
): Outcome<MakeStep> {
  switch (route) {
    case "2102/answer":
      return made(parseNhsaSettled(envelope), (answer) => settledStep(answer, scope, keyring));
    case "2103":
      return made(parseNhsaCancel(envelope), (message) => cancelStep(message, keyring));
    case "2601":
      return made(parseNhsaUndo(envelope), (message) => undoStep(message, scope, keyring));
  }
}

function made<T>(parsed: Outcome<T>, step: (message: T) => WaitingStep): Outcome<MakeStep> {
  return "problem" in parsed ? parsed : { value: () => step(parsed.value) };
}

function settledStep(answer: NhsaSettled, scope: string, keyring: Keyring): WaitingStep {
  const { swipeId } = answer;
  if (!answer.settled) {
    return present({ kind: "release" as const, swipeId, scope: scope || undefined });
  }
  const { settlementId, visitId, funds, person } = answer;
  return unsetKept({
    kind: "settle" as const,
    route: "2102/answer" as const,
    swipeId,
    scope: scope || undefined,
    settlementId,
    visitId,
    funds,
    person: person === undefined ? undefined : personOf(person, keyring),
  });
}

function cancelStep(message: NhsaCancel, keyring: Keyring): WaitingStep {
  return { kind: "cancel", ...message, person: personOf(message.person, keyring) };
}

function undoStep({ kind, ...message }: NhsaUndo, scope: string, keyring: Keyring): WaitingStep {
  return present({
    ...{ kind: "undo" as const, of: kind, ...message },
    scope: scope || undefined,
    person: personOf(message.person, keyring),
  });
}

/** One row of an upload; rows of a list are told apart by their number. */
export function uploadStep(
  route: "3505" | "3506",
  { msgid, pharmacy, rows }: NhsaUpload,
  index: number,
  scope: string,
  keyring: Keyring,
): UploadStep {
  const row = rows[index];
  if (row === undefined) throw new RangeError("GUARD_CHECKOUT_UPLOAD: a row that is not there");
  const { path: _, person, codes, content, ...said } = row;
  const by = keyring.current();
  return present({
    ...{ kind: "upload" as const, route, msgid, pharmacy },
    scope: scope || undefined,
    part: rows.length === 1 ? undefined : String(index + 1),
    row: present({
      ...said,
      person: person === undefined ? undefined : personOf(person, keyring),
      codes: codes.map((code) =>
        present({ id: by.pseudonym("trace", code), product: traceProduct(code) }),
      ),
      content: uploadContent(by, content),
    }),
  });
}

function personOf(number: string, keyring: Keyring): string {
  return keyring.current().pseudonym("person", number);
}
