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
 * Holds a folder by listening on a socket in it: the kernel ends the hold with the process, however it dies,
 * so nothing stale has to be guessed from process numbers.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = await socketPath(folder);
  const server = await listen(path).catch(async (error: unknown) => {
    if (!isInUse(error)) throw error;
    if (await answers(path)) throw new FolderInUseError(folder);
    await rm(path, { force: true });
    return listen(path);
  });
  server.unref();
  return {
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function socketPath(folder: string): Promise<string> {
  const real = await realpath(folder);
  const inside = join(real, "in-use.sock");
  if (Buffer.byteLength(inside) <= SOCKET_PATH_MAX) return inside;
  const name = createHash("sha256").update(real).digest("hex").slice(0, 24);
  return join(tmpdir(), `guard-${name}.sock`);
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
