import { createHash } from "node:crypto";
import { realpath, rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Another server works on this folder. */
export class FolderInUseError extends Error {
  readonly code = "GUARD_CONTROL_FOLDER_IN_USE";
  constructor(folder: string) {
    super(
      `Another guard is already working on the data folder ${folder}: give this one a GUARD_DATA_DIR of its own.`,
    );
    this.name = "FolderInUseError";
  }
}

export interface FolderLock {
  release(): Promise<void>;
}

/** The kernel's limit for a socket's path is 108 bytes. */
const SOCKET_PATH_MAX = 100;

/**
 * Holds a folder by listening on sockets: the kernel ends the hold with the process, however it dies, so nothing
 * stale has to be guessed from process numbers. On Linux the first is an abstract one, which leaves no file behind:
 * of any number of starters exactly one gets it. The second lies in the folder, for guards in other containers
 * that share it; only between those a stale file may be taken over twice in the same instant.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const real = await realpath(folder);
  const held: Server[] = [];
  const release = async () => {
    await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))));
  };
  try {
    if (process.platform === "linux") held.push(await listen(`\0guard-${nameOf(real)}`));
    held.push(await listenIn(real));
  } catch (error) {
    await release();
    throw isInUse(error) ? new FolderInUseError(folder) : error;
  }
  for (const server of held) server.unref();
  return { release };
}

/** A socket file whose process has died is taken over; one that answers is in use. */
async function listenIn(folder: string): Promise<Server> {
  const path = socketPath(folder);
  return listen(path).catch(async (error: unknown) => {
    if (!isInUse(error) || (await answers(path))) throw error;
    await rm(path, { force: true });
    return listen(path);
  });
}

function nameOf(folder: string): string {
  return createHash("sha256").update(folder).digest("hex").slice(0, 24);
}

function socketPath(folder: string): string {
  const inside = join(folder, "in-use.sock");
  if (Buffer.byteLength(inside) <= SOCKET_PATH_MAX) return inside;
  return join(tmpdir(), `guard-${nameOf(folder)}.sock`);
}

function listen(path: string): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", reject);
    server.listen(path, () => resolve(server));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function isInUse(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EADDRINUSE";
}
