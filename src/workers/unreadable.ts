/** Finds unreadable records, measures them, and exports their raw values. */
import type { BlobStore } from '../core/base/blobStore';
import { isUnreadable } from '../core/base/record';
import type { ByteStream } from '../core/files/byteSource';
import { KINDS, kindOf } from '../core/runs/kinds';
import type { UnreadableRecord } from '../protocol/data';

/** `runId`: run whose curve is checked, too. */
export async function listUnreadable(store: BlobStore, runId: string | null): Promise<UnreadableRecord[]> {
  const records: UnreadableRecord[] = [];
  for (const { unreadable } of KINDS)
    for (const { key, failure } of await unreadable(store, runId))
      records.push({ key, name: kindOf(key)?.name ?? 'A record', failure, bytes: await bytesUnder(store, key) });
  return records;
}

/** The stored values of a record as files: bytes unchanged, everything else as JSON. */
export async function rawFiles(store: BlobStore, key: string): Promise<readonly ByteStream[]> {
  const keys = [...new Set(await keysUnder(store, key))];
  return Promise.all(
    keys.map(async (relatedKey) => {
      const { ending, bytes } = await rawValue(store, relatedKey);
      return {
        name: `${relatedKey}.${ending}`,
        size: bytes.length,
        async *chunks() {
          yield (await rawValue(store, relatedKey)).bytes;
        },
      };
    }),
  );
}

/** Holds one value in memory at a time. A value that can't be read is replaced by the error. */
async function rawValue(store: BlobStore, key: string): Promise<{ ending: string; bytes: Uint8Array }> {
  const text = (content: string): Uint8Array => new TextEncoder().encode(content);
  try {
    const value = await store.get(key);
    if (value instanceof Uint8Array) return { ending: 'bin', bytes: value };
    return { ending: 'json', bytes: text(JSON.stringify(value ?? null)) };
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return { ending: 'txt', bytes: text(error.message) };
  }
}

async function bytesUnder(store: BlobStore, key: string): Promise<number> {
  let bytes = 0;
  for (const relatedKey of new Set(await keysUnder(store, key)))
    bytes += (await rawValue(store, relatedKey)).bytes.length;
  return bytes;
}

/** The keys of a record and of all values that belong to it. */
async function keysUnder(store: BlobStore, key: string): Promise<readonly string[]> {
  const storedKeys = new Set(await store.keys(''));
  return [key, ...((await kindOf(key)?.keysWith(store, key)) ?? [])].filter((relatedKey) => storedKeys.has(relatedKey));
}
