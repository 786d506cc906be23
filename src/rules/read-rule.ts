import { EXEMPT_LISTS } from "../features/list-features.ts";
import type { ConditionParser, Limits, ParsedCondition } from "./condition.ts";
import type { FaultList } from "./fault.ts";
import type { Bilingual } from "./hit.ts";
import type { Located } from "./located.ts";
import { MapReader } from "./map-reader.ts";
import { placeholders } from "./message.ts";
import { normaliseMethod, OVERRIDE_CODES, VERIFICATION_METHODS } from "./override-codes.ts";
import type {
  Clearing,
  DraftLevel,
  DraftRule,
  LevelLimits,
  RaisedLevel,
  RuleHead,
} from "./rule.ts";
import { CLEARED, IF_MISSING, MODES, RAISED } from "./rule.ts";

const ID = /^[A-Z]{2,4}-\d{2}[a-z]?$/;
const CATEGORY = /^[a-z][a-z-]{1,39}$/;
/** The guard's own hits: no policy may speak in their name. */
const OWN_RULES = /^SYS-/;

/** What conditions are read with. */
export interface RuleContext {
  readonly conditions: ConditionParser;
  /** Features declared wrongly: conditions on them are not reported a second time. */
  readonly broken: ReadonlySet<string>;
  readonly faults: FaultList;
}

/** Reads one rule; undefined when too little of it is sound to go on with. Every fault is said. */
export function readRule(item: Located, context: RuleContext): DraftRule | undefined {
  if (item.form !== "map") {
    context.faults.add(item.line, "a rule is a map");
    return undefined;
  }
  const id = idOf(item);
  const rule = new MapReader(item, `rule ${id ?? "without id"}: `, context.faults);
  const before = context.faults.count;
  const head = readHead(rule);
  const mode = rule.word("mode", MODES, "enforce");
  const limits = readLimits(rule);
  const common = rule.entry("message") === undefined ? undefined : rule.bilingual("message");
  const own = readOwnMessages(rule);
  const levels = readLevels(rule, limits, context, (level) => own[level] ?? common);
  rule.finish();
  if (head === undefined || levels.length === 0) return undefined;
  checkLevels(rule, head, levels);
  return context.faults.count > before
    ? undefined
    : { head, line: item.line, mode, levels, limits };
}

function idOf(item: Located): string | undefined {
  const id = item.form === "map" ? item.entries.get("id")?.value : undefined;
  return id?.form === "scalar" && typeof id.value === "string" ? id.value : undefined;
}

function readHead(rule: MapReader): RuleHead | undefined {
  const id = rule.text("id", ID, "letters, a dash and two digits, such as CF-01");
  if (id !== undefined && OWN_RULES.test(id))
    rule.fault(rule.line, "ids that begin with SYS are the guard's own");
  const category = rule.text("category", CATEGORY, "a word in small letters, such as card-farming");
  const name = rule.bilingual("name");
  const source = rule.text("source", /\S/, "where every threshold comes from");
  const rest = {
    hard: rule.flag("hard"),
    ifMissing: rule.word("ifMissing", IF_MISSING, "allow"),
    disclose: rule.word("disclose", ["full", "sentence"] as const, "full"),
    clearedBy: readClearing(rule),
    exempt: rule.words(
      "exempt",
      (word) => EXEMPT_LISTS.find((list) => list === word),
      `a list that exempts: ${EXEMPT_LISTS.join(", ")}`,
    ),
  };
  if (id === undefined || category === undefined || name === undefined || source === undefined)
    return undefined;
  return { id, category, name, source, ...rest };
}

/** One clearing for both levels, or each level's own: `{ stepUp: { verification: [face] }, hold: { override: [OTHER] } }`. */
function readClearing(rule: MapReader): RuleHead["clearedBy"] {
  const map = rule.map("clearedBy");
  if (CLEARED.every((level) => map?.entry(level) === undefined)) {
    const both = readOneClearing(map);
    return { stepUp: both, hold: both };
  }
  const apart = {
    stepUp: readOneClearing(map?.map("stepUp")),
    hold: readOneClearing(map?.map("hold")),
  };
  map?.finish();
  return apart;
}

function readOneClearing(map: MapReader | undefined): Clearing {
  const override = map?.words(
    "override",
    (word) => OVERRIDE_CODES.find((code) => code === word),
    "an override code",
  );
  const methods = map?.words(
    "verification",
    (word) =>
      VERIFICATION_METHODS.find((method) => normaliseMethod(method) === normaliseMethod(word)),
    `one of ${VERIFICATION_METHODS.join(", ")}`,
  );
  const agent = map?.word("agent", ["registered", "no"] as const, "no") === "registered";
  map?.finish();
  return {
    override: new Set(override),
    verification: new Set(methods?.map(normaliseMethod)),
    agent,
  };
}

/** `limits: { warn: 7, hold: 30 }`, or several numbers a level by name. */
function readLimits(rule: MapReader): LevelLimits {
  const map = rule.map("limits");
  return map === undefined ? {} : readLevelLimits(map);
}

export function readLevelLimits(map: MapReader): LevelLimits {
  const limits: Partial<Record<RaisedLevel, Limits>> = {};
  for (const level of RAISED) {
    const entry = map.entry(level);
    if (entry === undefined) continue;
    const value = limitsOf(entry.value);
    if (value === undefined) map.fault(entry.line, `${level} must be a number, or several by name`);
    else limits[level] = value;
  }
  map.finish();
  return limits;
}

function limitsOf(value: Located): Limits | undefined {
  if (value.form === "scalar") return typeof value.value === "number" ? value.value : undefined;
  if (value.form === "list") return undefined;
  const named: Record<string, number> = {};
  for (const [name, { value: limit }] of value.entries) {
    if (limit.form !== "scalar" || typeof limit.value !== "number") return undefined;
    named[name] = limit.value;
  }
  return named;
}

/** Sentences of single levels, where the advice differs. */
function readOwnMessages(rule: MapReader): Partial<Record<RaisedLevel, Bilingual>> {
  const map = rule.map("messages");
  const messages: Partial<Record<RaisedLevel, Bilingual>> = {};
  for (const level of RAISED) {
    const message = map?.entry(level) === undefined ? undefined : map.bilingual(level);
    if (message !== undefined) messages[level] = message;
  }
  map?.finish();
  return messages;
}

function readLevels(
  rule: MapReader,
  limits: LevelLimits,
  context: RuleContext,
  messageOf: (level: RaisedLevel) => Bilingual | undefined,
): readonly DraftLevel[] {
  const map = rule.map("levels");
  if (map === undefined) {
    if (rule.entry("levels") === undefined)
      rule.fault(rule.line, "levels is missing: the rule could never answer");
    return [];
  }
  const levels: DraftLevel[] = [];
  for (const level of RAISED) {
    const entry = map.entry(level);
    if (entry === undefined) continue;
    const condition = readCondition(
      map,
      { level, line: entry.line, value: entry.value },
      limits[level],
      context,
    );
    const message = messageOf(level);
    if (message === undefined)
      rule.fault(entry.line, `there is no message for ${level}, in Chinese and in English`);
    if (condition !== undefined && message !== undefined)
      levels.push({ level, line: entry.line, condition, message });
  }
  map.finish();
  if ([...map.keys()].length === 0)
    rule.fault(map.line, "levels is empty: the rule could never answer");
  return levels;
}

function readCondition(
  map: MapReader,
  at: { readonly level: string; readonly line: number; readonly value: Located },
  limits: Limits | undefined,
  { conditions, broken }: RuleContext,
): ParsedCondition | undefined {
  const text = at.value.form === "scalar" ? at.value.value : undefined;
  if (typeof text !== "string") {
    map.fault(at.line, `${at.level} must be a condition`);
    return undefined;
  }
  const parsed = conditions.parse(text, limits);
  if (!("faults" in parsed)) return parsed;
  const news = parsed.faults.filter(
    (reason) => ![...broken].some((name) => reason === `unknown feature ${name}`),
  );
  for (const reason of news) map.fault(at.value.line, `${at.level}: ${reason}`);
  return undefined;
}

const NO_WAY_THROUGH =
  "stepUp has no way through: name a verification or a registered agent in clearedBy";

/** What is wrong with a rule whose parts are sound. */
function checkLevels(rule: MapReader, head: RuleHead, levels: readonly DraftLevel[]): void {
  const { agent, verification } = head.clearedBy.stepUp;
  const canBeVerified = agent || verification.size > 0;
  for (const draft of levels) {
    const { level, line } = draft;
    if (level === "deny" && !head.hard) {
      rule.fault(line, "deny can never be the answer: only a rule with `hard: true` may deny");
    }
    if (level === "stepUp" && !canBeVerified) rule.fault(line, NO_WAY_THROUGH);
    checkPlaceholders(rule, head, draft);
  }
  if (head.ifMissing === "stepUp" && !canBeVerified) {
    rule.fault(rule.line, `ifMissing: ${NO_WAY_THROUGH}`);
  }
}

function checkPlaceholders(rule: MapReader, head: RuleHead, draft: DraftLevel): void {
  const { level, line, condition, message } = draft;
  for (const name of placeholders(message)) {
    const isEvidence = name === "limit" ? condition.isMeasured : condition.features.includes(name);
    if (head.disclose === "sentence") {
      rule.fault(line, `{${name}}: a rule that discloses only its sentence has no numbers in it`);
    } else if (!isEvidence) {
      rule.fault(line, `{${name}} in the message is not in the evidence of ${level}`);
    }
  }
}
