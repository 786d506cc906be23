/** Sum of the samples of one metric that carry all these labels; undefined where there is none. */
export function sampleOf(
  text: string,
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  let sum: number | undefined;
  for (const [, of = "", shown = "", value] of text.matchAll(
    /^([a-zA-Z_:][\w:]*)(?:\{([^}]*)\})? (\S+)/gm,
  )) {
    if (of !== name || !wanted.every((pair) => shown.split(",").includes(pair))) continue;
    sum = (sum ?? 0) + Number(value);
  }
  return sum;
}
