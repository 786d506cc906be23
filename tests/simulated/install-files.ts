import { Buffer } from "node:buffer";
import { promises } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import type { MountedDisk } from "./simulated-disk.ts";
import { failure } from "./simulated-files.ts";

/** Paths below this are on simulated disks: `/simulated/<mount>/journal/…`. */
const PREFIX = "/simulated/";

type Any = (...given: never[]) => Promise<unknown>;

/**
 * Puts simulated disks behind `node:fs/promises` for paths below `/simulated/`, and leaves every other path as it is:
 * so journal, relay and entry loop are the real ones down to the last line, position files included.
 */
export class SimulatedFolders {
  private readonly mounts = new Map<string, MountedDisk>();
  private readonly real = { ...promises } as unknown as Readonly<Record<string, Any>>;
  private count = 0;

  /** The folder in which this process finds its disk. */
  mount(disk: MountedDisk): string {
    this.count += 1;
    this.mounts.set(String(this.count), disk);
    return `${PREFIX}${this.count}`;
  }

  clear(): void {
    this.mounts.clear();
  }

  install(): void {
    const replace = (
      name: string,
      run: (disk: MountedDisk, path: string, more: unknown[]) => unknown,
    ) => {
      const real = this.real[name];
      if (real === undefined) throw new Error(`node has no fs.promises.${name}`);
      const fake = async (path: unknown, ...more: unknown[]) => {
        const text = String(path);
        if (!text.startsWith(PREFIX)) return real(...([path, ...more] as never[]));
        const [disk, inside] = this.find(text);
        return run(disk, inside, more);
      };
      Object.assign(promises, { [name]: fake });
    };
    replace("open", (disk, path, [flags]) => disk.open(path, flags as string | undefined));
    replace("mkdir", () => undefined);
    replace("readdir", (disk, path) => disk.list(path));
    replace("stat", (disk, path) => disk.stat(path));
    replace("rm", (disk, path) => disk.remove(path));
    replace("unlink", (disk, path) => disk.remove(path));
    replace("rename", (disk, path, [to]) => disk.rename(path, this.find(String(to))[1]));
    replace("readFile", async (disk, path, [how]) => {
      const bytes = await disk.readFile(path);
      return how === undefined ? bytes : bytes.toString("utf8");
    });
    replace("writeFile", (disk, path, [content]) =>
      disk.writeFile(path, Buffer.from(content as string)),
    );
    syncBuiltinESMExports();
  }

  uninstall(): void {
    Object.assign(promises, this.real);
    syncBuiltinESMExports();
  }

  private find(path: string): [MountedDisk, string] {
    const [mount = "", ...inside] = path.slice(PREFIX.length).split("/");
    const disk = this.mounts.get(mount);
    if (disk === undefined) throw failure("ENOENT");
    return [disk, `/${inside.join("/")}`];
  }
}
