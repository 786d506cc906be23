import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/config/package-root.ts";

/** What an honest till knows of a medicine: whether it needs a prescription, and whether its packs have codes. */
export interface Known {
  readonly prescription: boolean;
  readonly coded: boolean;
}

/** From `deploy/reference/drugs.csv`; the longest code that the drug's begins with counts. */
export function openDrugBook(): (drug: string) => Known {
  const file = join(packageRoot(), "deploy", "reference", "drugs.csv");
  const [head = "", ...rows] = readFileSync(file, "utf8").trim().split("\n");
  const columns = head.split(",");
  const cell = (cells: readonly string[], name: string) => cells[columns.indexOf(name)] ?? "";
  const known = rows
    .map((row) => row.split(","))
    .map((cells) => ({
      code: cell(cells, "code"),
      prescription: cell(cells, "prescription") === "1",
      exempt: cell(cells, "traceExempt") === "1",
    }))
    .sort((a, b) => b.code.length - a.code.length);
  return (drug) => {
    const found = known.find(({ code }) => drug.startsWith(code));
    return {
      prescription: found?.prescription ?? false,
      coded: /^[XZ]/.test(drug) && found?.exempt !== true,
    };
  };
}
