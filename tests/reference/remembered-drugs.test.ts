import t from "tap";
import { drugKeyOf } from "../../src/reference/drug-key.ts";
import { file, load } from "./support.ts";

const DRUGS = "code,name,prescription,sex,minAge,maxAge,dualChannel";
const WATCH = "list\trank\tcode\tname";

function remembered(drugs: readonly string[], watched: readonly string[] = []) {
  const bundle = load([
    file("drugs.csv", DRUGS, ...drugs),
    file("watchlist.tsv", WATCH, ...watched.map((code, at) => `w\t${at + 1}\t${code}\tname`)),
  ]);
  return (code: string) => bundle.drugOfKey(drugKeyOf(bundle.identify(code)));
}

t.test("what is known of a drug is found again by its key, whatever pack was sold", async (t) => {
  const of = remembered(["XG04CBF041A001,finasteride,1,1,18,,", "ZC02AAX0321,pill,0,,,12,1"]);
  t.strictSame(of("XG04CBF041A001010100301"), {
    watched: false,
    prescription: true,
    dualChannel: false,
    sex: "1",
    minAge: 18,
  });
  t.match(of("ZC02AAX0321010100101"), { dualChannel: true, maxAge: 12, prescription: false });
  t.equal(of("XG04CBF041A025"), undefined, "another form");
  t.equal(of("T001100659"), undefined);
});

t.test("packs of one form: limits are those they agree on, a mark on one is on all", async (t) => {
  const of = remembered([
    "XC10AAA067A001010100501,a,0,2,18,70,",
    "XC10AAA067A001010100601,b,1,2,12,70,1",
    "XC10AAA067A001010100701,c,0,2,,70,",
  ]);
  t.strictSame(of("XC10AAA067A001999999999"), {
    watched: false,
    prescription: true,
    dualChannel: true,
    sex: "2",
    maxAge: 70,
  });
});

t.test("watched is by prefix: a class, a form or a single pack", async (t) => {
  const of = remembered(
    ["XA10BXR038A001,repaglinide,1,,,,", "XN05AHA001A001,other,1,,,,"],
    ["XA10B", "XC10AAA067A001", "XB01ACL190A001010202301"],
  );
  t.equal(of("XA10BXR038A001")?.watched, true, "listed, and of a watched class");
  t.equal(of("XC10AAA067A001010100501")?.watched, true, "on the watchlist alone");
  t.equal(of("XB01ACL190A001010202302")?.watched, true, "its key stands for the watched pack too");
  t.equal(of("XN05AHA001A001")?.watched, false);
  t.equal(of("XA10BAE035A001")?.watched, true, "not listed itself, and of a watched class");
  t.equal(of("XA10AEG025B002"), undefined);
});

t.test("a form nobody lists goes by its molecule's row, then by its class's", async (t) => {
  const of = remembered([
    "XG03D,progestogens,1,2,14,,",
    "XG03DAD069,dydrogesterone,1,2,16,,",
    "XG03DAD069A001,tablets,1,2,18,,",
  ]);
  t.equal(of("XG03DAD069A001010100101")?.minAge, 18);
  t.equal(of("XG03DAD069E001")?.minAge, 16);
  t.equal(of("XG03DAD070A001")?.minAge, 14);
  t.equal(of("XG03GAD069A001"), undefined);
});

t.test("forms of one patent medicine have keys of their own", async (t) => {
  const of = remembered(["ZA04CAL0115,tablets,0,,3,,", "ZA04CAL0116,capsules,0,,6,,"], []);
  t.equal(of("ZA04CAL0115")?.minAge, 3);
  t.equal(of("ZA04CAL0116")?.minAge, 6);
});
