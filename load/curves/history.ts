import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { reshape } from "../workload/baskets.ts";
import { LocalTexts } from "../workload/local-texts.ts";
import { BODIES, type PreparedSale } from "../workload/prepared.ts";
import { Template } from "../workload/slots.ts";
import { personNumber } from "../workload/turns.ts";

/** Persons who are given a past. Their numbers are none that the traffic draws. */
export const SAMPLE_FROM = 4_000_000_000;

export interface History {
  readonly persons: number;
  readonly swipes: number;
}

/** An upload reaches seven days back at most; what a ledger holds looks the same at any age. */
const BACK_MS = 6 * 86_400_000;
/** Lines of one upload: well below its limits of 1,000 and of 4 MB. */
const LINES_AT_ONCE = 500;
/** From here on copies of the goods that the traffic does not come to. */
export const FIRST_PASS = 600;

/** The guard plays so many uploads side by side (BATCHES_AT_ONCE). */
const UPLOADS = 4;

/**
 * The guard itself writes the ledgers: sales of two lines that were settled while the till was offline,
 * uploaded in their order.
 */
export async function uploadHistory(url: string, folder: string, history: History): Promise<void> {
  const lines = historyLines(await nativeSales(folder), history, Date.now());
  // A person's sales stay in one upload, in their order.
  const shares = Array.from({ length: UPLOADS }, (_, upload) =>
    lines.filter((_, count) => (count % history.persons) % UPLOADS === upload),
  );
  await Promise.all(shares.map((share) => uploadLines(url, share)));
}

async function uploadLines(url: string, lines: readonly string[]): Promise<void> {
  for (let first = 0; first < lines.length; first += LINES_AT_ONCE) {
    const answer = await fetch(`${url}/v1/swipes/batch`, {
      method: "POST",
      headers: { "content-type": "application/x-ndjson" },
      body: lines.slice(first, first + LINES_AT_ONCE).join(""),
    });
    const said = await answer.text();
    if (!answer.ok || said.includes('"problem"'))
      throw new Error(`the upload was not taken: ${answer.status} ${said.slice(0, 500)}`);
  }
}

async function nativeSales(folder: string): Promise<readonly PreparedSale[]> {
  const text = await readFile(join(folder, BODIES), "utf8");
  const sales = text
    .trimEnd()
    .split("\n")
    .map((line): PreparedSale => JSON.parse(line));
  return reshape(sales, { lines: 2 }).filter(({ form }) => form === "native");
}

function historyLines(
  sales: readonly PreparedSale[],
  { persons, swipes }: History,
  now: number,
): readonly string[] {
  const templates = sales.map(({ check }) => new Template(JSON.stringify(check)));
  const texts = new LocalTexts();
  const lines: string[] = [];
  for (let count = 0; count < persons * swipes; count += 1) {
    const index = count % sales.length;
    const at = now - BACK_MS + Math.floor((count * (BACK_MS - 3_600_000)) / (persons * swipes));
    const pharmacy = sales[index]?.pharmacy ?? "";
    const swipeId = `${pharmacy}${texts.compact(at)}h${String(count).padStart(6, "0")}`;
    const swipe = templates[index]?.fill({
      swipeId,
      at,
      pass: FIRST_PASS + Math.floor(count / sales.length),
      letter: "P",
      person: personNumber(SAMPLE_FROM + (count % persons)),
      texts,
    });
    const body = {
      settlementId: `S${swipeId}`,
      visitId: `V${swipeId}`,
      swipe: JSON.parse(swipe ?? ""),
    };
    lines.push(
      `${JSON.stringify({ at: new Date(at).toISOString(), op: "settlement", swipeId, body })}\n`,
    );
  }
  return lines;
}
