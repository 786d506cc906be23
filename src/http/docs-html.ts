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

/** Plain text with `code` in backticks; a line break starts a new paragraph. */
export function paragraphs(text: string): string {
  return text
    .split(/\n+/)
    .filter((line) => line !== "")
    .map((line) => `<p>${escapeHtml(line).replace(/`([^`]+)`/g, "<code>$1</code>")}</p>`)
    .join("");
}
