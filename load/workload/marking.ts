import { parseInstant } from "../../src/swipe/calendar.ts";
import type { MarkedBody } from "./prepared.ts";
import { slot } from "./slots.ts";

type Plain = Readonly<Record<string, unknown>>;

/** What one sale's slots are relative to. */
export interface Sold {
  readonly at: number;
  /** Another copy of the person for each pharmacy beyond the first: see visits.ts. */
  readonly variant: number;
}

/** An object's own texts, each through the function of its key; the rest as it is. */
function changed(
  value: unknown,
  changes: Readonly<Record<string, (text: string) => string>>,
): Plain {
  const entries = Object.entries(value as Plain).map(([key, content]) => {
    const change = changes[key];
    return [key, change !== undefined && typeof content === "string" ? change(content) : content];
  });
  return Object.fromEntries(entries);
}

const ID_NUMBER = "02";
const SOCIAL_CARD = "03";
const VARIANTS_FROM = 10;

export class Marker {
  readonly #at: number;
  readonly #variant: number;

  constructor({ at, variant }: Sold) {
    this.#at = at;
    this.#variant = variant;
  }

  native(body: Plain): MarkedBody {
    const { person, pharmacy, credential, agent, lines } = body;
    return {
      ...body,
      swipeId: slot("swipeId"),
      occurredAt: this.#time("nativeTime", String(body["occurredAt"])),
      pharmacy: changed(pharmacy, PHARMACY),
      person: changed(person, { number: this.#person }),
      credential: {
        ...changed(credential, {
          number: this.#credential(String((credential as Plain)["type"])),
          cardSn: this.#card,
          issuedAt: this.#nativeTime,
        }),
      },
      ...(agent === undefined ? {} : { agent: changed(agent, { id: this.#agent }) }),
      lines: (lines as readonly Plain[]).map((line) => this.#line(line)),
    };
  }

  nhsa(body: Plain): MarkedBody {
    const { input, guard } = body as { input: Plain; guard: Plain };
    const { druginfo, drugdetail } = input as { druginfo: Plain; drugdetail: readonly Plain[] };
    return {
      ...changed(body, {
        msgid: () => slot("swipeId"),
        inf_time: this.#nhsaTime,
        fixmedins_code: PHARMACY.code,
      }),
      sign_no: slot("pharmacy", String(body["fixmedins_code"])) + slot("compactDay"),
      input: {
        druginfo: changed(druginfo, {
          psn_no: this.#person,
          mdtrt_cert_no: this.#credential(String(druginfo["mdtrt_cert_type"])),
          begntime: this.#nhsaTime,
          invono: () => slot("invoice"),
        }),
        drugdetail: drugdetail.map((detail) => changed(detail, { rxno: this.#id })),
      },
      guard: this.#guard(guard),
    };
  }

  nativeSettlement(body: Plain): MarkedBody {
    return { ...body, settlementId: `S${slot("swipeId")}`, visitId: `V${slot("swipeId")}` };
  }

  nhsaAnswer(body: Plain): MarkedBody {
    const { setlinfo } = body["output"] as { setlinfo: Plain };
    const now = slot("nhsaTime", "0");
    return {
      ...body,
      inf_refmsgid: slot("swipeId"),
      refmsg_time: now,
      respond_time: now,
      output: {
        setlinfo: changed(setlinfo, {
          setl_id: () => `S${slot("swipeId")}`,
          mdtrt_id: () => `V${slot("swipeId")}`,
          psn_no: this.#person,
        }),
      },
    };
  }

  #guard(guard: Plain): Plain {
    const { agent, drugtracinfo, rx } = guard as {
      agent?: Plain;
      drugtracinfo?: readonly Plain[];
      rx?: readonly Plain[];
    };
    return {
      ...changed(guard, { device: PHARMACY.device, cardSn: this.#card }),
      ...(agent && { agent: changed(agent, { id: this.#agent }) }),
      ...(drugtracinfo && {
        drugtracinfo: drugtracinfo.map((row) => changed(row, { drug_trac_codg: traceCode })),
      }),
      ...(rx && { rx: rx.map((row) => changed(row, { issuedAt: this.#nhsaTime })) }),
    };
  }

  #line(line: Plain): Plain {
    const { prescription, traceCodes } = line as {
      prescription?: Plain;
      traceCodes?: readonly string[];
    };
    const marked = { number: this.#id, issuedAt: this.#nativeTime };
    return {
      ...line,
      ...(prescription && { prescription: changed(prescription, marked) }),
      ...(traceCodes && { traceCodes: traceCodes.map(traceCode) }),
    };
  }

  readonly #id = (text: string) => slot("id", this.#own(text));
  readonly #card = (text: string) => slot("card", this.#own(text));
  readonly #agent = (text: string) => slot("idNumber", text);
  /** The copy's number goes before it, so that both fit into the city's six noughts. */
  readonly #person = (number: string) =>
    slot(
      "person",
      number.slice(0, VARIANTS_FROM) +
        String(this.#variant).padStart(2, "0") +
        number.slice(VARIANTS_FROM + 2),
    );

  #credential(type: string): (number: string) => string {
    if (type === ID_NUMBER) return (number) => slot("idNumber", number);
    return type === SOCIAL_CARD ? this.#card : this.#id;
  }

  #own(text: string): string {
    return this.#variant === 0 ? text : `${text}v${this.#variant}`;
  }

  readonly #nativeTime = (text: string) => this.#time("nativeTime", text);
  readonly #nhsaTime = (text: string) => this.#time("nhsaTime", `${text.replace(" ", "T")}+08:00`);

  #time(kind: "nativeTime" | "nhsaTime", text: string): string {
    const instant = parseInstant(text) ?? this.#at;
    return slot(kind, String(Math.round((instant - this.#at) / 1_000)));
  }
}

const PHARMACY = {
  code: (text: string) => slot("pharmacy", text),
  device: (text: string) => slot("device", text),
};

function traceCode(text: string): string {
  return text === "" ? text : slot("traceCode", text);
}
