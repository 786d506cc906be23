import { z } from "zod";
import type { Bytes } from "../../units.ts";
import { Page } from "./page.ts";
import { Pages } from "./pages.ts";

const Count = z.number().int();
const Sums = z.tuple([Count, Count, Count, z.number(), Count, Count, Count, Count, Count]);
const Shares = z.tuple([
  Count,
  Count,
  z.array(z.tuple([z.string(), Count])),
  z.array(z.tuple([z.string(), Count])),
  z.string(),
]);
const PageText = z.strictObject({
  pharmacy: z.string(),
  prefecture: z.string(),
  since: Count,
  days: z.array(Sums),
  weeks: z.array(Shares),
  raised: z.array(z.tuple([z.string(), Count])),
});
const Head = z.strictObject({ version: z.literal(1), lastClosed: Count.optional() });

function text64(bytes: Bytes): string {
  return Buffer.from(bytes, "latin1").toString("base64url");
}

function bytes64(text: string): Bytes {
  return Buffer.from(text, "base64url").toString("latin1");
}

/** Pages as lines, a head and then one a pharmacy: what is written can be read again, and nothing else is. */
export function* pageLines(pages: Pages): Generator<string> {
  const { lastClosed } = pages;
  yield `${JSON.stringify({ version: 1, ...(lastClosed === undefined ? {} : { lastClosed }) })}\n`;
  for (const page of pages.all()) yield `${pageLine(page)}\n`;
}

function pageLine({ pharmacy, prefecture, since, days, weeks, raised }: Page): string {
  const kept: z.infer<typeof PageText> = {
    ...{ pharmacy, prefecture, since },
    days: days.map((of) => [
      ...([of.day, of.sales, of.total, of.squares, of.fund] as const),
      ...([of.back, of.reversals, of.funded, of.accountOnly] as const),
    ]),
    weeks: weeks.map(({ week, prescribed, makers, persons, seen }) => [
      week,
      prescribed,
      [...makers],
      [...persons].map(([person, fen]) => [text64(person), fen]),
      Buffer.from(seen).toString("base64url"),
    ]),
    raised: [...raised],
  };
  return JSON.stringify(kept);
}

/** @throws for lines that are not what `pageLines` writes */
export function readPages(lines: Iterable<string>): Pages {
  const pages = new Pages();
  let isHead = true;
  for (const line of lines) {
    if (line === "") continue;
    if (isHead) pages.lastClosed = Head.parse(JSON.parse(line)).lastClosed;
    else pages.restore(readPage(line));
    isHead = false;
  }
  return pages;
}

function readPage(line: string): Page {
  const kept = PageText.parse(JSON.parse(line));
  const page = new Page(kept.pharmacy, kept.prefecture, kept.since);
  for (const [
    day,
    sales,
    total,
    squares,
    fund,
    back,
    reversals,
    funded,
    accountOnly,
  ] of kept.days) {
    const sums = page.dayOf(day);
    Object.assign(sums, { sales, total, squares, fund, back, reversals, funded, accountOnly });
  }
  for (const [week, prescribed, makers, persons, seen] of kept.weeks) {
    page.weeks.push({
      ...{ week, prescribed, makers: new Map(makers) },
      persons: new Map(persons.map(([person, fen]) => [bytes64(person), fen])),
      seen: Uint8Array.from(Buffer.from(seen, "base64url")),
    });
  }
  for (const [id, day] of kept.raised) page.raised.set(id, day);
  return page;
}
