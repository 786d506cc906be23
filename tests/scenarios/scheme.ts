import type { Level } from "../../src/swipe/vocabulary.ts";
import type { Ask } from "./ask.ts";
import type { Checked } from "./checked.ts";
import { type Hits, hitFaults, isPass } from "./expectation.ts";
import type { Told } from "./step.ts";
import type { Story } from "./story.ts";

/** In time: before half of the money has settled. */
const IN_TIME = 0.5;

/**
 * The sales of one fraud. Those behind it take what they get: whatever passes is settled. It is caught by the first
 * swipe that is refused, if less than half of the money that was wanted has settled by then.
 */
export class Scheme {
  private readonly story: Story;
  private readonly sales: Checked[] = [];

  constructor(story: Story) {
    this.story = story;
  }

  sells(ask: Ask): Checked {
    const check = this.story.check(ask);
    this.sales.push(check);
    this.story.settleIfPassed(check);
    return check;
  }

  /** The first refusal is this level by these rules; `nth`: which sale of the scheme it is. */
  isCaught(level: Level, hits: Hits, nth?: number): Story {
    return this.story.question("the scheme is caught in time", (told) =>
      this.fault(told, { level, hits, nth }),
    );
  }

  /** Nothing of it is refused: what looks like it and is honest, or what no checkout can see. */
  passes(): Story {
    return this.story.question("nothing is refused", (told) => {
      const first = this.firstRefusal(told);
      return first < 0 ? undefined : `sale ${first + 1} was refused: ${this.heard(told, first)}`;
    });
  }

  private fault(
    told: Told,
    wanted: { readonly level: Level; readonly hits: Hits; readonly nth: number | undefined },
  ): string | undefined {
    const first = this.firstRefusal(told);
    const sale = this.sales[first];
    if (sale === undefined) return `none of ${this.sales.length} sales was refused`;
    const { decision, hits = [] } = told.answerTo(sale.said) ?? {};
    const before = yuanOf(this.sales.slice(0, first)) / yuanOf(this.sales);
    const faults = [
      ...(decision === wanted.level ? [] : [`wanted ${wanted.level}`]),
      ...hitFaults(wanted.hits, hits),
      ...(before < IN_TIME ? [] : [`${Math.round(before * 100)} % had settled`]),
      ...(wanted.nth === undefined || wanted.nth === first + 1
        ? []
        : [`wanted sale ${wanted.nth}`]),
    ];
    if (faults.length === 0) return undefined;
    return `sale ${first + 1}: ${faults.join("; ")}; heard ${this.heard(told, first)}`;
  }

  private firstRefusal(told: Told): number {
    return this.sales.findIndex(({ said }) => !isPass(told.answerTo(said) ?? { hits: [] }));
  }

  private heard(told: Told, index: number): string {
    const sale = this.sales[index];
    const { decision, problem, hits = [] } = (sale && told.answerTo(sale.said)) ?? {};
    const said = hits.map(
      ({ rule, level, evidence }) => `${rule} ${level} ${JSON.stringify(evidence)}`,
    );
    return `${problem ?? decision} [${said.join(", ")}]`;
  }
}

function yuanOf(sales: readonly Checked[]): number {
  return sales.reduce((yuan, { ask }) => yuan + ask.total, 0);
}
