import { write } from "node:fs";
import { open, rm } from "node:fs/promises";

/** What the log asks of the file system; tests give it one that fails. */
export interface LogDisk {
  /** Empty, made where it is not there. */
  open(path: string): Promise<LogFile>;
  /** It may be gone already. */
  remove(path: string): Promise<void>;
  /** A file's name is on disk, and gone from it, only once its folder is. */
  syncFolder(folder: string): Promise<void>;
}

export interface LogFile {
  /** Returns how many bytes were taken. */
  write(bytes: Buffer, position: number): Promise<number>;
  datasync(): Promise<void>;
  /** May be asked for again. */
  close(): Promise<void>;
}

export const realLogDisk: LogDisk = {
  open: async (path) => {
    const file = await open(path, "w", 0o640);
    return {
      write: (bytes, position) => writeSome(file.fd, bytes, position),
      datasync: () => file.datasync(),
      close: () => file.close(),
    };
  },
  remove: (path) => rm(path, { force: true }),
  syncFolder: async (folder) => {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

function writeSome(fd: number, bytes: Buffer, position: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, 0, bytes.length, position, (error, took) => {
      if (error) reject(error);
      else resolve(took);
    });
  });
}
