import type { Redis } from "ioredis";

/**
 * Holds what a connection writes until the event loop has looked at every socket that was ready, and hands it over at
 * once: a write of its own for each command is a system call each, and wakes the server each time. A command that
 * comes alone leaves in the turn it was sent in; of several, the first waits until the bodies beside it are parsed.
 */
export class TurnOutbox {
  private held: Redis["stream"] | undefined;

  /** To be called before a command is written. */
  hold(stream: Redis["stream"] | undefined): void {
    if (stream === undefined || stream === this.held) return;
    this.held = stream;
    stream.cork();
    setImmediate(() => {
      if (this.held === stream) this.held = undefined;
      stream.uncork();
    });
  }
}
