/** A Cluster's keys are spread over this many slots. */
export const SLOTS = 16_384;
/** CRC-16/XMODEM, as the Cluster specification has it. */
const POLYNOMIAL = 0x1021;

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ POLYNOMIAL : crc << 1;
  return crc & 0xffff;
});

/** The slot of a key: that of what stands between its first braces, else of all of it. Keys are ASCII. */
export function slotOf(key: string): number {
  const open = key.indexOf("{");
  const close = open < 0 ? -1 : key.indexOf("}", open + 1);
  const [from, to] = close > open + 1 ? [open + 1, close] : [0, key.length];
  let crc = 0;
  for (let i = from; i < to; i++) {
    crc = ((crc << 8) & 0xffff) ^ (TABLE[(crc >> 8) ^ (key.charCodeAt(i) & 0xff)] ?? 0);
  }
  return crc % SLOTS;
}

/** Who serves which slots, as one node tells it: `host:port` of primaries. */
export interface Topology {
  /** By slot; undefined where nobody serves it. */
  readonly owners: readonly (string | undefined)[];
  readonly primaries: ReadonlySet<string>;
}

/** The reply to CLUSTER SLOTS; undefined where it is none. `asked`: the host to take where a node does not know its own. */
export function readTopology(reply: unknown, asked: string): Topology | undefined {
  if (!Array.isArray(reply) || reply.length === 0) return undefined;
  const ranges = (reply as readonly unknown[]).map((range) => rangeOf(range, asked));
  const owners = new Array<string | undefined>(SLOTS).fill(undefined);
  const primaries = new Set<string>();
  for (const range of ranges) {
    if (range === undefined) return undefined;
    primaries.add(range.primary);
    owners.fill(range.primary, range.first, range.last + 1);
  }
  return { owners, primaries };
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly primary: string;
}

/** First and last slot, its primary, then its replicas, which are never read. */
function rangeOf(range: unknown, asked: string): Range | undefined {
  if (!Array.isArray(range)) return undefined;
  const [first, last, node] = range as readonly unknown[];
  const primary = addressOf(node, asked);
  if (primary === undefined || !isSlot(first) || !isSlot(last)) return undefined;
  return { first, last, primary };
}

function isSlot(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value < SLOTS;
}

/** A node's host (empty or null where it does not know its own), port, id and further words. */
function addressOf(node: unknown, asked: string): string | undefined {
  if (!Array.isArray(node)) return undefined;
  const [host, port] = node as unknown[];
  if (typeof port !== "number" || port <= 0) return undefined;
  const known = Buffer.isBuffer(host) ? host.toString() : host;
  return address(typeof known === "string" && known !== "" ? known : asked, port);
}

/** IPv6 in brackets, as it stands in an address. */
export function address(host: string, port: number): string {
  return host.includes(":") && !host.startsWith("[") ? `[${host}]:${port}` : `${host}:${port}`;
}

export interface Redirection {
  /** `moved`: for good. `asked`: for this command alone, while the slot is on its way. `again`: keys of it are here and there. */
  readonly kind: "moved" | "asked" | "again";
  readonly slot: number;
  readonly address: string;
}

/** What an error of a node says about where the command belongs; undefined for any other error. */
export function redirectionOf(message: string, asked: string): Redirection | undefined {
  if (message.startsWith("TRYAGAIN")) return { kind: "again", slot: -1, address: "" };
  const [, word, slot = "", host = "", port = ""] =
    /^(MOVED|ASK) (\d+) (\S*):(\d+)/.exec(message) ?? [];
  if (word === undefined) return undefined;
  return {
    kind: word === "MOVED" ? "moved" : "asked",
    slot: Number(slot),
    address: address(host === "" ? asked : host, Number(port)),
  };
}
