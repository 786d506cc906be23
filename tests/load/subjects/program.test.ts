import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { DIST, flagsOf } from "../../../load/subjects/build-folder.ts";
import { program } from "../../../load/subjects/program.ts";

const LOAD = fileURLToPath(new URL("../../../load", import.meta.url));
const AROUND = { redisUrl: "redis://127.0.0.1:1", scratch: "", reference: "", policyFile: "" };
/** Answers with the flags that Node was given. */
const TELLS_FLAGS = `import { createServer } from "node:http";
const server = createServer((_, reply) => reply.end(JSON.stringify(process.execArgv)));
server.listen(Number(process.env.PORT), "127.0.0.1", () =>
  console.log("listening http://127.0.0.1:" + server.address().port));
`;

t.test("floors and peers run with the flags of the guard they are measured beside", async (t) => {
  const folder = t.testdir({
    "tells-flags.mjs": TELLS_FLAGS,
    earlier: {
      "package.json": JSON.stringify({
        scripts: { start: "node --max-semi-space-size=48 dist/main.js" },
      }),
      dist: { "main.js": "" },
    },
  });
  const path = relative(LOAD, join(folder, "tells-flags.mjs"));
  const flagsGiven = async (dist?: string) => {
    const running = await program("tells flags", path, { dist }).start(AROUND);
    t.teardown(() => running.stop());
    return (await fetch(running.url)).json();
  };
  t.same(await flagsGiven(), flagsOf(DIST), "of npm start, as the guard's own");
  t.same(await flagsGiven(join(folder, "earlier", "dist")), ["--max-semi-space-size=48"]);
});
