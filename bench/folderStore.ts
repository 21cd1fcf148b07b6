/** A store with its bytes in a folder, like a browser on disk, so that memory measurements exclude stored data. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlobStore, memoryStore } from '../src/core/base/blobStore';

export async function folderStore(): Promise<BlobStore & { remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-text-'));
  const records = memoryStore();
  /** Paths of files by key. */
  const files = new Map<string, string>();
  const valueOf = async (key: string) => {
    const path = files.get(key);
    return path === undefined ? records.get(key) : new Uint8Array(await readFile(path));
  };
  const keys = async (prefix: string): Promise<string[]> =>
    [...(await records.keys(prefix)), ...[...files.keys()].filter((key) => key.startsWith(prefix))].sort();
  let written = 0;
  return {
    get: valueOf,
    getMany: (wanted) => Promise.all(wanted.map(valueOf)),
    entries: async (prefix) =>
      Promise.all((await keys(prefix)).map(async (key) => [key, (await valueOf(key))!] as const)),
    keys,
    async commit({ put = [], drop = [], expect = [] }) {
      const small: [string, Exclude<Awaited<ReturnType<typeof valueOf>>, undefined>][] = [];
      const large: [string, string][] = [];
      for (const [key, value] of put) {
        if (!(value instanceof Uint8Array)) {
          small.push([key, value]);
          continue;
        }
        const path = join(folder, String(written++));
        await writeFile(path, value);
        large.push([key, path]);
      }
      const dropped = [...drop];
      if (!(await records.commit({ put: small, drop: dropped, expect }))) return false;
      for (const [key, path] of large) files.set(key, path);
      for (const key of dropped) files.delete(key);
      return true;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
