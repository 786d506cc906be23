import { mkdirSync, writeFileSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import t from "tap";
import { ConfigError } from "../../src/config/config.ts";
import { packageRoot } from "../../src/config/package-root.ts";
import { readConfig } from "../../src/config/read-config.ts";
import { SETTINGS, settingsTable } from "../../src/config/settings.ts";

type Environment = Record<string, string>;

function faultsOf(environment: Environment): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
}

t.test("nothing set: the guard runs on this machine alone, with what it ships", async (t) => {
  const config = readConfig({});
  t.match(config, {
    http: { host: "127.0.0.1", port: 8080 },
    dataDir: resolve(".guard"),
    policyFile: join(packageRoot(), "deploy", "policy", "policy.yaml"),
    referenceDir: join(packageRoot(), "deploy", "reference"),
    enforce: "all",
    deadlineMs: 50,
    journal: { maxBytes: 10_000_000_000, days: 30 },
    logLevel: "info",
    warnings: [],
  });
  t.equal(config.redis, undefined);
  t.equal(config.kafka, undefined);
  t.equal(config.keysFile, undefined);
  t.throws(
    () => Object.assign(config.journal, { days: 1 }),
    TypeError,
    "and it is frozen to the bottom",
  );
});

t.test("the shipped files are found wherever the process was started", async (t) => {
  const before = process.cwd();
  t.teardown(() => process.chdir(before));
  process.chdir(t.testdir({}));
  t.equal(readConfig({}).policyFile, join(before, "deploy", "policy", "policy.yaml"));
});

t.test("an empty variable is an unset one, and TZ means nothing", async (t) => {
  const empty = Object.fromEntries(Object.values(SETTINGS).map(({ name }) => [name, ""]));
  t.same(readConfig({ ...empty, TZ: "America/New_York" }), readConfig({}));
});

t.test("every setting is taken over", async (t) => {
  const folder = t.testdir({
    "p.yaml": "",
    "k.json": "",
    "ca.pem": "-----BEGIN CERTIFICATE-----",
    reference: {},
  });
  const config = readConfig({
    HOST: "::1",
    PORT: "0",
    REDIS_URL: "rediss://till:s%40cret@redis.local:6390/3",
    REDIS_TLS_CA: join(folder, "ca.pem"),
    KAFKA_BROKERS: "k1:9092, [::1]:9093",
    KAFKA_TLS: "true",
    KAFKA_SASL_MECHANISM: "scram-sha-512",
    KAFKA_SASL_USERNAME: "guard",
    KAFKA_SASL_PASSWORD: " spaces count ",
    GUARD_DATA_DIR: join(folder, "data"),
    GUARD_POLICY: join(folder, "p.yaml"),
    GUARD_REFERENCE: join(folder, "reference"),
    GUARD_KEYS: join(folder, "k.json"),
    GUARD_ENFORCE: "hard",
    GUARD_DEADLINE_MS: "200",
    GUARD_JOURNAL_MAX: "500 MB",
    GUARD_JOURNAL_DAYS: "7",
    LOG_LEVEL: "debug",
  });
  t.same(config, {
    http: { host: "::1", port: 0 },
    redis: {
      url: "rediss://redis.local:6390/3",
      username: "till",
      password: "s@cret",
      tls: { ca: "-----BEGIN CERTIFICATE-----" },
    },
    kafka: {
      brokers: ["k1:9092", "[::1]:9093"],
      tls: {},
      sasl: { mechanism: "scram-sha-512", username: "guard", password: " spaces count " },
    },
    dataDir: join(folder, "data"),
    policyFile: join(folder, "p.yaml"),
    referenceDir: join(folder, "reference"),
    keysFile: join(folder, "k.json"),
    enforce: "hard",
    deadlineMs: 200,
    journal: { maxBytes: 500_000_000, days: 7 },
    logLevel: "debug",
    warnings: [],
  });
});

t.test("relative paths start at the working directory and come out absolute", async (t) => {
  const before = process.cwd();
  t.teardown(() => process.chdir(before));
  process.chdir(t.testdir({ "p.yaml": "" }));
  const config = readConfig({ GUARD_POLICY: "p.yaml", GUARD_DATA_DIR: "./data" });
  t.ok(isAbsolute(config.policyFile));
  t.equal(config.dataDir, resolve("data"));
});

t.test("all mistakes are listed at once, each beginning with its setting", async (t) => {
  const folder = t.testdir({ "plain.txt": "no PEM" });
  const wrong: Environment = {
    HOST: "0.0.0.0",
    PORT: "65536",
    REDIS_URL: "http://x",
    REDIS_TLS_CA: join(folder, "plain.txt"),
    KAFKA_BROKERS: "nowhere",
    KAFKA_TLS: "yes",
    KAFKA_SASL_MECHANISM: "gssapi",
    GUARD_POLICY: folder,
    GUARD_REFERENCE: join(folder, "plain.txt"),
    GUARD_KEYS: join(folder, "missing"),
    GUARD_CLIENTS: "clients.json",
    GUARD_ENFORCE: "ALL",
    GUARD_DEADLINE_MS: "4",
    GUARD_JOURNAL_MAX: "10GiB",
    GUARD_JOURNAL_DAYS: "0",
    LOG_LEVEL: "verbose",
  };
  const faults = faultsOf(wrong);
  t.same(
    faults.map((fault) => fault.split(" ")[0]),
    Object.keys(wrong),
  );
  for (const fault of faults) t.match(fault, /^[A-Z_]+ .*\.$/, "is one sentence");
  t.throws(() => readConfig(wrong), { code: "GUARD_CONFIG_INVALID", message: /16 mistakes/ });
});

t.test("what is promised and not there yet is refused in one sentence", async (t) => {
  const cases: readonly (readonly [Environment, RegExp])[] = [
    [{ HOST: "192.168.1.4" }, /loopback.*GUARD_CLIENTS.*not available yet/],
    [{ GUARD_CLIENTS: "x" }, /not available yet/],
    [{ REDIS_URL: "redis+sentinel://a:1,b:2" }, /not an address: redis\+sentinel:/],
    [{ REDIS_URL: "redis+sentinel://a:1,b:0/name" }, /not an address/],
    [{ REDIS_URL: "redis+sentinel://a:1/na me" }, /not an address/],
    [{ REDIS_URL: "redis+sentinel://a:1/name/16" }, /database from 0 to 15/],
    [{ REDIS_URL: "redis+sentinel://a:1/name/0/x" }, /not an address/],
    [{ REDIS_URL: `redis+sentinel://${"a:1,".repeat(32)}a:1/name` }, /at most 32 sentinels/],
    [{ REDIS_URL: "redis+cluster://" }, /not an address: redis\+cluster:/],
    [{ REDIS_URL: "redis+cluster://a:1,b:0" }, /not an address/],
    [{ REDIS_URL: "redis+cluster://a:1,,b:2" }, /not an address/],
    [{ REDIS_URL: "redis+cluster://a:1/3" }, /not an address/],
    [{ REDIS_URL: `redis+cluster://${"a:1,".repeat(32)}a:1` }, /at most 32 nodes/],
  ];
  for (const [environment, sentence] of cases) {
    t.match(faultsOf(environment), [sentence]);
  }
});

t.test("numbers and sizes are read strictly", async (t) => {
  for (const value of ["1e3", "0x50", "50.0", "-1", "5001", "50ms", "٥٠", "50 50"]) {
    t.equal(faultsOf({ GUARD_DEADLINE_MS: value }).length, 1, value);
  }
  for (const value of ["GB", "10G", "1.5GB", "999KB", "-1GB", "10gb", "1000TB"]) {
    t.equal(faultsOf({ GUARD_JOURNAL_MAX: value }).length, 1, value);
  }
  t.equal(readConfig({ GUARD_JOURNAL_MAX: "1000000" }).journal.maxBytes, 1_000_000);
  t.equal(readConfig({ GUARD_DEADLINE_MS: " 5 " }).deadlineMs, 5);
  t.equal(readConfig({ GUARD_DEADLINE_MS: "5000" }).deadlineMs, 5_000);
});

t.test("only this machine may be listened on", async (t) => {
  for (const host of ["127.0.0.1", "127.8.9.1", "::1", "localhost"])
    t.same(faultsOf({ HOST: host }), [], host);
  for (const host of ["", " "]) t.equal(readConfig({ HOST: host }).http.host, "127.0.0.1");
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.com", "127.1"]) {
    t.equal(faultsOf({ HOST: host }).length, 1, host);
  }
});

t.test("settings that need one another are checked together", async (t) => {
  const folder = t.testdir({ "x.pem": "-----BEGIN CERTIFICATE-----" });
  const pem = join(folder, "x.pem");
  const cases: readonly (readonly [Environment, RegExp])[] = [
    [{ REDIS_URL: "redis://:a@h", REDIS_PASSWORD: "b" }, /give it once/],
    [{ REDIS_URL: "redis://h", REDIS_USERNAME: "u" }, /without REDIS_PASSWORD/],
    [{ REDIS_URL: "redis://h", REDIS_TLS_CA: pem }, /nothing would be encrypted/],
    [{ REDIS_URL: "rediss://h", REDIS_TLS_CERT: pem }, /REDIS_TLS_CERT and REDIS_TLS_KEY/],
    [{ REDIS_URL: "redis://h", REDIS_SENTINEL_PASSWORD: "p" }, /REDIS_SENTINEL_… is set and/],
    [
      { REDIS_URL: "redis+sentinel://h/n", REDIS_SENTINEL_USERNAME: "u" },
      /REDIS_SENTINEL_PASSWORD/,
    ],
    [{ REDIS_URL: "redis+sentinel://h/n", REDIS_SENTINEL_TLS: "true" }, /spoken to in clear/],
    [{ KAFKA_BROKERS: "h:1", KAFKA_SASL_USERNAME: "u" }, /set together/],
    [{ KAFKA_BROKERS: "h:1", KAFKA_TLS: "false", KAFKA_TLS_CA: pem }, /nothing would be encrypted/],
    [{ KAFKA_BROKERS: "h:1", KAFKA_TLS_KEY: pem }, /KAFKA_TLS_CERT and KAFKA_TLS_KEY/],
  ];
  for (const [environment, sentence] of cases) t.match(faultsOf(environment), [sentence]);
  const withFile = readConfig({ KAFKA_BROKERS: "h:1", KAFKA_TLS_CA: pem });
  t.match(withFile.kafka?.tls, { ca: /BEGIN/ }, "naming a file means TLS");
});

t.test("sentinels name the primary: theirs and Redis' credentials are apart", async (t) => {
  const pem = join(t.testdir({ "x.pem": "-----BEGIN CERTIFICATE-----" }), "x.pem");
  const plain = {
    REDIS_URL: "redis+sentinel://till:s%40cret@a:7000, b/till-memory/3",
    REDIS_SENTINEL_USERNAME: "watch",
    REDIS_SENTINEL_PASSWORD: "other",
  };
  const nodes = [
    { host: "a", port: 7_000 },
    { host: "b", port: 26_379 },
  ];
  const sentinel = {
    nodes,
    name: "till-memory",
    database: 3,
    username: "watch",
    password: "other",
  };
  const login = { username: "till", password: "s@cret" };
  const url = "redis+sentinel://a:7000,b:26379/till-memory/3";
  t.same(readConfig(plain).redis, { url, ...login, sentinel });
  const tls = { ca: "-----BEGIN CERTIFICATE-----" };
  const secure = readConfig({ ...plain, REDIS_TLS_CA: pem }).redis;
  t.same(secure, { url, ...login, tls, sentinel: { ...sentinel, tls } }, "naming a file means TLS");
  const half = readConfig({ ...plain, REDIS_TLS_CA: pem, REDIS_SENTINEL_TLS: "false" }).redis;
  t.same(half, { url, ...login, tls, sentinel }, "sentinels may speak in clear");
  const byScheme = readConfig({ REDIS_URL: "rediss+sentinel://a/n" }).redis;
  t.match(byScheme, { tls: {}, sentinel: { name: "n", database: 0, tls: {} } });
});

t.test("a Cluster is named by some of its nodes", async (t) => {
  const pem = join(t.testdir({ "x.pem": "-----BEGIN CERTIFICATE-----" }), "x.pem");
  const plain = { REDIS_URL: "redis+cluster://till:s%40cret@a:7000, [::1]:7001,b" };
  const cluster = [
    { host: "a", port: 7_000 },
    { host: "[::1]", port: 7_001 },
    { host: "b", port: 6_379 },
  ];
  const login = { username: "till", password: "s@cret" };
  const url = "redis+cluster://a:7000,[::1]:7001,b:6379";
  t.same(readConfig(plain).redis, { url, ...login, cluster });
  const secure = { tls: { ca: "-----BEGIN CERTIFICATE-----" } };
  const withFile = readConfig({ ...plain, REDIS_TLS_CA: pem });
  t.same(withFile.redis, { url, ...login, ...secure, cluster }, "naming a file means TLS");
  const byScheme = readConfig({ REDIS_URL: "rediss+cluster://a:7000", REDIS_PASSWORD: "p" });
  t.same(byScheme.redis, {
    ...{ url: "rediss+cluster://a:7000", password: "p", tls: {} },
    cluster: [{ host: "a", port: 7_000 }],
  });
});

t.test("no fault ever repeats a password", async (t) => {
  const secret = "hunter2-hunter2";
  const bad = [
    "http://u:SECRET@h",
    "redis://u:SECRET@h/99",
    "redis://u:SECRET@",
    "redis://u:SECRET@h?x=1",
    "redis+sentinel://u:SECRET@h/",
    "redis+sentinel://u:SECRET@h/n/99",
    "redis+sentinel://u:SECRET%ZZ@h/n",
    "redis+cluster://u:SECRET@h,",
    "redis+cluster://u:SECRET@h/1",
    "redis+cluster://u:SECRET%ZZ@h",
    "redis://u:SECRET%ZZ@h",
    "redis://u:SECRET@h:0",
    "SECRET",
  ];
  for (const url of bad) {
    const faults = faultsOf({
      REDIS_URL: url.replace("SECRET", secret),
      REDIS_PASSWORD: secret,
      KAFKA_SASL_PASSWORD: secret,
    });
    t.ok(faults.length > 0, url);
    t.notMatch(faults.join(" "), secret, url);
  }
});

t.test("a misspelt setting is a warning that names the nearest", async (t) => {
  const config = readConfig({
    GUARD_ENFROCE: "none",
    GUARD_SERVICE_HOST: "10.0.0.1",
    REDIS_PASSWORD: "x",
    OTHER: "y",
  });
  t.equal(config.enforce, "all", "and is not obeyed");
  t.match(config.warnings, [
    /^GUARD_ENFROCE .*Did you mean GUARD_ENFORCE\?$/,
    /^GUARD_SERVICE_HOST is not a setting and is ignored\.$/,
    /^REDIS_PASSWORD is ignored because REDIS_URL is not set\.$/,
  ]);
  t.equal(config.warnings.length, 3);
  t.notMatch(config.warnings.join(" "), /none|10\.0\.0\.1/);
});

t.test("a file that cannot be read is found at start", async (t) => {
  const folder = t.testdir({});
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "f"), "");
  t.match(faultsOf({ GUARD_POLICY: join(folder, "sub") }), [
    /must name a file, and this is a folder/,
  ]);
  t.match(faultsOf({ GUARD_REFERENCE: join(folder, "f") }), [
    /must name a folder, and this is a file/,
  ]);
  t.match(faultsOf({ GUARD_KEYS: join(folder, "no") }), [/not there/]);
});

t.test("the README's table has a row for each setting", async (t) => {
  const rows = settingsTable().trim().split("\n").slice(2);
  t.equal(rows.length, Object.keys(SETTINGS).length);
  for (const { name } of Object.values(SETTINGS)) t.match(settingsTable(), `| \`${name}\` |`);
});
