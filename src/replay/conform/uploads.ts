import { BatchAnswer } from "../../swipe/batch.ts";
import { DAY, MINUTE, SECOND } from "../../units.ts";
import { expect, type Point } from "./point.ts";
import { type Body, described, isAccepted, type Scene } from "./scene.ts";
import { rfc3339 } from "./times.ts";
import type { Heard } from "./wire.ts";

const group = "uploads" as const;
const PATH = "/v1/swipes/batch";
const TYPE = "application/x-ndjson";
const LINES_MAX = 1_000;
const BYTES_MAX = 4 * 1_048_576;

export const UPLOADS: readonly Point[] = [
  {
    group,
    expects:
      "an upload is answered line by line; a broken line is refused by itself with its number",
    play: async (scene) => {
      const sale = offlineSale(scene, 60 * MINUTE);
      const [check = {}, settlement = {}] = sale.lines;
      const broken = { ...check, body: { ...(check["body"] as Body), total: "much" } };
      const answers = await uploaded(scene, [check, "{ not JSON", broken, settlement]);
      const [first, second, third, fourth] = answers;
      expect(
        isAccepted(first?.decision),
        `the first line was ${first?.problem ?? first?.decision}`,
      );
      expect(second?.problem !== undefined, "a line that is not JSON was taken");
      expect(third?.problem !== undefined, "a broken body was taken");
      expect(
        third?.paths?.some(({ path }) => path.endsWith("total")) === true,
        "the broken body's path is not named",
      );
      expect(fourth?.problem === undefined, `the settlement was ${fourth?.problem}`);
      const found = await scene.found(sale.swipeId);
      expect(found.state === "settled", `the sale is ${found.state}`);
      expect(
        found.unchecked === true,
        "the sale is not unchecked, though nobody was told anything",
      );
    },
  },
  {
    group,
    expects: "the same upload again changes nothing and is answered the same",
    play: async (scene) => {
      const lines = [
        ...offlineSale(scene, 50 * MINUTE).lines,
        ...offlineSale(scene, 40 * MINUTE).lines,
      ];
      const first = await uploaded(scene, lines);
      const second = await uploaded(scene, lines);
      expect(
        JSON.stringify(first) === JSON.stringify(second),
        "the second time it was answered otherwise",
      );
    },
  },
  {
    group,
    expects: "a line whose swipe was checked before gets that answer",
    play: async (scene) => {
      const body = scene.swipe();
      const { decision, hits } = await scene.accepted(body);
      const at = rfc3339(scene.clock.now());
      const [line] = await uploaded(scene, [{ at, op: "check", swipeId: body.swipeId, body }]);
      expect(line?.decision === decision, `it was answered ${line?.problem ?? line?.decision}`);
      const rules = (of: readonly { readonly rule: string }[]) => of.map(({ rule }) => rule).join();
      expect(rules(line?.hits ?? []) === rules(hits), "its hits are others");
    },
  },
  {
    group,
    expects: "a line from more than 7 days back, or out of order, is refused by itself",
    play: async (scene) => {
      const old = offlineSale(scene, 8 * DAY).lines;
      const late = offlineSale(scene, 20 * MINUTE).lines;
      const early = offlineSale(scene, 30 * MINUTE).lines;
      const answers = await uploaded(scene, [...old.slice(0, 1), ...late, ...early.slice(0, 1)]);
      const refused = answers.map(({ problem }) => problem !== undefined);
      expect(refused.join() === "true,false,false,true", "other lines were refused");
      expect(
        answers[0]?.paths?.some(({ path }) => path === "at") === true,
        "the path `at` is not named",
      );
    },
  },
  {
    group,
    expects:
      "an upload of more than 1,000 lines, more than 4 MB or of something else is refused whole",
    play: async (scene) => {
      const { lines, swipeId } = offlineSale(scene, 10 * MINUTE);
      const text = `${JSON.stringify(lines[0])}\n`;
      await wholeRefused(scene, text.repeat(LINES_MAX + 1), TYPE);
      await wholeRefused(scene, `${text}${" ".repeat(BYTES_MAX)}\n`, TYPE);
      await wholeRefused(scene, "at,op,body\n", TYPE);
      await wholeRefused(scene, text, "text/csv");
      const { status } = await scene.get(`/v1/swipes/${swipeId}`);
      expect(status === 404, "a line of a refused upload was played");
    },
  },
  {
    group,
    expects: "NHSA messages are taken in an upload as at their own addresses",
    play: async (scene) => {
      const swipe = scene.nhsaSale("2102");
      const at = rfc3339(scene.clock.now() - MINUTE);
      const answer = scene.nhsaAnswer(swipe, 0);
      const [first, second] = await uploaded(scene, [
        { at, op: "nhsa/2102", body: swipe },
        { at, op: "nhsa/2102/answer", body: answer },
      ]);
      expect(isAccepted(first?.decision), `2102 was ${first?.problem ?? first?.decision}`);
      expect(second?.problem === undefined, `its answer was ${second?.problem}`);
      const { state } = await scene.found(swipe.msgid);
      expect(state === "settled", `the sale is ${state}`);
    },
  },
];

/** A sale of a till that was offline so long ago: its check as it would have been, and its settlement. */
function offlineSale(scene: Scene, ago: number): { swipeId: string; lines: readonly Body[] } {
  const soldAt = scene.clock.now() - ago;
  const body = scene.swipe({ occurredAt: rfc3339(soldAt) });
  const { swipeId } = body;
  const settlement = scene.settlement();
  return {
    swipeId,
    lines: [
      { at: rfc3339(soldAt), op: "check", swipeId, body },
      { at: rfc3339(soldAt + 30 * SECOND), op: "settlement", swipeId, body: settlement },
    ],
  };
}

function send(scene: Scene, body: string, type: string): Promise<Heard> {
  return scene.wire.ask({ method: "POST", path: PATH, body, type });
}

async function uploaded(
  scene: Scene,
  lines: readonly (Body | string)[],
): Promise<readonly BatchAnswer[]> {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  const heard = await send(scene, `${text.join("\n")}\n`, TYPE);
  expect(heard.status === 200, `the upload was answered ${described(heard)}`);
  const answers = heard.text.trimEnd().split("\n").map(readAnswer);
  expect(
    answers.length === lines.length,
    `${answers.length} lines answer an upload of ${lines.length}`,
  );
  answers.forEach(({ line }, index) => {
    expect(line === index + 1, "the answers do not have the numbers of their lines");
  });
  return answers;
}

function readAnswer(text: string): BatchAnswer {
  const parsed = BatchAnswer.safeParse(parsedJson(text));
  expect(parsed.success, "a line of the answer has another form");
  return parsed.data;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function wholeRefused(scene: Scene, body: string, type: string): Promise<void> {
  const heard = await send(scene, body, type);
  expect(heard.status >= 400 && heard.status < 500, `it was answered ${described(heard)}`);
}
