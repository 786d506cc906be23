const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

export function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

/** Plain text with `code` in backticks. */
export function inline(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, "<code>$1</code>");
}

/** The same; a line break starts a new paragraph. */
export function paragraphs(text: string): string {
  return text
    .split(/\n+/)
    .filter((line) => line !== "")
    .map((line) => `<p>${inline(line)}</p>`)
    .join("");
}
