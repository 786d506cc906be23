import t from "tap";
import {
  atc4,
  createDrugKeys,
  drugKeyOf,
  molecule,
  therapeuticGroup,
} from "../../src/reference/drug-key.ts";
import { createFaultLog } from "../../src/reference/fault.ts";
import { refuseKeyCollisions } from "../../src/reference/key-collisions.ts";
import { faultsOf, file, load } from "./support.ts";

const WATCH = "list\trank\tcode\tname";
const DRUGS = "code,name,prescription,group";

t.test(
  "western medicines: forms of one molecule share it, packs of one form are one",
  async (t) => {
    const { identify } = load([]);
    t.strictSame(identify("XC10AAA067A001010100501"), {
      drugClass: "western",
      molecule: "XC10AAA067",
      form: "XC10AAA067A001",
    });
    t.strictSame(identify("XC10AAA067A001"), identify("XC10AAA067A001010100501"));
    t.equal(identify("T001100659").form, "T001100659");
    t.strictSame(identify("local-0042"), {
      drugClass: "unknown",
      molecule: "LOCAL-0042",
      form: "LOCAL-0042",
    });
  },
);

t.test(
  "patent medicines: the forms under one rank are one medicine, also across ranks that share a code",
  async (t) => {
    const { identify } = load([
      file(
        "watchlist.tsv",
        WATCH,
        "p\t15\tZA04CAL0116\tlianhua",
        "p\t15\tZA04CAL0117\tlianhua",
        "p\t24\tZA04CAL0117\tlianhua",
        "p\t24\tZA04CAL0115\tlianhua",
        "p\t4\tZA07AAA0061\tangong",
      ),
    ]);
    const capsule = identify("ZA04CAL0116010100101");
    t.strictSame(capsule, { drugClass: "patent", molecule: "ZA04CAL0115", form: "ZA04CAL0116" });
    t.equal(identify("ZA04CAL0115").molecule, "ZA04CAL0115");
    t.equal(identify("ZA04CAL0117").molecule, "ZA04CAL0115");
    t.equal(identify("ZA07AAA0061").molecule, "ZA07AAA0061");
    t.equal(identify("ZA04CAL0118").molecule, "ZA04CAL0118", "on no list: by itself");
  },
);

t.test("patent medicines: a group of drugs.csv joins codes, prefixes and ranks", async (t) => {
  const { identify } = load([
    file("drugs.csv", DRUGS, "ZA12HAX0862,a,0,xst", "ZA12HAX09,b,0,xst", "ZA12HAX0700,c,0,other"),
    file("watchlist.tsv", WATCH, "p\t26\tZA12HAX0862\tx", "p\t26\tZA12HAX0861\tx"),
  ]);
  t.equal(identify("ZA12HAX0862").molecule, "ZA12HAX0861");
  t.equal(identify("ZA12HAX0861").molecule, "ZA12HAX0861");
  t.equal(identify("ZA12HAX0900").molecule, "ZA12HAX0861", "under a prefix of the group");
  t.equal(identify("ZA12HAX0700").molecule, "ZA12HAX0700", "another group");
});

t.test("a drug's key is five bytes for the molecule and one for the form", async (t) => {
  const { identify } = load([]);
  const tablet = drugKeyOf(identify("XC08CAA187A001"));
  const other = drugKeyOf(identify("XC08CAA187A025"));
  const another = drugKeyOf(identify("XC08CAZ067A001"));
  t.equal(tablet.length, 6);
  t.ok([...tablet].every((character) => character.charCodeAt(0) < 256));
  t.equal(molecule(tablet), molecule(other));
  t.not(tablet, other);
  t.not(molecule(tablet), molecule(another));
  t.equal(tablet.slice(0, 3), another.slice(0, 3), "one class, other names");
  t.equal(
    drugKeyOf(identify("XC08CAA187A001010102501")),
    tablet,
    "packs and companies do not count",
  );
  t.equal(tablet.charCodeAt(5), 1, "letter A is 0 times 37, number 001");
});

t.test("the therapeutic class is read back from the key alone", async (t) => {
  const { identify } = load([]);
  const classes = (code: string) => {
    const key = drugKeyOf(identify(code));
    return [therapeuticGroup(key), atc4(key)];
  };
  for (const [code, group, sort] of [
    ["XC10AAA067A001", "C10", "C10AA"],
    ["XA00AAA000A000", "A00", "A00AA"],
    ["XZ99ZZZ999Z999010100501", "Z99", "Z99ZZ"],
    ["XB05AAR021B001", "B05", "B05AA"],
    ["ZA12HAX0862", "ZA12", undefined],
    ["ZZ99ZZZ9999010100101", "ZZ99", undefined],
    ["T001100659", undefined, undefined],
    ["C0101010010000100001", undefined, undefined],
    ["local-0042", undefined, undefined],
    ["XC10AA067A001", undefined, undefined],
  ] as const)
    t.same(classes(code), [group, sort], code);
});

t.test("western molecules are never one, whatever their number", async (t) => {
  const molecules = ["C08CA", "C08CB", "C09CA", "D08CA", "A00AA", "Z99ZZ"].flatMap((sort) =>
    ["A", "B", "M", "Z"].flatMap((initial) =>
      ["000", "001", "187", "999"].map((number) => `X${sort}${initial}${number}`),
    ),
  );
  const { identify } = load([]);
  const keys = new Set(molecules.map((code) => molecule(drugKeyOf(identify(`${code}A001`)))));
  t.equal(keys.size, molecules.length);
  const patents = ["A", "B", "M", "Z"].flatMap((initial) =>
    ["0000", "0001", "0862", "2519"].map((number) => `ZC08CA${initial}${number}`),
  );
  for (const code of patents) keys.add(molecule(drugKeyOf(identify(code))));
  t.equal(keys.size, molecules.length + patents.length, "nor patent ones up to 2,519 an initial");
});

t.test("a patent medicine's forms share the molecule of their group", async (t) => {
  const { identify } = load([
    file("watchlist.tsv", WATCH, "p\t15\tZA04CAL0116\tlianhua", "p\t15\tZC04CAL0117\tlianhua"),
    file("drugs.csv", DRUGS, "ZB01AAX09,a,0,xst", "ZB01AAX0900,b,0,xst"),
  ]);
  const [one, other] = ["ZA04CAL0116", "ZC04CAL0117"].map((code) => drugKeyOf(identify(code)));
  t.equal(molecule(one ?? ""), molecule(other ?? "-"));
  t.not(one, other);
  t.equal(therapeuticGroup(other ?? ""), "ZA04", "the group's class is its smallest product's");
  const prefixed = drugKeyOf(identify("ZB01AAX0900"));
  t.equal(therapeuticGroup(prefixed), "ZB01", "also where a group is named by a prefix");
});

t.test("remembered keys are the computed ones, also after the memory was full", async (t) => {
  const { identify } = load([]);
  const keys = createDrugKeys(3);
  const codes = Array.from({ length: 10 }, (_, at) => `XC08CAA1${at}0A001`);
  for (const code of [...codes, ...codes]) {
    t.equal(keys.keyOf(identify(code)), drugKeyOf(identify(code)));
  }
});

t.test("two listed drugs with one key are refused, naming both lines", async (t) => {
  // A038 and B001 fold to the same byte: 0 * 37 + 38 and 1 * 37 + 1.
  const faults = faultsOf(
    file("drugs.csv", DRUGS, "XC08CAA187A001,a,1,", "XC08CAA187A038,b,1,"),
    file("watchlist.tsv", WATCH, "w\t1\tXC08CAA187B001\tc", "w\t1\tXC08CAZ067B001\td"),
  );
  t.match(faults, [{ file: "watchlist.tsv", line: 2, reason: /other drug of drugs\.csv, line 3/ }]);
  t.equal(faults.length, 1);
});

t.test("two molecules with one key are refused too", async (t) => {
  const faults = createFaultLog();
  const listed = ["XC08CAA187A001", "XC08CAZ067A001", "XC08CAA187A001010102501"].map(
    (code, at) => ({
      file: "drugs.csv",
      line: at + 2,
      code,
    }),
  );
  const steps = refuseKeyCollisions(listed, load([]).identify, faults, () => "same.");
  t.equal(steps.next().done, true);
  t.equal(faults.count, 1, "the third is the first drug again, so its key may be the same");
  t.throws(() => faults.throwIfAny(), { code: "GUARD_REFERENCE_BROKEN" });
});
