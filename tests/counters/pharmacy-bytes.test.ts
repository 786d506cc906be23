import fc from "fast-check";
import t from "tap";
import {
  pharmacyCode,
  pharmacyNumber,
  rememberedPharmacy,
} from "../../src/counters/pharmacy-bytes.ts";

const FITS_48_BITS = 2 ** 48;

t.test("a letter and eleven digits come back as they were", async (t) => {
  for (const code of ["A00000000000", "P21010200123", "Z99999999999"]) {
    t.equal(pharmacyCode(pharmacyNumber(code)), code);
    t.equal(rememberedPharmacy(code), code);
  }
  t.equal(pharmacyNumber("B00000000007"), 100_000_000_007);
});

t.test("a code of another shape is remembered as one that stands for itself", async (t) => {
  const near = ["P2101020012", "P210102001234", "p21010200123", "[21010200123", "P2101020012x"];
  const other = fc.string().filter((code) => !/^[A-Z]\d{11}$/.test(code));
  const isRemembered = (code: string) => {
    const remembered = rememberedPharmacy(code);
    const number = pharmacyNumber(code);
    return (
      remembered.startsWith("#") &&
      number < FITS_48_BITS &&
      pharmacyNumber(remembered) === number &&
      rememberedPharmacy(remembered) === remembered
    );
  };
  for (const code of ["", "P2101020012３", ...near]) t.ok(isRemembered(code), code);
  fc.assert(fc.property(other, isRemembered));
});
