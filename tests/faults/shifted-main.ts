/**
 * The server with a wall clock that a test sets: `node shifted-main.js FILE`. FILE holds by how many milliseconds the
 * wall clock is wrong, and is read again and again. All else is the server's own, its way of following that clock too.
 */
import { readFileSync } from "node:fs";
import { systemClock } from "../../src/config/machine.ts";
import { runServer } from "../../src/server-process.ts";

const READ_EVERY_MS = 20;

const [, , file = ""] = process.argv;
let wrong = 0;
const read = () => {
  const said = Number(readFileSync(file, "utf8"));
  if (Number.isFinite(said)) wrong = said;
};
read();
setInterval(read, READ_EVERY_MS).unref();

await runServer(process.env, (observer) => systemClock(observer, () => Date.now() + wrong));
