/** Small facts that instances of one store share, such as its key's fingerprint: the first writer's stands. */
export interface ControlDocuments {
  /** Writes the value unless there is one; resolves to the one that stands. */
  claim(name: string, value: string): Promise<string>;
}
