import t from "tap";
import { SILENT } from "../../src/units.ts";
import { wireReplayMemory } from "../../src/wire-memory.ts";
import { createPlayer } from "./player.ts";
import { tellAll } from "./tell.ts";

await tellAll(t, await createPlayer((clock) => wireReplayMemory(undefined, "s", clock, SILENT)));
