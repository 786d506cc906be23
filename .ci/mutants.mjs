// Where a program can be broken: each mutant is the whole text with one place changed.

/** Strings and comments as spaces, so that nothing inside them is taken for code. */
function masked(text, kinds) {
  return text.replace(kinds, (found) => found.replace(/[^\n]/g, " "));
}

const LUA_MASK = /--\[\[[\s\S]*?\]\]|--[^\n]*|'[^'\n]*'/g;
const SCRIPT_MASK = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|"[^"\n]*"|`[^`]*`/g;

const LUA_SWAPS = [
  [/==/g, "~="],
  [/~=/g, "=="],
  [/<=/g, "<"],
  [/>=/g, ">"],
  [/<(?!=)/g, "<="],
  [/(?<!~)>(?!=)/g, ">="],
  [/\band\b/g, "or"],
  [/\bor\b/g, "and"],
  [/\bnot /g, ""],
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/\breturn true\b/g, "return false"],
  [/\breturn false\b/g, "return true"],
];
const SCRIPT_SWAPS = [
  [/===/g, "!=="],
  [/!==/g, "==="],
  [/<=/g, "<"],
  [/>=/g, ">"],
  [/(?<![<=])<(?![<=])/g, "<="],
  [/(?<![=>])>(?![=>])/g, ">="],
  [/&&/g, "||"],
  [/\|\|/g, "&&"],
  [/!(?=[a-zA-Z(])/g, ""],
  [/ \+ /g, " - "],
  [/ - /g, " + "],
  [/\breturn true\b/g, "return false"],
  [/\breturn false\b/g, "return true"],
];

function swaps(text, mask, rules) {
  const found = [];
  for (const [pattern, replacement] of rules) {
    for (const match of mask.matchAll(pattern)) {
      found.push({ start: match.index, end: match.index + match[0].length, replacement, what: `${match[0].trim()} becomes ${replacement.trim() || "nothing"}` });
    }
  }
  return found;
}

/** Conditions taken for always true and always false; a loop only for false, it would never end. */
function conditions(mask, pattern, both) {
  return [...mask.matchAll(pattern)].flatMap((match) => {
    const start = match.index + match[1].length;
    const end = start + match[2].length;
    const values = both(match[1]) ? ["true", "false"] : ["false"];
    return values.map((replacement) => ({ start, end, replacement, what: `condition becomes ${replacement}` }));
  });
}

/** `if (…)` with its parentheses balanced. */
function ifs(mask) {
  const found = [];
  for (const match of mask.matchAll(/\bif \(/g)) {
    const start = match.index + match[0].length;
    let depth = 1;
    let end = start;
    for (; depth > 0; end += 1) {
      if (mask[end] === "(") depth += 1;
      if (mask[end] === ")") depth -= 1;
    }
    for (const replacement of ["true", "false"]) {
      found.push({ start, end: end - 1, replacement, what: `condition becomes ${replacement}` });
    }
  }
  return found;
}

/** A case nobody asks for any more. */
function cases(text) {
  return [...text.matchAll(/\bcase "([^"\n]+)":/g)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    replacement: `case "no ${match[1]}":`,
    what: "case is never taken",
  }));
}

function asTexts(text, found) {
  return found
    .sort((a, b) => a.start - b.start)
    .map(({ start, end, replacement, what }) => {
      const number = text.slice(0, start).split("\n").length;
      const line = text.split("\n")[number - 1].trim();
      return { number, line, what, text: text.slice(0, start) + replacement + text.slice(end) };
    });
}

export function luaMutants(text) {
  const mask = masked(text, LUA_MASK);
  const isBranch = (word) => !word.startsWith("while");
  return asTexts(text, [
    ...swaps(text, mask, LUA_SWAPS),
    ...conditions(mask, /(\b(?:if|elseif|while) )(.+?)(?= (?:then|do)\b)/g, isBranch),
  ]);
}

export function scriptMutants(text) {
  const mask = masked(text, SCRIPT_MASK);
  return asTexts(text, [...swaps(text, mask, SCRIPT_SWAPS), ...ifs(mask), ...cases(text)]);
}
