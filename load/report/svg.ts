/** Text that stands in an SVG as it is. */
export function escapeText(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** An element; numbers are rounded to a tenth of a pixel, so that files stay small and differ only where pictures do. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  content = "",
): string {
  const written = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${typeof value === "number" ? rounded(value) : escapeText(value)}"`,
  );
  return content === ""
    ? `<${name}${written.join("")}/>`
    : `<${name}${written.join("")}>${content}</${name}>`;
}

export function text(attributes: Readonly<Record<string, string | number>>, words: string): string {
  return element("text", attributes, escapeText(words));
}

function rounded(value: number): string {
  return String(Math.round(value * 10) / 10);
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** For readers who cannot see it. */
  readonly title: string;
  readonly style: string;
  readonly content: readonly string[];
}

/** A picture that stands alone: no script, no font and no file beside it; its ground is its own in light and dark. */
export function svg({ width, height, title, style, content }: Picture): string {
  const head =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeText(title)}">`;
  const ground = element("rect", { width, height, rx: 6, class: "ground" });
  return `${[head, `<style>${style}</style>`, ground, ...content, "</svg>"].join("\n")}\n`;
}
