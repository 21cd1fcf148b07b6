/** Keys of stored bases, and which bases exist, without reading their weights. */
import type { BlobStore } from '../base/blobStore';
import { HomegrownError } from '../base/errors';
import type { Kind } from '../base/record';
import { checkAllChunksExist } from './chunks';
import { MANIFEST, type Manifest, readManifest } from './manifest';

/** Hashes of all bases with any stored key, including those without a description. */
export async function storedBaseHashes(store: BlobStore): Promise<string[]> {
  const keys = [...(await store.keys(BASES)), ...(await store.keys(CHUNKS))];
  return [...new Set(keys.map((key) => key.split('/')[1]!))];
}

/** All keys of a base. */
export const baseKeys = async (store: BlobStore, hash: string): Promise<string[]> => [
  baseKey(hash),
  ...(await store.keys(`${CHUNKS}${hash}/`)),
];

/**
 * Description of a base. Checks that all chunks exist, without reading them.
 * @throws HomegrownError `storage-damaged`, `newer-version`
 */
export async function surveyBase(store: BlobStore, key: string): Promise<Manifest> {
  const manifest = await readManifest(store, key, BASE);
  const { id } = manifest;
  const damaged = (reason: string): HomegrownError =>
    new HomegrownError('storage-damaged', `The base ${id.slice(0, 12)}… can’t be opened: ${reason}`);
  const place = { key: (i: number) => baseChunkKey(id, i), damaged };
  checkAllChunksExist(manifest, place, new Set(await baseKeys(store, id)));
  return manifest;
}

export const BASES = 'base/';
export const baseKey = (hash: string): string => `${BASES}${hash}`;
const CHUNKS = 'bases/';
export const baseChunkKey = (hash: string, i: number): string => `${CHUNKS}${hash}/${String(i).padStart(5, '0')}`;

export const BASE: Kind<Manifest> = {
  ...MANIFEST,
  what: (key) => `The description of the base ${key.slice(BASES.length, BASES.length + 12)}…`,
  keyOf: ({ id }) => baseKey(id),
};
