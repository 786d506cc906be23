import type { SharedDocuments } from "../control-documents.ts";
import type { ByteShelf } from "./byte-shelf.ts";

/** The last instant six bytes can hold: a document does not expire. */
const FOR_EVER = 2 ** 48 - 1;

export function embeddedDocuments(shelf: ByteShelf, generation: string): SharedDocuments {
  const keyOf = (name: string) => `${generation}:{control}${name}`;
  const read = (name: string) => shelf.get(keyOf(name), 0)?.toString();
  const write = (name: string, value: string) =>
    shelf.set(keyOf(name), Buffer.from(value), FOR_EVER);
  return {
    claim: async (name, value) =>
      shelf.together(() => {
        const standing = read(name);
        if (standing === undefined) write(name, value);
        return standing ?? value;
      }),
    read: async (name) => read(name),
    replace: async (name, before, after) =>
      shelf.together(() => {
        if (read(name) !== before) return false;
        write(name, after);
        return true;
      }),
    // Whoever works on the folder has its lock: nobody else is there.
    hold: async () => true,
    letGo: async () => undefined,
  };
}
