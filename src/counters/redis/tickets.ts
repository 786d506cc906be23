import { randomBytes } from "node:crypto";
import { base36Of } from "../key-text.ts";

/** Names script calls, unlike those of any other connection, here and elsewhere: a reply tells whose it is. */
export class Tickets {
  private readonly mark = randomBytes(4).toString("base64url");
  private calls = 0;

  next(): string {
    this.calls = (this.calls + 1) % Number.MAX_SAFE_INTEGER;
    return this.mark + base36Of(this.calls);
  }
}
