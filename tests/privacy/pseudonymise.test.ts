import { createHmac, createSecretKey, randomBytes } from "node:crypto";
import fc from "fast-check";
import t from "tap";
import { createPseudonymiser, generateKey, parseKeyFile } from "../../src/privacy/key-file.ts";
import { KeyedHash } from "../../src/privacy/keyed-hash.ts";
import { pseudonymise } from "../../src/privacy/pseudonymise.ts";
import { CACHED_DIGESTS, DOMAINS, Pseudonymiser } from "../../src/privacy/pseudonymiser.ts";
import { RecentCache } from "../../src/privacy/recent-cache.ts";
import { type CheckBody, parseCheck } from "../../src/swipe/check-body.ts";
import { isProblem } from "../../src/swipe/problem.ts";
import { fullCheck, leastCheck } from "../swipe/bodies.ts";

const KEY = new Uint8Array(32).fill(9);
const AT = Date.UTC(2026, 10, 21, 2, 15, 31);

function swipeOf(body: CheckBody, pseudonymiser = new Pseudonymiser("1", KEY)) {
  const parsed = parseCheck(body);
  if (isProblem(parsed)) throw new Error(JSON.stringify(parsed.problem));
  return pseudonymise(parsed.value, AT, pseudonymiser);
}

function withIdCard(number: string, person: Partial<CheckBody["person"]> = {}) {
  const body = leastCheck();
  return swipeOf({
    ...body,
    credential: { type: "02", number },
    person: { ...body.person, ...person },
  }).credential;
}

t.test(
  "swipes have one shape, whatever was said: tables in place of it cost a check its speed",
  async (t) => {
    const [full, least] = [swipeOf(fullCheck()), swipeOf(leastCheck())];
    const shape = (part: object = {}) => Object.keys(part);
    t.same(shape(least), shape(full));
    t.same(shape(least.pharmacy), shape(full.pharmacy));
    t.same(shape(least.person), shape(full.person));
    t.same(shape(least.credential), shape(full.credential));
    t.same(shape(least.lines[0]), shape(full.lines[0]));
    const text = JSON.stringify(least);
    t.notOk(
      text.includes("override") || text.includes("agent"),
      "what nobody said is not recorded",
    );
  },
);

t.test("a pseudonym is 80 bits of HMAC-SHA-256 over domain, zero and value", async (t) => {
  const expected = createHmac("sha256", KEY).update("person\u0000430").digest().subarray(0, 10);
  const pseudonym = new Pseudonymiser("1", KEY).pseudonym("person", "430");
  t.equal(pseudonym, expected.toString("base64url"));
  t.equal(pseudonym.length, 14);
});

t.test("the keyed hash is the library's HMAC, for keys and texts of every length", async (t) => {
  const anyKey = fc.uint8Array({ minLength: 32, maxLength: 200 });
  const anyText = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ maxLength: 400 }).map((text) => text.repeat(20)),
    fc.constantFrom("", "x".repeat(2_730), "x".repeat(2_731), "超".repeat(2_730), "\ud800 alone"),
  );
  const equal = (bytes: Uint8Array, texts: readonly string[]) => {
    const key = createSecretKey(bytes);
    const hash = new KeyedHash(key);
    // One after another: what was hashed before must leave nothing behind.
    return texts.every((text) => {
      const digest = createHmac("sha256", key).update(text).digest();
      return (
        hash.digest(text, 10, "base64url") === digest.toString("base64url", 0, 10) &&
        hash.digest(text, 32, "latin1") === digest.toString("latin1")
      );
    });
  };
  t.doesNotThrow(() =>
    fc.assert(fc.property(anyKey, fc.array(anyText, { minLength: 1, maxLength: 8 }), equal)),
  );
});

t.test(
  "domains and keys never give the same digest, and a cached one is the computed one",
  async (t) => {
    const one = new Pseudonymiser("1", KEY);
    const other = new Pseudonymiser("2", new Uint8Array(32).fill(8));
    const distinct = () =>
      fc.assert(
        fc.property(fc.string({ minLength: 1 }), (value) => {
          const digests = DOMAINS.flatMap((domain) => [
            one.pseudonym(domain, value),
            other.pseudonym(domain, value),
          ]);
          return (
            new Set(digests).size === 2 * DOMAINS.length &&
            DOMAINS.every(
              (domain) =>
                one.pseudonym(domain, value) ===
                new Pseudonymiser("1", KEY).pseudonym(domain, value),
            )
          );
        }),
      );
    t.doesNotThrow(distinct);
  },
);

t.test("spelling does not make two identities of one", async (t) => {
  const pseudonymiser = new Pseudonymiser("1", KEY);
  t.equal(pseudonymiser.pseudonym("person", " 430 "), pseudonymiser.pseudonym("person", "430"));
  t.equal(
    pseudonymiser.pseudonym("id-number", "11010519491231002x"),
    pseudonymiser.pseudonym("id-number", "11010519491231002X"),
  );
  t.equal(
    pseudonymiser.pseudonym("trace", "83386520001941653320\r"),
    pseudonymiser.pseudonym("trace", "83386520001941653320"),
  );
  t.not(pseudonymiser.prescription("D1", "23"), pseudonymiser.prescription("D12", "3"));
});

t.test("nobody is left in clear in a pseudonymised swipe", async (t) => {
  const body = fullCheck();
  const [line] = body.lines;
  const text = JSON.stringify(swipeOf(body));
  const secrets = [
    body.person.number,
    body.person.employer,
    body.person.birthDate,
    body.credential.number,
    body.credential.cardSn,
    body.agent?.id,
    body.pharmacy.pharmacist,
    body.override?.approver,
    line?.prescription?.number,
    line?.prescription?.prescriber,
    ...(line?.traceCodes ?? []),
  ];
  t.equal(secrets.length, 12);
  for (const secret of secrets) t.notOk(text.includes(String(secret)), `${secret} is gone`);
  t.ok(text.includes('"product":"8338652"'), "the product prefix is product data");
});

t.test("what needs clear values is known before they are gone", async (t) => {
  const swipe = swipeOf(fullCheck());
  t.equal(swipe.person.age, 70);
  t.match(swipe.lines[0]?.traceCodes[0], { shape: "national", product: "8338652" });
  t.match(swipe.pharmacy, { code: "P21010200123", terminal: "T03", operator: "0007" });
  const matching = { birthDate: "1949-12-31", sex: "2" };
  t.strictSame(withIdCard("11010519491231002X", matching).idFacts, {
    checksumValid: true,
    birthMatches: true,
    sexMatches: true,
  });
  t.strictSame(withIdCard("110105194912310021", { birthDate: "1949-12-30", sex: "1" }).idFacts, {
    checksumValid: false,
    birthMatches: false,
    sexMatches: false,
  });
  t.strictSame(withIdCard("11010519491231002X", { sex: "9" }).idFacts, { checksumValid: true });
  t.equal(withIdCard("110105491231002", matching).idFacts, undefined, "15 digits are skipped");
  t.equal(swipe.credential.idNumber, undefined, "a card is no identity number");
});

t.test("a prescription is its issuer's: the prescriber, else the pharmacy's area", async (t) => {
  const [line] = leastCheck().lines;
  const id = (prescription: object, area = "210102") => {
    const body = leastCheck();
    return swipeOf({
      ...body,
      pharmacy: { ...body.pharmacy, area },
      lines: [
        { ...line, prescription: { number: "RX1", ...prescription } } as CheckBody["lines"][number],
      ],
    }).lines[0]?.prescription?.id;
  };
  t.equal(id({ prescriber: "D1" }), id({ prescriber: "D1" }, "330100"));
  t.not(id({ prescriber: "D1" }), id({ prescriber: "D2" }));
  t.not(id({}), id({}, "330100"));
});

t.test("content digests are 16 bytes and keyed", async (t) => {
  const content = new Pseudonymiser("1", KEY).content("{}");
  t.equal(content.length, 16);
  t.not(content, new Pseudonymiser("1", new Uint8Array(32)).content("{}"));
});

t.test("the cache keeps its bound and what is used", async (t) => {
  const cache = new RecentCache<number>(100);
  for (let i = 0; i < 10_000; i++) {
    cache.set("often", 1);
    cache.set(`once-${i}`, i);
    if (cache.size > 100) t.fail("over the bound");
  }
  t.equal(cache.get("often"), 1);
  t.equal(cache.get("once-1"), undefined);
  t.ok(CACHED_DIGESTS <= 20_000);
});

t.test("a generated key file is read back, and its fingerprint tells keys apart", async (t) => {
  const text = JSON.stringify(generateKey(randomBytes));
  const file = parseKeyFile(text);
  if (!("keySet" in file)) throw new Error(file.mistakes.join(" "));
  const pseudonymiser = createPseudonymiser(file.keySet);
  const again = createPseudonymiser(file.keySet, "1");
  t.equal(pseudonymiser?.keyVersion, "1");
  t.equal(pseudonymiser?.fingerprint, again?.fingerprint);
  t.not(pseudonymiser?.fingerprint, new Pseudonymiser("1", KEY).fingerprint);
  t.equal(createPseudonymiser(file.keySet, "7"), undefined);
  const key = JSON.parse(text).keys["1"];
  t.notOk(String(pseudonymiser?.fingerprint).includes(key.slice(0, 8)));
});

t.test("a broken key file is refused with a sentence a mistake and nothing of a key", async (t) => {
  const good = Buffer.alloc(32, 5).toString("base64");
  const cases: readonly (readonly [unknown, number, RegExp])[] = [
    ["not json S3CRET", 1, /JSON object/],
    [{}, 2, /"version"|"keys"/],
    [{ version: "1", keys: {} }, 1, /version in force/],
    [{ version: "1", keys: { "1": "S3CRET!" } }, 1, /Key 1 .* base64/],
    [{ version: "1", keys: { "1": Buffer.alloc(31).toString("base64") } }, 1, /at least 32 bytes/],
    [
      { version: "1", keys: { "1": Buffer.alloc(1_025).toString("base64") } },
      1,
      /at most 1024 bytes/,
    ],
    [{ version: "1", keys: { "S3CRET/": good } }, 1, /Key 1 .* named/],
    [{ version: 1, keys: { "1": good } }, 1, /"version"/],
    [{ version: "1", keys: { "1": good }, S3CRET: 1 }, 1, /only/],
    [
      {
        version: "1",
        keys: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`${i}`, good])),
      },
      1,
      /at most 16/,
    ],
  ];
  for (const [content, count, sentence] of cases) {
    const file = parseKeyFile(typeof content === "string" ? content : JSON.stringify(content));
    if ("keySet" in file) throw new Error("accepted");
    t.equal(file.mistakes.length, count, JSON.stringify(file.mistakes));
    t.match(file.mistakes.join(" "), sentence);
    t.notMatch(file.mistakes.join(" "), /S3CRET/);
  }
});
