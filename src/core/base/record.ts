/**
 * Records as they come back from the store, where a crash, a disk or a later version of Homegrown may have left anything.
 * One that cannot be read is left as it is: it is told, skipped, and never collected or written over.
 */
import type { BlobStore, Stored } from './blobStore';
import { type Failure, HomegrownError, toFailure } from './errors';
import type { z } from './zod';

/** Where it is, and why it cannot be read: `storage-damaged`, or `newer-version` where nothing in it may be guessed at. */
export interface Unreadable {
  key: string;
  failure: Failure;
}

/**
 * The record under `key`; undefined when there is none.
 * @param what it is, as a sentence begins: 'The record of run x'
 * @throws HomegrownError `newer-version`, `storage-damaged`
 */
export async function readRecord<T>(
  store: BlobStore,
  key: string,
  schema: z.ZodType<T>,
  what: string,
): Promise<T | undefined> {
  const value = await store.get(key);
  return value === undefined ? undefined : parseRecord(value, schema, what);
}

/** @throws HomegrownError `newer-version`, `storage-damaged` */
export function parseRecord<T>(value: Stored, schema: z.ZodType<T>, what: string): T {
  const version = versionOf(value);
  if (version > NEWEST_VERSION) {
    throw new HomegrownError(
      'newer-version',
      `${what} was made by a newer Homegrown: it is of version ${version}, and this one knows ${NEWEST_VERSION}`,
    );
  }
  if (value instanceof Uint8Array)
    throw new HomegrownError('storage-damaged', `${what} cannot be read: there are ${value.length} bytes in its place`);
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  const place = issue?.path.length ? ` at ${issue.path.join('.')}` : '';
  throw new HomegrownError('storage-damaged', `${what} cannot be read: ${issue?.message ?? 'unknown'}${place}`);
}

/** A record that says its own id must lie where that id says, or what is done to it would be done to another. */
export const named = <T extends { id: string }>(schema: z.ZodType<T>, id: string): z.ZodType<T> =>
  schema.refine((record) => record.id === id, { message: 'it is not where its id says', path: ['id'] });

/** What `read` gives for each key, and which of them it could not read. */
export async function readAll<T>(
  keys: readonly string[],
  read: (key: string) => Promise<T | undefined>,
): Promise<{ records: T[]; unreadable: Unreadable[] }> {
  const records: T[] = [];
  const unreadable: Unreadable[] = [];
  await Promise.all(
    keys.map(async (key) => {
      try {
        const record = await read(key);
        if (record !== undefined) records.push(record);
      } catch (error) {
        if (!isUnreadable(error)) throw error;
        unreadable.push({ key, failure: toFailure(error) });
      }
    }),
  );
  return { records, unreadable: unreadable.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

export const isUnreadable = (error: unknown): error is HomegrownError =>
  error instanceof HomegrownError && (error.code === 'storage-damaged' || error.code === 'newer-version');

/** Records from before they had versions are of the first. */
function versionOf(value: unknown): number {
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  return typeof version === 'number' ? version : 1;
}
const NEWEST_VERSION = 1;
