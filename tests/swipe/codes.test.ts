import { readFileSync } from "node:fs";
import fc from "fast-check";
import t from "tap";
import { prefecture, province } from "../../src/swipe/area.ts";
import {
  ageAt,
  chinaLocalText,
  instantText,
  isCivilDate,
  parseChinaLocal,
  parseInstant,
} from "../../src/swipe/calendar.ts";
import { readDrugCode } from "../../src/swipe/drug-code.ts";
import { readIdNumber } from "../../src/swipe/id-number.ts";
import { normaliseTraceCode, traceProduct, traceShape } from "../../src/swipe/trace-code.ts";

t.test("a western code is read in full and in its short form", async (t) => {
  const full = readDrugCode("XC10AAA067A001010100501");
  t.strictSame(full, {
    drugClass: "western",
    molecule: "XC10AAA067",
    form: "XC10AAA067A001",
    atc4: "C10AA",
    dosageLetter: "A",
  });
  t.strictSame(readDrugCode("XC10AAA067A001"), full);
  t.equal(readDrugCode("XA10ADM080B002010107103").dosageLetter, "B", "an insulin is an injection");
});

t.test(
  "patent medicines, slices, granules, consumables and preparations have their keys",
  async (t) => {
    t.match(readDrugCode("ZA10DAA0094010103357"), {
      drugClass: "patent",
      molecule: "ZA10DAA0094",
      form: "ZA10DAA0094",
    });
    t.match(readDrugCode("T001700123"), { drugClass: "slice", molecule: "T001700123" });
    t.match(readDrugCode("T0017001231ABCD12345"), {
      drugClass: "slice",
      molecule: "T0017001231ABCD12345",
    });
    t.match(readDrugCode("C0101010010000112345"), {
      drugClass: "consumable",
      form: "C01010100100001",
    });
    t.match(readDrugCode("J123456789012345"), { drugClass: "preparation" });
  },
);

t.test("a code of no known shape stands for itself and never fails", async (t) => {
  t.strictSame(readDrugCode(" local-17 "), {
    drugClass: "unknown",
    molecule: "LOCAL-17",
    form: "LOCAL-17",
  });
  fc.assert(fc.property(fc.string(), (code) => readDrugCode(code).molecule.length >= 0));
});

t.test("an area names its province and prefecture", async (t) => {
  t.equal(province("210102"), "21");
  t.equal(prefecture("210102"), "2101");
});

t.test("a trace code is one code whichever scanner read it", async (t) => {
  t.equal(traceShape(normaliseTraceCode("83386520001941653320")), "national");
  t.equal(traceProduct(normaliseTraceCode(" 83386520001941653320\r")), "8338652");
  t.equal(
    normaliseTraceCode("８３３８６５２０００１９４１６５３３２０\u200b"),
    "83386520001941653320",
    "full-width digits, and what has no width",
  );
  const gs1 = "010694151234567821ABC123";
  t.equal(normaliseTraceCode("]d2010694151234567821ABC123"), gs1);
  t.equal(normaliseTraceCode("010694151234567821ABC123\u001d"), gs1);
  t.equal(normaliseTraceCode("(01)06941512345678(21)ABC123"), gs1);
  t.equal(traceShape(gs1), "gs1");
  t.equal(traceProduct(gs1), undefined);
  t.equal(traceShape("73386520001941653320"), "other");
  t.equal(traceShape("8338652000194165332"), "other", "a digit of the national form is lost");
  t.equal(traceShape("106900123456789012"), "maker", "makers have numbers of their own");
  t.equal(traceShape("123456789012345"), "maker");
  t.equal(traceShape("12345678901234"), "other");
  for (const scribble of ["box 12", "ABCDEFGHIJKLMNOP", "", "1234-5678-9012-3456"])
    t.equal(traceShape(scribble), "other", scribble);
});

t.test("what a scanner adds to a code changes neither its form nor its shape", async (t) => {
  const digits = fc.string({ unit: fc.constantFrom(..."0123456789"), minLength: 1, maxLength: 24 });
  const written = fc.string({ unit: fc.constantFrom(..."018AZaz"), minLength: 1, maxLength: 40 });
  const national = fc
    .bigInt({ min: 0n, max: 10n ** 19n - 1n })
    .map((n) => `8${`${n}`.padStart(19, "0")}`);
  t.doesNotThrow(() =>
    fc.assert(
      fc.property(fc.oneof(digits, written, national), (code) => {
        const scanned = ` ${code}\r`;
        return (
          normaliseTraceCode(code) === code &&
          normaliseTraceCode(scanned) === code &&
          traceShape(scanned) === traceShape(code) &&
          traceProduct(scanned) === traceProduct(code)
        );
      }),
      { examples: [["8".repeat(20)], ["8".repeat(19)], ["0106941512345678"], ["6901234567892"]] },
    ),
  );
});

t.test("what is the same on every box is a goods barcode, however it is scanned", async (t) => {
  for (const barcode of ["96385074", "036000291452", "6901234567892", "16901234567899"])
    t.equal(traceShape(barcode), "goods", barcode);
  t.equal(traceShape("86900123456789"), "goods", "the number a medicine is approved under");
  t.equal(traceShape(" ６９０１２３４５６７８９２\r"), "goods", "full-width digits, a line end");
  t.equal(traceShape("6901234567890"), "other", "with a wrong check digit it may be anything");
  t.equal(traceShape("690123456789"), "other");
  for (const filler of ["无", "-", "N/A", "000", "0".repeat(20), "1".repeat(15), "×".repeat(4)])
    t.equal(traceShape(filler), "goods", `${filler}, typed where there is no code`);
  t.equal(traceShape("8".repeat(20)), "national", "of the national form only the form is judged");
  t.equal(traceShape("0106901234567892"), "goods", "GS1 with an article and nothing else");
  t.equal(traceShape("(01)06901234567892(17)280101(10)B2107"), "goods", "with lot and date");
  t.equal(traceShape("]d2010690123456789217280101" + "10B2107\u001d"), "goods");
  t.equal(traceShape("010690123456789210B2107\u001d17280101"), "goods");
  t.equal(traceShape("010690123456789217280101" + "10B2107"), "goods", "no separators");
});

t.test("a GS1 code with a serial tells its box, wherever the serial stands", async (t) => {
  for (const code of [
    "(01)06901234567892(21)A1",
    "(01)06901234567892(17)280101(10)B2107(21)ABC123",
    "]d2010690123456789217280101" + "10B2107\u001d21ABC123",
    "010690123456789221ABC123\u001d17280101",
    "010690123456789217280101" + "10B2107" + "21ABC123",
  ])
    t.equal(traceShape(code), "gs1", code);
});

t.test("makers' own numbers have a beginning that a register may know", async (t) => {
  t.equal(traceProduct("106900123456789012"), "1069001");
  t.equal(traceProduct("6901234567892"), undefined, "a goods barcode's is the maker's country");
  t.equal(traceProduct("7338652000194165332"), "7338652");
});

t.test("an identity number's check character, birth date and sex are read", async (t) => {
  // The example of GB 11643-1999.
  t.strictSame(readIdNumber("11010519491231002X"), {
    checksumValid: true,
    birthDate: "1949-12-31",
    sex: "2",
  });
  t.equal(readIdNumber("11010519491231002x")?.checksumValid, true);
  t.equal(readIdNumber("440524188001010014")?.sex, "1");
  t.equal(readIdNumber("440524188001010014")?.checksumValid, true);
  t.equal(readIdNumber("110105194902310021")?.birthDate, undefined, "31 February is no birth date");
  for (const skipped of ["110105491231002", "H08123456", "", "11010519491231002XX"]) {
    t.equal(readIdNumber(skipped), undefined);
  }
});

t.test("one wrong digit in an identity number is always noticed", async (t) => {
  const number = "11010519491231002X";
  const noticed = () =>
    fc.assert(
      fc.property(fc.nat(16), fc.integer({ min: 1, max: 9 }), (place, shift) => {
        const digit = (Number(number[place]) + shift) % 10;
        const wrong = `${number.slice(0, place)}${digit}${number.slice(place + 1)}`;
        return readIdNumber(wrong)?.checksumValid === false;
      }),
    );
  t.doesNotThrow(noticed);
});

t.test("instants agree with the platform's calendar in both directions", async (t) => {
  const at = fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2200, 0, 1) });
  fc.assert(fc.property(at, (ms) => instantText(ms) === new Date(ms).toISOString()));
  fc.assert(fc.property(at, (ms) => parseInstant(new Date(ms).toISOString()) === ms));
  fc.assert(fc.property(at, (ms) => parseChinaLocal(chinaLocalText(ms)) === ms));
  t.equal(parseInstant("2026-11-21T10:15:30+08:00"), Date.UTC(2026, 10, 21, 2, 15, 30));
  t.equal(parseInstant("2026-11-20T21:15:30.5-05:30"), Date.UTC(2026, 10, 21, 2, 45, 30, 500));
  t.equal(parseChinaLocal("2026-11-21 10:15:30"), Date.UTC(2026, 10, 21, 2, 15, 30));
  for (const wrong of [
    "2026-11-21T10:15:30",
    "2026-13-01T00:00:00Z",
    "2026-11-21 10:15:30Z",
    "2026-11-21T24:00:00Z",
    "",
  ]) {
    t.equal(parseInstant(wrong), undefined, wrong);
  }
});

t.test(
  "days that do not exist are no dates, and age changes on the birthday in Shanghai",
  async (t) => {
    t.ok(isCivilDate("2024-02-29"));
    t.notOk(isCivilDate("2023-02-29"));
    t.notOk(isCivilDate("1900-02-29"));
    t.ok(isCivilDate("2000-02-29"));
    const midnight = Date.UTC(2026, 2, 1, 16);
    t.equal(ageAt("1956-03-02", midnight - 1), 69);
    t.equal(ageAt("1956-03-02", midnight), 70);
    t.equal(ageAt("2027-01-01", midnight), undefined);
  },
);

t.test(
  "every code of the watchlist that is shipped has a known class",
  { skip: !hasWatchlist() },
  async (t) => {
    const rows = readFileSync("deploy/reference/watchlist.tsv", "utf8").trim().split("\n").slice(1);
    t.ok(rows.length > 100);
    for (const row of rows) t.not(readDrugCode(row.split("\t")[2] ?? "").drugClass, "unknown", row);
  },
);

function hasWatchlist(): boolean {
  try {
    return readFileSync("deploy/reference/watchlist.tsv").length > 0;
  } catch {
    return false;
  }
}
