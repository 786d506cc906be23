import {
  appendFileSync,
  cpSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { folderState } from "../../src/reference/folder-state.ts";
import {
  FOLDER_LIMITS,
  READS_MAX,
  readReferenceFolder,
  readSettledFolder,
} from "../../src/reference/read-folder.ts";
import { faultsOf, load } from "./support.ts";

const DRUGS = "code,name,prescription\nXC10AAA067A001,a,1\n";

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
  truncateSync(join(path, "drugs.csv"), FOLDER_LIMITS.fileBytes + 1);
  t.match(faultsOf(...(await readReferenceFolder(path))), [
    { file: "drugs.csv", reason: /larger than/ },
  ]);
});

t.test("a folder whose files are too large together is refused", async (t) => {
  const path = t.testdir({
    "drugs.csv": DRUGS,
    lists: { "deceased.csv": "id\nA\n", "employees.csv": "id\n" },
  });
  const limits = { fileBytes: 100, folderBytes: DRUGS.length + 6 };
  const files = await readReferenceFolder(path, limits);
  t.strictSame(
    files.map(({ name, unreadable }) => [name, unreadable?.reason]),
    [
      ["drugs.csv", undefined],
      ["lists/deceased.csv", undefined],
      ["lists/employees.csv", `with this file the folder is larger than ${DRUGS.length + 6} bytes`],
    ],
  );
});

t.test("a large file is read whole, and a bad byte in its middle has its line", async (t) => {
  const path = t.testdir({ lists: {} });
  const file = join(path, "lists", "exempt-employer.csv");
  const ids = Array.from({ length: 30_000 }, (_, at) => `虚构单位-${at}`);
  writeFileSync(file, `\uFEFFid\n${ids.join("\r\n")}`);
  t.equal(load(await readReferenceFolder(path)).listSize("exempt-employer"), ids.length);
  const bytes = Buffer.from(`id\n${ids.join("\n")}\n`);
  bytes[bytes.indexOf("虚构单位-20000\n")] = 0xff;
  writeFileSync(file, bytes);
  t.strictSame(faultsOf(...(await readReferenceFolder(path))), [
    {
      file: "lists/exempt-employer.csv",
      line: 20_002,
      reason: "the line is not UTF-8; save the file as UTF-8",
    },
  ]);
});

t.test(
  "whatever happens to a table changes the folder's state, and nothing else does",
  async (t) => {
    const top = t.testdir({ one: { "drugs.csv": DRUGS, lists: { "deceased.csv": "id\nA\n" } } });
    const [one, two, link] = ["one", "two", "link"].map((name) => join(top, name)) as [
      string,
      string,
      string,
    ];
    const states = [await folderState(one)];
    const changes = async (what: string) => {
      const state = await folderState(one);
      t.notOk(states.includes(state), what);
      states.push(state);
    };
    writeFileSync(join(one, "README.md"), "words");
    writeFileSync(join(one, ".drugs.csv.swp"), "x");
    t.equal(await folderState(one), states[0], "other files do not count");

    appendFileSync(join(one, "lists/deceased.csv"), "B\n");
    await changes("a row more");
    const { atime, mtime } = statSync(join(one, "drugs.csv"));
    writeFileSync(join(one, "drugs.csv"), DRUGS.replace(",1", ",0"));
    utimesSync(join(one, "drugs.csv"), atime, mtime);
    await changes("the same size and time of writing");
    writeFileSync(join(one, "areas.csv"), "area\n");
    await changes("a new file");
    rmSync(join(one, "lists/deceased.csv"));
    await changes("a file less");
    cpSync(one, two, { recursive: true, preserveTimestamps: true });
    renameSync(one, join(top, "old"));
    await changes("the folder is gone");
    renameSync(two, one);
    await changes("another folder in its place, with the same files");

    symlinkSync(one, link);
    const linked = await folderState(link);
    t.equal(linked, await folderState(one));
    symlinkSync(join(top, "old"), `${link}.new`);
    renameSync(`${link}.new`, link);
    t.not(await folderState(link), linked, "a link that leads elsewhere");
  },
);

/** Writes to a file all the time until told to stop. */
function writeOnAndOn(file: string, text: string): { stop(): void } {
  let isStopped = false;
  const write = () => {
    if (isStopped) return;
    appendFileSync(file, text);
    setImmediate(write);
  };
  write();
  return {
    stop() {
      isStopped = true;
    },
  };
}

t.test("a folder that changes while it is read is read again", async (t) => {
  const path = t.testdir({ "drugs.csv": DRUGS, lists: { "exempt-employer.csv": "id\n" } });
  const writer = writeOnAndOn(join(path, "lists/exempt-employer.csv"), "虚构单位\n");
  let pauses = 0;
  const { files, state } = await readSettledFolder(path, async () => {
    pauses += 1;
    writer.stop();
    appendFileSync(join(path, "drugs.csv"), "XC10AAR069A001,c,1\n");
  });
  t.equal(pauses, 1);
  t.equal(state, await folderState(path));
  if (!("length" in files)) throw files;
  t.equal(load(files).drug("XC10AAR069A001")?.name, "c", "what was written last is there");
});

t.test("a folder that never rests is refused, and reading it ends", async (t) => {
  const path = t.testdir({ "drugs.csv": DRUGS });
  const writer = writeOnAndOn(join(path, "drugs.csv"), " ");
  let pauses = 0;
  const reading = readSettledFolder(path, async () => {
    pauses += 1;
  });
  const error = await reading.catch((cause: unknown) => cause);
  writer.stop();
  t.match(error, {
    code: "GUARD_REFERENCE_BROKEN",
    faults: [{ file: path, line: 0, reason: /changed each of the/ }],
  });
  t.equal(pauses, READS_MAX - 1);
});

t.test("a folder that cannot be read is known by its state, so that it is told once", async (t) => {
  const path = join(t.testdir({}), "nowhere");
  const { files, state } = await readSettledFolder(path, async () => undefined);
  t.match(files, { code: "GUARD_REFERENCE_BROKEN" });
  t.equal(state, await folderState(path));
});
