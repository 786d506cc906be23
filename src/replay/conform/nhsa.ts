import { z } from "zod";
import { SECOND } from "../../units.ts";
import { type Message, message, saleAnswer, uploadMessage } from "./nhsa-messages.ts";
import { expect, type Point } from "./point.ts";
import { type Body, described, goodAnswer, isAccepted, type Scene } from "./scene.ts";
import { chinaTime } from "./times.ts";

const group = "NHSA" as const;
const LOCAL_TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/;
const ERR_MSG_MAX = 100;

/** The response envelope (contract section 3), read as loosely as it is said there. */
const Envelope = z.object({
  infcode: z.coerce.number(),
  inf_refmsgid: z.string(),
  refmsg_time: z.string(),
  respond_time: z.string(),
  err_msg: z.string(),
  output: z.object({
    decision: z.string().optional(),
    mode: z.string().optional(),
    result: z.array(z.unknown()).optional(),
    matched: z.number().optional(),
    problem: z.object({ paths: z.array(z.object({ path: z.string() })).optional() }).optional(),
  }),
});
type Envelope = z.infer<typeof Envelope>;

export const NHSA: readonly Point[] = [
  {
    group,
    expects: "2101 is answered with the NHSA envelope and reserves nothing",
    play: async (scene) => {
      const trial = scene.nhsaSale("2101");
      const answer = await answered(scene, "2101", trial);
      isDecision(answer);
      const { state } = await scene.found(trial.msgid);
      expect(state === "attempted", `a trial is ${state}`);
    },
  },
  {
    group,
    expects:
      "2102 reserves; a repeat under its msgid is answered alike, whatever its envelope's times",
    play: async (scene) => {
      const sale = await soldByMessage(scene);
      const again = await answered(scene, "2102", { ...sale, inf_time: later(scene) });
      isDecision(again);
      expect(isAccepted(again.output.decision), `the repeat was ${again.output.decision}`);
      const { state } = await scene.found(sale.msgid);
      expect(state === "reserved", `the sale is ${state}`);
    },
  },
  {
    group,
    expects: "2102 under a used msgid with other content is 409, in an envelope",
    play: async (scene) => {
      const sale = await soldByMessage(scene);
      const other = { ...scene.nhsaSale("2102"), msgid: sale.msgid };
      const heard = await scene.post("/nhsa/2102", other);
      isRefusal(goodAnswer(heard, 409, Envelope), sale.msgid);
    },
  },
  {
    group,
    expects: "NHSA's answer settles the sale (2102/answer), once",
    play: async (scene) => {
      const sale = await soldByMessage(scene);
      const answer = scene.nhsaAnswer(sale, 0);
      for (let again = 0; again < 2; again += 1) await matched(scene, "2102/answer", answer);
      const { state } = await scene.found(sale.msgid);
      expect(state === "settled", `the sale is ${state}`);
    },
  },
  {
    group,
    expects: "NHSA's refusal lets the reservation go",
    play: async (scene) => {
      const sale = await soldByMessage(scene);
      await matched(scene, "2102/answer", scene.nhsaAnswer(sale, -1));
      const { state } = await scene.found(sale.msgid);
      expect(state !== "reserved" && state !== "settled", `the sale is still ${state}`);
    },
  },
  {
    group,
    expects: "2103 cancels the sale it names by setl_id",
    play: async (scene) => {
      const { sale, settlement } = await settledByMessage(scene);
      await matched(scene, "2103", about(scene, "2103", sale, { setl_id: settlement }));
      const { state } = await scene.found(sale.msgid);
      expect(state === "returned", `the sale is ${state}`);
    },
  },
  {
    group,
    expects: "2601 takes back a 2102 whose answer was lost, and of a 2103 the cancellation",
    play: async (scene) => {
      const lost = await soldByMessage(scene);
      const undo = { omsgid: lost.msgid, oinfno: "2102" };
      await matched(scene, "2601", about(scene, "2601", lost, undo));
      const first = await scene.found(lost.msgid);
      expect(first.state !== "reserved", "what 2601 took back is still reserved");
      const { sale, settlement } = await settledByMessage(scene);
      const cancel = about(scene, "2103", sale, { setl_id: settlement });
      await matched(scene, "2103", cancel);
      const restore = { omsgid: cancel.msgid, oinfno: "2103" };
      await matched(scene, "2601", about(scene, "2601", sale, restore));
      const { state } = await scene.found(sale.msgid);
      expect(state === "settled", `the sale is ${state} after its cancellation was taken back`);
    },
  },
  {
    group,
    expects: "3505 settles what it matches, 3506 brings it back",
    play: async (scene) => {
      const sale = await soldByMessage(scene);
      const settlement = scene.newNumber("S");
      const sold = { settlement, code: codeOf(sale) };
      await matched(scene, "3505", uploadMessage("3505", scene.toldAgain(sale), sold));
      const after = await scene.found(sale.msgid);
      expect(after.state === "settled", `after 3505 the sale is ${after.state}`);
      await matched(scene, "3506", uploadMessage("3506", scene.toldAgain(sale), sold));
      const { state } = await scene.found(sale.msgid);
      expect(state === "returned", `after 3506 the sale is ${state}`);
    },
  },
  {
    group,
    expects: "what matches nothing is answered infcode 0 with matched 0",
    play: async (scene) => {
      const sale = scene.nhsaSale("2102");
      const cancel = about(scene, "2103", sale, { setl_id: scene.newNumber("S") });
      const undo = about(scene, "2601", sale, { omsgid: scene.newId(), oinfno: "2102" });
      for (const [route, body] of [
        ["2103", cancel],
        ["2601", undo],
        ["2102/answer", scene.nhsaAnswer(sale, 0)],
      ] as const) {
        const { infcode, output } = await answered(scene, route, body);
        expect(infcode === 0, `${route} was answered infcode ${infcode}`);
        expect(output.matched === 0, `${route} was answered matched ${output.matched}`);
      }
    },
  },
  {
    group,
    expects:
      "a wrong message is 400 in an envelope, with its paths and the sentence for the cashier",
    play: async (scene) => {
      const sale = scene.nhsaSale("2102");
      const { druginfo } = sale.input as { readonly druginfo: Body };
      const { psn_no: _, ...nobody } = druginfo;
      const wrong = { ...sale, input: { ...sale.input, druginfo: nobody } };
      const answer = goodAnswer(await scene.post("/nhsa/2102", wrong), 400, Envelope);
      isRefusal(answer, sale.msgid);
      const paths = answer.output.problem?.paths?.map(({ path }) => path) ?? [];
      expect(paths.includes("input.druginfo.psn_no"), "the field that is missing is not named");
      const guard = { ...(sale["guard"] as Body), photo: "x" };
      const unknown = await scene.post("/nhsa/2102", { ...sale, guard });
      isRefusal(goodAnswer(unknown, 400, Envelope), sale.msgid);
    },
  },
];

async function answered(scene: Scene, route: string, body: unknown): Promise<Envelope> {
  const heard = await scene.post(`/nhsa/${route}`, body);
  expect(heard.status === 200, `${route} was answered ${described(heard)}`);
  const answer = goodAnswer(heard, 200, Envelope);
  isEnvelope(answer);
  return answer;
}

async function matched(scene: Scene, route: string, body: unknown): Promise<void> {
  const { infcode, output } = await answered(scene, route, body);
  expect(infcode === 0, `${route} was answered infcode ${infcode}`);
  expect(output.matched === 1, `${route} was answered matched ${output.matched}`);
}

function isEnvelope({ refmsg_time, respond_time, err_msg }: Envelope): void {
  expect(
    [refmsg_time, respond_time].every((time) => LOCAL_TIME.test(time) && !/[zZ+]/.test(time)),
    "the envelope's times are not China local time without offset",
  );
  expect([...err_msg].length <= ERR_MSG_MAX, "err_msg is longer than 100 characters");
}

function isDecision({ infcode, output }: Envelope): void {
  expect(output.decision !== undefined, "output.decision is missing");
  expect(Array.isArray(output.result), "output.result is no list");
  const wanted = isAccepted(output.decision) ? 0 : -1;
  expect(infcode === wanted, `infcode is ${infcode} beside ${output.decision}`);
}

function isRefusal(answer: Envelope, msgid: string): void {
  isEnvelope(answer);
  expect(answer.infcode === -1, `a refusal has infcode ${answer.infcode}`);
  expect(answer.inf_refmsgid === msgid, "inf_refmsgid is not the message's");
  expect(answer.err_msg.trim() !== "", "err_msg has no sentence for the cashier");
}

async function soldByMessage(scene: Scene): Promise<Message> {
  const sale = scene.nhsaSale("2102");
  const { inf_refmsgid, output } = await answered(scene, "2102", sale);
  expect(inf_refmsgid === sale.msgid, "inf_refmsgid is not the message's");
  expect(isAccepted(output.decision), `an ordinary sale was answered ${output.decision}`);
  return sale;
}

async function settledByMessage(scene: Scene) {
  const sale = await soldByMessage(scene);
  const settlement = scene.newNumber("S");
  await matched(scene, "2102/answer", saleAnswer(sale, 0, settlement, scene.clock.now()));
  return { sale, settlement };
}

function about(scene: Scene, infno: string, sale: Message, data: Body): Message {
  const { druginfo } = sale.input as { readonly druginfo: { readonly psn_no: string } };
  return message(infno, scene.toldAgain(sale), { data: { psn_no: druginfo.psn_no, ...data } });
}

function codeOf(sale: Message): string {
  const { drugtracinfo } = sale["guard"] as {
    readonly drugtracinfo: readonly { readonly drug_trac_codg: string }[];
  };
  return drugtracinfo[0]?.drug_trac_codg ?? "";
}

function later(scene: Scene): string {
  return chinaTime(scene.clock.now() + SECOND);
}
