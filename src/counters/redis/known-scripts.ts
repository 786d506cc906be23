import { createHash } from "node:crypto";
import * as scripts from "./scripts.generated.ts";

/** Fails exactly while the server takes no writes (Redis 7: checked before the script begins), and writes nothing. */
export const PROBE = "#!lua\nreturn 1";
export const PROBE_SHA1 = createHash("sha1").update(PROBE).digest("hex");
/** What a server must know before it is of use. */
export const KNOWN_SCRIPTS = [...Object.values(scripts).map(({ lua }) => lua), PROBE];
