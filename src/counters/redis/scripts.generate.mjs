// Writes scripts.generated.ts from the Lua files: includes expanded, constants filled in, the arity from the name.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const here = new URL("./scripts/", import.meta.url);
const constants = readFileSync(new URL("includes/constants.lua", here), "utf8");

function expand(text, seen) {
  return text.replace(/^-- @include ([a-z-]+)$/gm, (_, name) => {
    if (seen.includes(name)) throw new Error(`${name}.lua includes itself: ${seen.join(" > ")}`);
    return expand(readFileSync(new URL(`includes/${name}.lua`, here), "utf8"), [...seen, name]);
  });
}

// Redis parses a script once a connection's life, but its text travels on NOSCRIPT: comments stay in the sources.
function withoutComments(lua) {
  return lua
    .replace(/--\[\[[\s\S]*?\]\]\n?/g, "")
    .replace(/^\s*--.*\n/gm, "")
    .replace(/\n{2,}/g, "\n")
    .trim();
}

// A call that carries a ticket (ARGV[2]) gets it back beside its reply: {ticket, reply}. So no other call's is taken for it.
function ticketed(lua) {
  return `local function answer()\n${lua}\nend\nif ARGV[2] then return { ARGV[2], answer() } end\nreturn answer()`;
}

const scripts = readdirSync(here)
  .filter((name) => name.endsWith(".lua"))
  .sort()
  .map((file) => {
    const [, verb, arity] = /^([a-z-]+)-(n|\d+)\.lua$/.exec(file) ?? [];
    if (!verb) throw new Error(`${file}: a script is named verb-arity.lua`);
    const lua = ticketed(withoutComments(expand(readFileSync(new URL(file, here), "utf8"), [])));
    return { verb, arity, lua, sha1: createHash("sha1").update(lua).digest("hex") };
  });

const body = scripts
  .map(
    ({ verb, arity, lua, sha1 }) =>
      `export const ${verb}Script = {\n  name: "${verb}",\n  arity: "${arity}",\n  sha1: "${sha1}",\n  lua: ${JSON.stringify(lua)},\n} as const;\n`,
  )
  .join("\n");

writeFileSync(
  new URL("scripts.generated.ts", import.meta.url),
  `// Written by scripts.generate.mjs from scripts/*.lua. Do not edit.\n\n${body}`,
);
if (!constants.includes("RESERVATION")) throw new Error("constants.lua is empty");
