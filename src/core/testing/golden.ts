/** What an older build stored in a browser and wrote into files: golden/<commit>, beside the script that made it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BlobStore, type Json, memoryStore, type Stored } from '../base/blobStore';
import { type ByteSource, bytesSource } from '../files/byteSource';

/** The build at the start of the second storey: the first whose records and files are promised to open. */
export const GOLDEN = fileURLToPath(new URL('../../../golden/7bac939/', import.meta.url));

/** Every value of its IndexedDB. */
export const goldenValues = (): [key: string, value: Stored][] =>
  filesUnder('store').map((path) => {
    const content = readFileSync(join(GOLDEN, 'store', path));
    const [, key, ending] = /^(.+)\.(bin|json)$/.exec(path)!;
    return [key!, ending === 'bin' ? Uint8Array.from(content) : (JSON.parse(content.toString()) as Json)];
  });

/** In memory; whatever a test does to it, the next one gets it as it was. */
export async function goldenStore(): Promise<BlobStore> {
  const store = memoryStore();
  await store.commit({ put: goldenValues() });
  return store;
}

/** How that build itself went on with a run of the store, on a device of the same kind. */
export interface Continuation {
  runId: string;
  device: 'WASM' | 'WebGPU';
  /** The saved step that it went on from, and how many there were to be in all. */
  from: number;
  of: number;
  steps: readonly (readonly [step: number, loss: number, gradientNorm: number])[];
}
export const continuations = (): readonly Continuation[] =>
  JSON.parse(readFileSync(join(GOLDEN, 'continued.json'), 'utf8')) as Continuation[];

export const goldenFile = (path: string): Uint8Array<ArrayBuffer> => Uint8Array.from(readFileSync(join(GOLDEN, path)));

/** The files of a folder, as they are brought in. */
export const goldenFolder = (folder: string): { name: string; source: ByteSource }[] =>
  filesUnder(folder).map((name) => ({ name, source: bytesSource(goldenFile(join(folder, name))) }));

/** Paths below a folder, with slashes, in order. */
export const filesUnder = (folder: string): string[] =>
  readdirSync(join(GOLDEN, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(GOLDEN, folder, '/').length))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
