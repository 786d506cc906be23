import { mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { FILE_BYTES_MAX, readReferenceFolder } from "../../src/reference/read-folder.ts";
import { faultsOf, load } from "./support.ts";

t.test("tables are read, the folder's other files passed over", async (t) => {
  const path = t.testdir({
    "README.md": "columns",
    ".hidden.csv": "x",
    "drugs.csv": "code,name,prescription\nXC10AAA067A001,阿托伐他汀,1\n",
    lists: { "deceased.csv": "id\nA\n", "note.txt": "" },
  });
  const files = await readReferenceFolder(path);
  t.strictSame(
    files.map(({ name }) => name),
    ["drugs.csv", "lists/deceased.csv"],
  );
  t.equal(load(files).drug("XC10AAA067A001")?.name, "阿托伐他汀");
});

t.test("a folder that is not there is a fault that names it", async (t) => {
  const path = join(t.testdir({}), "nowhere");
  await t.rejects(readReferenceFolder(path), {
    code: "GUARD_REFERENCE_BROKEN",
    faults: [{ file: path, line: 0, reason: "the folder cannot be read (ENOENT)" }],
  });
});

t.test("what is not UTF-8 is told with its line, together with every other mistake", async (t) => {
  const path = t.testdir({ "drugs.csv": "code,name,prescription\nX1,a,2\n" });
  mkdirSync(join(path, "lists"));
  const gbk = Buffer.from([0xb0, 0xa2, 0xbd, 0xba]);
  writeFileSync(
    join(path, "lists", "exempt-employer.csv"),
    Buffer.concat([Buffer.from("id\nok\n"), gbk]),
  );
  mkdirSync(join(path, "drugs-old.csv"));
  t.strictSame(faultsOf(...(await readReferenceFolder(path))), [
    {
      file: "drugs-old.csv",
      line: 0,
      reason: "the only folder inside is lists/; rename it or take it out",
    },
    { file: "drugs.csv", line: 2, reason: "prescription must be 0 or 1" },
    {
      file: "lists/exempt-employer.csv",
      line: 3,
      reason: "the line is not UTF-8; save the file as UTF-8",
    },
  ]);
});

t.test("a file that cannot be read is a fault and not an empty list", async (t) => {
  const path = t.testdir({ lists: { "deceased.csv": t.fixture("symlink", "gone.csv") } });
  t.match(faultsOf(...(await readReferenceFolder(path))), [
    { file: "lists/deceased.csv", line: 0, reason: /cannot be read \(ENOENT\)/ },
  ]);
});

t.test("a file that is too large is refused unread", async (t) => {
  const path = t.testdir({ "drugs.csv": "" });
  truncateSync(join(path, "drugs.csv"), FILE_BYTES_MAX + 1);
  t.match(faultsOf(...(await readReferenceFolder(path))), [
    { file: "drugs.csv", reason: /larger than/ },
  ]);
});
