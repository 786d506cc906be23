import { chinaLocalText } from "../../swipe/calendar.ts";
import type { Level } from "../../swipe/vocabulary.ts";
import type { DurationMs, EpochMs } from "../../units.ts";

/** Where the demo is shown. */
export interface Terminal {
  write(text: string): void;
  /** Whether it takes colour, and somebody wants it. */
  readonly colour: boolean;
  /** Whether a line can be written over: a terminal, and no file. */
  readonly live: boolean;
}

/** One check as it is shown. */
export interface ShownCheck {
  readonly at: EpochMs;
  readonly pharmacy: string;
  readonly door: "native" | "nhsa";
  readonly decision: Level;
  readonly yuan: number;
  readonly took: DurationMs;
  /** Why, in words. */
  readonly why: readonly string[];
  readonly isGang: boolean;
}

type Paint = "red" | "yellow" | "green" | "cyan" | "dim" | "bold";
const PAINTS: Readonly<Record<Paint, string>> = {
  ...{ red: "31", yellow: "33", green: "32", cyan: "36", dim: "2", bold: "1" },
};

const LEVEL_PAINT: Readonly<Record<Level, Paint>> = {
  ...{ allow: "green", warn: "green", stepUp: "yellow", hold: "red", deny: "red" },
};

export class Screen {
  private readonly terminal: Terminal;
  private hasStatus = false;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  paint(text: string, ...paints: readonly Paint[]): string {
    if (!this.terminal.colour) return text;
    return `\u001b[${paints.map((paint) => PAINTS[paint]).join(";")}m${text}\u001b[0m`;
  }

  say(text = ""): void {
    this.clearStatus();
    this.terminal.write(`${text}\n`);
  }

  /** The last line, written over by the next; nothing where it cannot be. */
  status(text: string): void {
    if (!this.terminal.live) return;
    this.terminal.write(`\r\u001b[2K${text}`);
    this.hasStatus = true;
  }

  check(check: ShownCheck): void {
    const { at, pharmacy, door, decision, yuan, took, why, isGang } = check;
    const told = decision.padEnd(6);
    const columns = [
      this.paint(clockText(at), "dim"),
      pharmacy,
      door.padEnd(6),
      this.paint(told, LEVEL_PAINT[decision], "bold"),
      `${yuan.toFixed(2).padStart(9)} yuan`,
      this.paint(`${took.toFixed(1).padStart(6)} ms`, "cyan"),
      isGang ? this.paint("gang  ", "red") : this.paint("honest", "green"),
      why.join("; "),
    ];
    this.say(columns.join("  ").trimEnd());
  }

  table(rows: readonly (readonly string[])[]): void {
    const widths = (rows[0] ?? []).map((_, column) =>
      Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    for (const [index, row] of rows.entries()) {
      const text = row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd();
      this.say(`  ${index === 0 ? this.paint(text, "bold") : text}`);
    }
  }

  private clearStatus(): void {
    if (this.hasStatus) this.terminal.write("\r\u001b[2K");
    this.hasStatus = false;
  }
}

/** `10:15:30` in China. */
export function clockText(at: EpochMs): string {
  return chinaLocalText(at).slice(11, 19);
}
