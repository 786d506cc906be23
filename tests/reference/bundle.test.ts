import t from "tap";
import type { ListName, ReferenceBundle } from "../../src/reference/bundle.ts";
import { loadReference, loadReferenceGently } from "../../src/reference/load.ts";
import { PAUSE_EVERY_ROWS } from "../../src/reference/loading.ts";
import { day, file, load, pseudonyms } from "./support.ts";

const HASH = /^sha256:[0-9a-f]{64}$/;
const DRUGS = ["code,name,prescription,packUnits", "XC10,group,1,", "XC10AAA067A001,form,1,28"];

t.test("without a file the bundle knows nothing and says what it has not got", async (t) => {
  const bundle = load([]);
  t.equal(bundle.knowsPharmacies, false);
  t.equal(bundle.pharmacy("P1"), undefined);
  t.equal(bundle.drug("XC10AAA067A001"), undefined);
  t.equal(bundle.listed("deceased", pseudonyms().person("A"), day("2026-01-01")), false);
  t.equal(bundle.isNoCodeStock("P1", "X", day("2026-01-01")), false);
  t.equal(bundle.notInstalled.length, 22);
  t.ok(bundle.notInstalled.includes("prescribers.csv"));
  t.ok(bundle.notInstalled.includes("lists/settlement-stopped.csv"));
  t.match(bundle.hash, HASH);
});

t.test("a pharmacies.csv without a row still says that no pharmacy is designated", async (t) => {
  const bundle = load([
    file("pharmacies.csv", "code,area,status"),
    file("lists/dealers.csv", "id"),
  ]);
  t.equal(bundle.knowsPharmacies, true);
  t.notOk(bundle.notInstalled.includes("pharmacies.csv"));
  t.notOk(bundle.notInstalled.includes("lists/dealers.csv"));
});

t.test("a pharmacy's row becomes days, minutes and degrees", async (t) => {
  const bundle = load([
    file(
      "pharmacies.csv",
      "code,area,latitude,longitude,status,since,opens,closes,tills",
      "P1,210102,41.5,-0.25,suspended,2026-01-01,8:30,24:00,3",
    ),
  ]);
  t.strictSame(bundle.pharmacy("P1"), {
    code: "P1",
    area: "210102",
    latitude: 41.5,
    longitude: -0.25,
    status: "suspended",
    since: day("2026-01-01"),
    opens: 510,
    closes: 1440,
    tills: 3,
  });
});

t.test("a geocode of 0, 0 is none", async (t) => {
  const head = "code,area,latitude,longitude,status";
  const bundle = load([
    file("pharmacies.csv", head, "P1,210102,0,0,active", "P2,210102,0,1,active"),
  ]);
  t.equal(bundle.pharmacy("P1")?.latitude, undefined);
  t.equal(bundle.pharmacy("P2")?.latitude, 0);
});

t.test("the longest prefix decides, written in whatever case", async (t) => {
  const bundle = load([
    file("drugs.csv", ...DRUGS, "XC10AAA067A001010100501,pack,1,14"),
    file("watchlist.tsv", "list\trank\tcode\tname", "w\t2\tXC10AAA067A001\tx", "w\t9\tXC10AAA\ty"),
  ]);
  t.equal(bundle.drug("XC10AAA067A001010100501")?.packUnits, 14);
  t.equal(bundle.drug("XC10AAA067A001999999999")?.packUnits, 28);
  t.equal(bundle.drug(" xc10aaa067a001999999999 ")?.packUnits, 28);
  t.equal(bundle.drug("XC10ZZZ")?.name, "group");
  t.equal(bundle.drug("XC1"), undefined);
  t.equal(bundle.watched("XC10AAA067A001010100501")?.rank, 2);
  t.equal(bundle.watched("XC10AAA067B001")?.rank, 9);
  t.equal(bundle.watched("XC10AAB"), undefined);
  t.equal(bundle.watched("XC10AAB"), undefined, "asked again, the answer is the same");
});

t.test("money and lists inside a cell are read", async (t) => {
  const bundle = load([
    file(
      "drugs.csv",
      "code,name,prescription,ceilingPrice,areaMedian,diseases,dualChannel,setting,sex",
      '"XL01","a, b",1,19.99,0.07,M01600; M03900,1,inpatient,2',
    ),
  ]);
  t.strictSame(bundle.drug("XL01"), {
    code: "XL01",
    name: "a, b",
    prescription: true,
    sex: "2",
    ceilingPrice: 1999,
    traceExempt: false,
    dualChannel: true,
    setting: "inpatient",
    diseases: ["M01600", "M03900"],
    areaMedian: 7,
  });
});

t.test("lists hold from the first day to the last, both included, on Shanghai days", async (t) => {
  const bundle = load([
    file(
      "lists/suspended-staff.csv",
      "id,from,to,source,note",
      "closed,2026-03-01,2026-03-31,,",
      "since,2026-03-01,,,",
      "until,,2026-03-31,,",
      "always,,,,",
      "oneDay,2026-03-15,2026-03-15,,",
      "twice,2026-01-01,2026-01-31,,",
      "twice,2026-03-01,2026-03-31,,",
    ),
  ]);
  const days = ["2026-01-31", "2026-02-28", "2026-03-01", "2026-03-15", "2026-03-31", "2026-04-01"];
  const held = (id: string) =>
    days.filter((date) => bundle.listed("suspended-staff", pseudonyms().staff(id), day(date)));
  t.strictSame(held("closed"), ["2026-03-01", "2026-03-15", "2026-03-31"]);
  t.strictSame(held("since"), ["2026-03-01", "2026-03-15", "2026-03-31", "2026-04-01"]);
  t.strictSame(held("until"), days.slice(0, 5));
  t.strictSame(held("always"), days);
  t.strictSame(held("oneDay"), ["2026-03-15"]);
  t.strictSame(held("twice"), ["2026-01-31", "2026-03-01", "2026-03-15", "2026-03-31"]);
  t.strictSame(held("nobody"), []);
  t.equal(bundle.listSize("suspended-staff"), 7);
});

t.test("an id is compared in the domains the contract names, and in no other", async (t) => {
  const as = pseudonyms();
  const domains = {
    person: as.person("A"),
    idNumber: as.idNumber("A"),
    credential: as.credential("A"),
    card: as.card("A"),
    staff: as.staff("A"),
    prescriber: as.prescriber("A"),
    agent: as.agent("A"),
    employer: as.employer("A"),
    employee: `P1:${as.person("A")}`,
    otherShop: `P2:${as.person("A")}`,
  };
  const expected: Partial<Record<ListName, readonly (keyof typeof domains)[]>> = {
    deceased: ["person", "idNumber"],
    inpatient: ["person", "idNumber"],
    "settlement-stopped": ["person", "idNumber"],
    dishonest: ["person", "idNumber"],
    "lost-credential": ["credential", "card"],
    "suspended-staff": ["staff"],
    "suspended-prescriber": ["prescriber"],
    employees: ["employee"],
    "care-institution": ["agent"],
    "family-account": ["agent"],
    "exempt-employer": ["employer"],
    dealers: ["person", "idNumber", "agent"],
  };
  for (const [name, held] of Object.entries(expected)) {
    const list = name as ListName;
    const bundle = load([file(`lists/${list}.csv`, "id", list === "employees" ? "P1:A" : "A")]);
    const found = Object.entries(domains)
      .filter(([, id]) => bundle.listed(list, id, day("2026-01-01")))
      .map(([domain]) => domain);
    t.strictSame(found, held, list);
    t.equal(bundle.listSize(list), 1, `${list} counts rows, not digests`);
    t.notOk(bundle.listed(list, "A", day("2026-01-01")), `${list} holds nothing in clear`);
  }
});

t.test("no-code stock: the longest prefix at this pharmacy, within its days", async (t) => {
  const bundle = load([
    file(
      "lists/no-code-stock.csv",
      "id,from,to",
      "P1:ZA09BAA0005,,2026-06-30",
      "P1:XC08,,",
      "P1:XC08CAX066A010,,2025-12-31",
      "P2:ZA04,,",
    ),
  ]);
  const stock = (pharmacy: string, drug: string, date: string) =>
    bundle.isNoCodeStock(pharmacy, drug, day(date));
  t.ok(stock("P1", "ZA09BAA0005010100101", "2026-06-30"));
  t.notOk(stock("P1", "ZA09BAA0005010100101", "2026-07-01"));
  t.notOk(stock("P2", "ZA09BAA0005010100101", "2026-06-30"), "another pharmacy's stock");
  t.ok(stock("P1", "XC08CAA187A001", "2026-07-01"));
  t.notOk(stock("P1", "XC08CAX066A010010100101", "2026-07-01"), "the longer prefix has ended");
  t.equal(bundle.listSize("no-code-stock"), 4);
});

t.test(
  "the hash is that of the content: not of line endings, order of files or of columns",
  async (t) => {
    const drugs = file("drugs.csv", "code,name,prescription", "X1,a,1", "X2,b,0");
    const people = file("lists/deceased.csv", "id,from", "A,2026-01-01");
    const { hash } = load([drugs, people]);
    t.match(hash, HASH);
    t.equal(load([people, drugs]).hash, hash);
    const windows = {
      name: "drugs.csv",
      text: `\uFEFF${String(drugs.text).replaceAll("\n", "\r\n")}`,
    };
    t.equal(load([windows, people]).hash, hash);
    const columns = file("drugs.csv", "prescription,code,name,group", '1,X1,"a",', "0, X2 ,b,");
    t.equal(load([columns, people]).hash, hash);
    const others: Record<string, ReturnType<typeof file>[]> = {
      cell: [file("drugs.csv", "code,name,prescription", "X1,a,1", "X2,c,0"), people],
      "list row": [drugs, file("lists/deceased.csv", "id,from", "B,2026-01-01")],
      "list day": [drugs, file("lists/deceased.csv", "id,from", "A,2026-01-02")],
      "file gone": [drugs],
      "empty file": [drugs, people, file("lists/dealers.csv", "id")],
      "optional file": [drugs, people, file("areas.csv", "area,name", "210102,x")],
      "other list": [drugs, file("lists/inpatient.csv", "id,from", "A,2026-01-01")],
    };
    const hashes = new Set([hash]);
    for (const [what, files] of Object.entries(others)) {
      const other = load(files).hash;
      t.notOk(hashes.has(other), `${what} changes the hash`);
      hashes.add(other);
    }
  },
);

t.test("a hash cannot be used to try out persons: ids enter it through the key", async (t) => {
  const people = [file("lists/deceased.csv", "id", "A")];
  t.not(load(people, "one key").hash, load(people, "another key").hash);
  const goods = [file("drugs.csv", "code,name,prescription", "X1,a,1")];
  t.equal(load(goods, "one key").hash, load(goods, "another key").hash);
});

t.test("each file has its own digest and count of rows: keyed where it holds ids", async (t) => {
  const drugs = file("drugs.csv", "code,name,prescription", "X1,a,1", "X2,b,0");
  const people = file("lists/deceased.csv", "id", "A");
  const { files } = load([people, drugs]);
  t.strictSame(
    files.map(({ name, rows }) => [name, rows]),
    [
      ["drugs.csv", 2],
      ["lists/deceased.csv", 1],
    ],
  );
  const digests = (given: Parameters<typeof load>[0], key?: string) =>
    new Map(load(given, key).files.map(({ name, digest }) => [name, digest]));
  const before = digests([people, drugs]);
  const after = digests([file("lists/deceased.csv", "id", "B"), drugs]);
  t.equal(after.get("drugs.csv"), before.get("drugs.csv"));
  t.not(after.get("lists/deceased.csv"), before.get("lists/deceased.csv"));
  const other = digests([people, drugs], "another key");
  t.equal(other.get("drugs.csv"), before.get("drugs.csv"));
  t.not(other.get("lists/deceased.csv"), before.get("lists/deceased.csv"));
});

t.test("loaded gently, the bundle is the same and others get their turn", async (t) => {
  const ids = Array.from({ length: 3_000 }, (_, at) => `person-${at}`);
  const files = [file("lists/deceased.csv", "id", ...ids)];
  let turns = 0;
  const pause = async () => {
    turns += 1;
  };
  const bundle = await loadReferenceGently(
    files,
    { pseudonymise: pseudonyms(), loadedAt: 1 },
    pause,
  );
  t.ok(turns >= 3_000 / PAUSE_EVERY_ROWS, "others get a turn every few rows");
  t.equal(bundle.hash, load(files).hash);
  t.equal(bundle.loadedAt, 1);
  t.ok(ids.every((id) => bundle.listed("deceased", pseudonyms().idNumber(id), 20_000)));
});

t.test("what is loaded with a memory is what is loaded without", async (t) => {
  const drugs = (name: string) => file("drugs.csv", "code,name,prescription", `X1,${name},1`);
  const people = (...ids: readonly string[]) => file("lists/deceased.csv", "id", ...ids);
  const watched = (code: string) =>
    file("watchlist.tsv", "list\trank\tcode\tname", `w\t1\t${code}\ta`);
  const near = file("areas.csv", "area,neighbours", "2101,2104");
  const broken = file("areas.csv", "area,neighbours", "2101,here");
  const memory = {};
  const deliveries = [
    [drugs("a"), people("A"), near],
    [drugs("a"), people("A", "B"), near],
    [drugs("b"), people("A", "B"), watched("X1")],
    [drugs("c"), people("C"), broken],
    [drugs("b"), people("A", "B"), watched("X1"), near],
    [drugs("b"), people("A"), watched("X2"), near],
    [people("A")],
  ];
  const seen = (bundle: ReferenceBundle) => ({
    hash: bundle.hash,
    files: bundle.files,
    notInstalled: bundle.notInstalled,
    drug: bundle.drug("X1")?.name,
    watched: bundle.watched("X1")?.rank,
    people: ["A", "B", "C"].map((id) =>
      bundle.listed("deceased", pseudonyms().person(id), day("2026-01-01")),
    ),
    rows: bundle.listSize("deceased"),
    near: bundle.isNear("210101", "210401"),
  });
  for (const [at, files] of deliveries.entries()) {
    const options = { pseudonymise: pseudonyms(), loadedAt: at, memory };
    if (files.includes(broken)) {
      t.throws(() => loadReference(files, options), { code: "GUARD_REFERENCE_BROKEN" });
      continue;
    }
    const bundle = loadReference(files, options);
    t.strictSame(seen(bundle), seen(load(files)), `delivery ${at}`);
    t.equal(bundle.loadedAt, at);
  }
});

t.test("a file that says the same is not made again", async (t) => {
  const asked: string[] = [];
  const as = pseudonyms();
  const pseudonymise = {
    ...as,
    person: (id: string) => {
      asked.push(id);
      return as.person(id);
    },
  };
  const memory = {};
  const people = file("lists/family-account.csv", "id", "F");
  const deceased = (...ids: readonly string[]) => file("lists/deceased.csv", "id", ...ids);
  loadReference([deceased("A"), people], { pseudonymise, loadedAt: 1, memory });
  asked.length = 0;
  loadReference([deceased("A"), file("lists/dealers.csv", "id", "D")], {
    pseudonymise,
    loadedAt: 2,
    memory,
  });
  t.ok(asked.includes("D"));
  t.notOk(asked.includes("A"));
});

t.test("nobody can change a bundle", async (t) => {
  const bundle = load([file("drugs.csv", ...DRUGS)]);
  t.ok(Object.isFrozen(bundle));
  t.ok(Object.isFrozen(bundle.drug("XC10AAA067A001")));
  t.ok(Object.isFrozen(bundle.identify("XC10AAA067A001")));
});
