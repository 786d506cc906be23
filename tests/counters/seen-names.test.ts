import t from "tap";
import { SeenNames } from "../../src/counters/seen-names.ts";

t.test("a name is new once, whether it is one of a few or of many", async (t) => {
  const seen = new SeenNames();
  for (let name = 0; name < 40; name += 1) {
    t.equal(seen.add(`name ${name}`), true);
    for (let again = 0; again <= name; again += 1)
      if (seen.add(`name ${again}`)) t.fail(`${again} is new again beside ${name + 1}`);
  }
});
