/** Stores and files of older builds: golden/<commit>, next to the script that made them. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BlobStore, type Json, memoryStore, type Stored } from '../core/base/blobStore';
import { type ByteSource, bytesSource } from '../core/files/byteSource';

/**
 * Builds by commit. 7bac939 is the build at the start of the second storey, the first whose records and files must stay
 * readable. 1608a14 is the last with one project, texts without documents, and runs without their own segments. 96f5056
 * is the last whose runs contained their tokenizers' merges, and whose lists of steps lacked an overview.
 */
export const BUILDS = ['7bac939', '1608a14', '96f5056'] as const;
export type Build = (typeof BUILDS)[number];
const folderOf = (build: Build): string => fileURLToPath(new URL(`../../golden/${build}/`, import.meta.url));
export const GOLDEN = folderOf('7bac939');

/** All values of the build's IndexedDB. */
export const goldenValues = (build: Build = '7bac939'): [key: string, value: Stored][] =>
  filesUnder('store', build).map((path) => {
    const content = readFileSync(join(folderOf(build), 'store', path));
    const [, key, extension] = /^(.+)\.(bin|json)$/.exec(path)!;
    return [key!, extension === 'bin' ? Uint8Array.from(content) : (JSON.parse(content.toString()) as Json)];
  });

/** Golden store in memory; each call returns an unchanged one. */
export async function goldenStore(build: Build = '7bac939'): Promise<BlobStore> {
  const store = memoryStore();
  const values = cachedValues.get(build) ?? goldenValues(build);
  cachedValues.set(build, values);
  await store.commit({ put: values });
  return store;
}
/** Cached values: the store copies bytes, and records are not changed in place. */
const cachedValues = new Map<Build, [key: string, value: Stored][]>();

/** How that build resumed a run of the store, on a device of the same kind. */
export interface Continuation {
  runId: string;
  device: 'WASM' | 'WebGPU';
  /** Saved step that it resumed from, and the total number of steps. */
  from: number;
  of: number;
  steps: readonly (readonly [step: number, loss: number, gradientNorm: number])[];
}
export const continuations = (build: Build = '7bac939'): readonly Continuation[] =>
  JSON.parse(readFileSync(join(folderOf(build), 'continued.json'), 'utf8')) as Continuation[];

export const goldenFile = (path: string, build: Build = '7bac939'): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(readFileSync(join(folderOf(build), path)));

/** Files of a folder, for an import. */
export const goldenFolder = (folder: string, build: Build = '7bac939'): { name: string; source: ByteSource }[] =>
  filesUnder(folder, build).map((name) => ({ name, source: bytesSource(goldenFile(join(folder, name), build)) }));

/** Paths below a folder, with slashes, in order. */
export const filesUnder = (folder: string, build: Build = '7bac939'): string[] =>
  readdirSync(join(folderOf(build), folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folderOf(build), folder, '/').length))
    .map((path) => path.replaceAll('\\', '/'))
    .sort();
