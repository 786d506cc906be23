import t from "tap";
import { parseNhsaSale } from "../../src/swipe/nhsa/to-swipe.ts";
import { accepted, fullEnvelope, withValue } from "./bodies.ts";

function sale(path: readonly (string | number)[], value: unknown) {
  return parseNhsaSale("2102", withValue(fullEnvelope(), path, value));
}

t.test(
  "tablets split off one box are tablets where the till does not say what it counts",
  async (t) => {
    const unit = (flag: string, cnt: number | string, kind?: string) => {
      const envelope = withValue(
        fullEnvelope(),
        ["guard", "drugtracinfo"],
        [{ feedetl_sn: "0001", drug_trac_codg: "83386520001941653320", trdn_flag: flag }],
      );
      const counted = withValue(envelope, ["input", "drugdetail", 0, "cnt"], cnt);
      const said = withValue(counted, ["guard", "lines", 0, "min_prcunt_type"], kind);
      return accepted(parseNhsaSale("2102", said)).lines[0]?.unit;
    };
    t.equal(unit("1", "10"), "piece");
    t.equal(unit("1", "10", "2"), "pack", "it says packs");
    t.equal(unit("1", "0.5"), "pack", "half of the box");
    t.equal(unit("1", "1.5"), "pack");
    t.equal(unit("1", 1), "pack");
    t.equal(unit("0", "10"), "pack", "not split");
  },
);

t.test("what the answer to 2101 and 3505 say of a line may be told before", async (t) => {
  const line = accepted(
    sale(["guard", "lines", 0], {
      feedetl_sn: "0001",
      ...{ chrgitm_lv: 3, manu_lotnum: " B2207", expy_end: "20280630" },
    }),
  ).lines[0];
  t.match(line, { chargeLevel: "3", lot: "B2207", expires: "2028-06-30" });
  const silent = sale(["guard", "lines", 0], { feedetl_sn: "0001", chrgitm_lv: "", expy_end: "" });
  t.equal(accepted(silent).lines[0]?.chargeLevel, undefined);
  t.equal(accepted(silent).lines[0]?.expires, undefined);
});
