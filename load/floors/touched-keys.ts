import { bytesOf, type MonitoredCommand } from "./monitor-lines.ts";

/** What a call did to one key: a string, or one field of a hash. */
export interface Touch {
  /** Bytes found when it was first read or written; undefined where there was nothing. */
  readonly found: number | undefined;
  /** Bytes it has since; undefined where it was only read. */
  readonly written: number | undefined;
}
export type Touches = Map<string, Touch>;

/**
 * Follows how long every value is, from an empty Redis on, so that it can be said how much each read has found:
 * MONITOR tells commands and no replies.
 */
export class TouchedKeys {
  private readonly lengths = new Map<string, number>();

  /** Adds what one inner command did to the touches of its call. */
  follow({ name, args }: MonitoredCommand, touches: Touches): void {
    const [key = "", second = "", third = ""] = args;
    switch (name) {
      case "GET":
        this.read(key, touches);
        break;
      case "HGET":
      case "HEXISTS":
        this.read(`${key} ${second}`, touches);
        break;
      case "SET":
        this.write(key, bytesOf(second), touches);
        break;
      case "HSET":
        this.write(`${key} ${second}`, bytesOf(third), touches);
        break;
      case "SETRANGE":
        this.write(key, this.lengths.get(key) ?? bytesOf(third), touches);
        break;
      case "DEL":
        this.remove(key, touches);
        break;
      case "HDEL":
        this.remove(`${key} ${second}`, touches);
        break;
      default:
        break;
    }
  }

  private read(key: string, touches: Touches): void {
    if (!touches.has(key)) touches.set(key, { found: this.lengths.get(key), written: undefined });
  }

  private write(key: string, bytes: number, touches: Touches): void {
    const found = touches.has(key) ? touches.get(key)?.found : this.lengths.get(key);
    touches.set(key, { found, written: bytes });
    this.lengths.set(key, bytes);
  }

  private remove(key: string, touches: Touches): void {
    this.write(key, 0, touches);
    this.lengths.delete(key);
  }
}

/** The later call goes on where the earlier one was: what was found counts once, what was written last stands. */
export function merge(earlier: Touches, later: Touches): Touches {
  const all: Touches = new Map(earlier);
  for (const [key, touch] of later) {
    const before = earlier.get(key);
    const written = touch.written ?? before?.written;
    all.set(key, { found: before ? before.found : touch.found, written });
  }
  return all;
}
