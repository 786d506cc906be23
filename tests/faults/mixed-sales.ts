import { head, nhsaAnswer, product } from "../checkout/nhsa-messages.ts";
import { nativeSwipe, newId, traceCode } from "./swipes.ts";
import type { Answer, Till } from "./till.ts";

/** One person's errand at a pharmacy, and what its till was told. */
export interface Errand {
  readonly person: number;
  readonly answers: readonly Answer[];
  /** Its first check, for a repeat, and what was told of it. */
  readonly check: object;
  readonly told: Answer;
}

type Post = (path: string, body: object) => Promise<Answer>;

/** What an errand is made of: its own ids and codes, and the way to a till. */
interface World {
  readonly id: (name: string) => string;
  readonly person: string;
  readonly number: number;
  readonly post: Post;
}

const AMLODIPINE = "XC08CAA137A001010101185";
export const KINDS = 16;

/** Plays one person's errand: sixteen kinds in turn, of everything that can become of a sale. */
export async function playErrand(till: Till, number: number): Promise<Errand> {
  const answers: Answer[] = [];
  const post: Post = async (path, body) => {
    const answer = await till.post(path, body);
    answers.push(answer);
    return answer;
  };
  const id = (name: string) => newId(`${name}`, number);
  const world = { id, person: `MIXED-${number}`, number, post };
  const play = ERRANDS[number % KINDS] ?? settled;
  const check = await play(world);
  const [told] = answers;
  if (told === undefined) throw new Error("an errand begins with a check");
  return { person: number, answers, check, told };
}

function native({ id, person, number }: World, name = "check", more: object = {}, boxes = 1) {
  const swipe = nativeSwipe({
    id: id(name),
    person,
    terminal: `T${number % 7}`,
    pharmacy: number % 4,
    quantity: boxes,
    more: {
      credential: { type: "03", number: `CARD-${person}`, cardSn: `CHIP-${person}` },
      ...more,
    },
  });
  const [line] = swipe["lines"] as [Record<string, unknown>];
  line["traceCodes"] = Array.from({ length: boxes }, (_, box) => traceCode(number * 10 + box));
  line["prescription"] = { number: `RX-${person}`, quantity: boxes };
  return swipe;
}

const settle = ({ id, post }: World, name = "check", settlement = "S") =>
  post(`/v1/swipes/${id(name)}/settlement`, {
    settlementId: id(settlement),
    visitId: "V1",
  });
const reverse = ({ id, post }: World, body: object, name = "check") =>
  post(`/v1/swipes/${id(name)}/reversal`, { reason: "refund", ...body });

async function checked(world: World, name = "check", more: object = {}, boxes = 1) {
  const check = native(world, name, more, boxes);
  await world.post("/v1/swipes", check);
  return check;
}

async function settled(world: World) {
  const check = await checked(world);
  await settle(world);
  return check;
}

async function returnedWhole(world: World) {
  const check = await settled(world);
  await reverse(world, {});
  return check;
}

async function returnedInPart(world: World) {
  const check = await checked(world, "check", {}, 3);
  await settle(world);
  const codes = [traceCode(world.number * 10)];
  const lines = [{ line: "0001", quantity: 1, traceCodes: codes }];
  await reverse(world, { reversalId: world.id("R1"), lines });
  await reverse(world, { reversalId: world.id("R2"), lines: [{ line: "0001", quantity: 1 }] });
  return check;
}

async function inquired(world: World) {
  const check = await checked(world, "inquiry", { stage: "inquiry" });
  await checked(world);
  await settle(world);
  return check;
}

async function triedAgain(world: World, settles: "check" | "again") {
  const check = await checked(world);
  await checked(world, "again");
  await settle(world, settles);
  return check;
}

async function settledAgainst(world: World) {
  const swipe = native(world);
  const check = { ...swipe, person: { ...(swipe["person"] as object), status: "2" } };
  await world.post("/v1/swipes", check);
  await settle(world);
  return check;
}

async function soldAgain(world: World) {
  const check = await returnedWhole(world);
  await settle(world, "check", "S2");
  return check;
}

async function acknowledged(world: World) {
  const check = await checked(world);
  const { id, post } = world;
  await post(`/v1/swipes/${id("check")}/acknowledgement`, { by: "L0012", choice: "continue" });
  return check;
}

const personOf = ({ number }: World) => `4300003028${String(number).padStart(10, "0")}`;
const nhsaHead = (world: World, infno: string, name: string) =>
  head(infno, { id: world.id(name), person: world.number % 97, at: Date.now() });

function nhsaSale(world: World, boxes: readonly string[]) {
  const quantity = 2;
  return {
    ...nhsaHead(world, "2102", "check"),
    insuplc_admdvs: "210100",
    input: {
      druginfo: {
        ...{
          psn_no: personOf(world),
          mdtrt_cert_type: "03",
          mdtrt_cert_no: `CARD-${world.person}`,
        },
        ...{ begntime: "2026-11-21 10:15:00", medfee_sumamt: "35.00", insutype: "310" },
        ...{ dise_codg: "M03900", med_type: "41" },
      },
      drugdetail: [
        {
          ...{ feedetl_sn: "0001", med_list_codg: AMLODIPINE, det_item_fee_sumamt: 35 },
          ...{ cnt: quantity, pric: 17.5, prd_days: 7 },
        },
      ],
    },
    ...(boxes.length === 0
      ? {}
      : {
          guard: {
            drugtracinfo: boxes.map((code) => ({
              ...{ feedetl_sn: "0001", drug_trac_codg: code, trdn_flag: "0" },
            })),
          },
        }),
  };
}

const codes = ({ number }: World) => [traceCode(number * 10), traceCode(number * 10 + 1)];
const answered = (world: World, infcode = 0) =>
  world.post("/nhsa/2102/answer", nhsaAnswer(world.id("check"), world.id("SETL"), infcode));

async function nhsa(world: World, withCodes = true) {
  const check = nhsaSale(world, withCodes ? codes(world) : []);
  await world.post("/nhsa/2102", check);
  return check;
}

async function nhsaAnswered(world: World, infcode = 0) {
  const check = await nhsa(world);
  await answered(world, infcode);
  return check;
}

async function nhsaRestored(world: World) {
  const check = await nhsaAnswered(world);
  const data = { psn_no: personOf(world), setl_id: world.id("SETL") };
  await world.post("/nhsa/2103", { ...nhsaHead(world, "2103", "cancel"), input: { data } });
  const undone = { psn_no: personOf(world), omsgid: world.id("cancel"), oinfno: "2103" };
  await world.post("/nhsa/2601", { ...nhsaHead(world, "2601", "undo"), input: { data: undone } });
  return check;
}

function upload(world: World, infno: "3505" | "3506", boxes: readonly string[]) {
  const of = {
    drug: AMLODIPINE,
    quantity: boxes.length,
    amount: 17.5 * boxes.length,
    codes: boxes,
  };
  const sold = { ...product(of), psn_no: personOf(world), setl_id: world.id("SETL") };
  const message = { ...nhsaHead(world, infno, infno), input: { selinfo: sold } };
  return world.post(`/nhsa/${infno}`, message);
}

async function nhsaUploaded(world: World, returns: boolean) {
  const check = await nhsa(world, false);
  await answered(world);
  await upload(world, "3505", codes(world));
  if (returns) await upload(world, "3506", codes(world).slice(0, 1));
  return check;
}

const ERRANDS: readonly ((world: World) => Promise<object>)[] = [
  settled,
  (world) => checked(world),
  returnedWhole,
  returnedInPart,
  inquired,
  (world) => triedAgain(world, "again"),
  (world) => triedAgain(world, "check"),
  settledAgainst,
  soldAgain,
  acknowledged,
  (world) => nhsa(world),
  (world) => nhsaAnswered(world),
  (world) => nhsaAnswered(world, -1),
  nhsaRestored,
  (world) => nhsaUploaded(world, false),
  (world) => nhsaUploaded(world, true),
];
