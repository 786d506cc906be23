/** A table; a pipe inside a cell would end it. */
export function table(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]) =>
    `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The text between a block's marks, replaced; throws where the marks are not there, each once and in order. */
export function withBlock(text: string, name: string, block: string): string {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [before, rest, ...more] = text.split(begin);
  const [, after, ...ends] = (rest ?? "").split(end);
  if (before === undefined || after === undefined || more.length > 0 || ends.length > 0)
    throw new Error(`README.md must have ${begin} and ${end} once, in this order.`);
  return `${before}${begin}\n\n${block.trim()}\n\n${end}${after}`;
}

/** Names of the blocks a text has a place for. */
export function blocksIn(text: string): readonly string[] {
  return [...text.matchAll(/^<!-- (bench:[a-z-]+) -->$/gm)].map(([, name = ""]) => name);
}
