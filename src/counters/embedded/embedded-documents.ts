import type { ControlDocuments } from "../control-documents.ts";
import type { ByteShelf } from "./byte-shelf.ts";

/** The last instant six bytes can hold: a document does not expire. */
const FOR_EVER = 2 ** 48 - 1;

export function embeddedDocuments(shelf: ByteShelf, generation: string): ControlDocuments {
  return {
    claim: async (name, value) => {
      const key = `${generation}:{control}${name}`;
      return shelf.together(() => {
        const standing = shelf.get(key, 0);
        if (standing !== undefined) return standing.toString();
        shelf.set(key, Buffer.from(value), FOR_EVER);
        return value;
      });
    },
  };
}
