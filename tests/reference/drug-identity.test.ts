import t from "tap";
import { createDrugKeys, drugKeyOf } from "../../src/reference/drug-key.ts";
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

t.test("a drug's key is four bytes for the molecule and one for the form", async (t) => {
  const { identify } = load([]);
  const tablet = drugKeyOf(identify("XC08CAA187A001"));
  const other = drugKeyOf(identify("XC08CAA187A025"));
  const molecule = drugKeyOf(identify("XC08CAZ067A001"));
  t.equal(tablet.length, 5);
  t.ok([...tablet].every((character) => character.charCodeAt(0) < 256));
  t.equal(tablet.slice(0, 4), other.slice(0, 4));
  t.not(tablet, other);
  t.not(tablet.slice(0, 4), molecule.slice(0, 4));
  t.equal(
    drugKeyOf(identify("XC08CAA187A001010102501")),
    tablet,
    "packs and companies do not count",
  );
  t.equal(tablet.charCodeAt(4), 1, "letter A is 0 times 37, number 001");
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
