import { createHmac } from "node:crypto";
import type { ReferenceFault } from "../../src/reference/fault.ts";
import { ReferenceBrokenError } from "../../src/reference/fault.ts";
import type { ListPseudonyms } from "../../src/reference/list-pseudonyms.ts";
import { loadReference } from "../../src/reference/load.ts";
import type { ReferenceFile } from "../../src/reference/table.ts";
import type { ShanghaiDay } from "../../src/units.ts";
import { shanghaiDay } from "../../src/units.ts";

/** Real pseudonyms under a key of its own: domains never mix. */
export function pseudonyms(key = "test key"): ListPseudonyms {
  const under = (domain: string) => (value: string) =>
    createHmac("sha256", key)
      .update(`${domain}\0${value}`)
      .digest()
      .subarray(0, 10)
      .toString("base64url");
  return {
    person: under("person"),
    idNumber: under("idNumber"),
    credential: under("credential"),
    card: under("card"),
    staff: under("staff"),
    prescriber: under("prescriber"),
    agent: under("agent"),
    employer: under("employer"),
  };
}

export function file(name: string, ...lines: string[]): ReferenceFile {
  return { name, text: `${lines.join("\n")}\n` };
}

export function load(files: readonly ReferenceFile[], key?: string) {
  return loadReference(files, { pseudonymise: pseudonyms(key), loadedAt: 1_790_000_000_000 });
}

/** The error of files that must be refused. */
export function refusal(files: readonly ReferenceFile[]): ReferenceBrokenError {
  try {
    load(files);
  } catch (error) {
    if (error instanceof ReferenceBrokenError) return error;
    throw error;
  }
  throw new Error("the files were accepted");
}

export function faultsOf(...files: readonly ReferenceFile[]): readonly ReferenceFault[] {
  return refusal(files).faults;
}

export function day(date: string): ShanghaiDay {
  return shanghaiDay(Date.parse(`${date}T00:00:00+08:00`));
}
