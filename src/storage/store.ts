/** The browser's BlobStore: one IndexedDB database, reached through idb-keyval on transactions of strict durability. */
import { get, getMany, promisifyRequest, type UseStore } from 'idb-keyval';
import type { BlobStore, Change, Stored } from '../core/base/blobStore';
import { HomegrownError } from '../core/base/errors';
import { connection, DATABASE } from './connection';

/**
 * @param name of the database
 * @throws HomegrownError `storage-blocked` when the browser refuses
 */
export async function openStore(name = DATABASE): Promise<BlobStore> {
  const withStore = connection(name);
  await attempt(() => withStore('readonly', () => Promise.resolve()));
  return {
    get: (key) => attempt(() => get<Stored>(key, withStore)),
    getMany: (keys) => attempt(() => getMany<Stored | undefined>([...keys], withStore)),
    entries: (prefix) =>
      attempt(async () => {
        const [keys, values] = await withStore('readonly', (store) =>
          Promise.all([keysIn(store, prefix), promisifyRequest<Stored[]>(store.getAll(rangeOf(prefix)))]),
        );
        return keys.map((key, i) => [key, values[i]!] as const);
      }),
    keys: (prefix) => attempt(() => withStore('readonly', (store) => keysIn(store, prefix))),
    commit(change) {
      // Read once: a retry needs them again.
      const put = [...(change.put ?? [])].map(([key, value]) => [key, withOwnBuffer(value)] as const);
      const [drop, expect] = [[...(change.drop ?? [])], [...(change.expect ?? [])]];
      return attempt(
        () => commit(withStore, { put, drop, expect }),
        () => bytesIn(put),
      );
    },
  };
}

/**
 * Commits in one transaction, which succeeded if and only if `complete` fires: on a full disk the requests succeed
 * first, then the transaction aborts. Awaiting anything else inside would commit it early.
 */
function commit(withStore: UseStore, { put, drop, expect }: Required<Change>): Promise<boolean> {
  return withStore('readwrite', (store) => {
    const { transaction } = store;
    return new Promise<boolean>((resolve, reject) => {
      let isAsExpected = true;
      let failure: unknown;
      transaction.onabort = () => {
        if (isAsExpected) reject(failure instanceof Error ? failure : reasonOf(transaction.error));
        else resolve(false);
      };
      transaction.oncomplete = () => resolve(true);
      const write = (): void => {
        try {
          for (const [key, value] of put) store.put(value, key);
          for (const key of drop) store.delete(key);
        } catch (error) {
          failure = error;
          transaction.abort();
        }
      };
      let pendingReads = 0;
      for (const [key, value] of expect) {
        pendingReads++;
        const request = store.get(key);
        request.onsuccess = () => {
          if (!isAsExpected) return;
          isAsExpected = JSON.stringify(request.result) === JSON.stringify(value);
          if (!isAsExpected) transaction.abort();
          else if (--pendingReads === 0) write();
        };
      }
      if (pendingReads === 0) write();
    });
  });
}

/** Rethrows a browser's failure in the product's words; `bytes` is the size of the write. */
async function attempt<T>(operation: () => Promise<T>, bytes = (): number => 0): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (error instanceof HomegrownError || !(error instanceof DOMException)) throw error;
    switch (error.name) {
      case 'QuotaExceededError':
        throw new HomegrownError(
          'storage-full',
          `The browser's storage is full: ${bytes()} bytes could not be written`,
          'Your stored data is safe. Delete checkpoints of other runs (on Runs), remove texts, or free disk space. Then try again.',
        );
      case 'NotReadableError':
      case 'DataError':
      case 'DataCloneError':
        throw new HomegrownError('storage-damaged', `A stored value can’t be read: ${error.message}`);
      case 'VersionError':
        throw new HomegrownError(
          'newer-version',
          'A newer version of Homegrown now uses this browser’s storage',
          'Reload this page to use it. Your saved data is safe.',
        );
      default:
        throw new HomegrownError(
          'storage-blocked',
          `The browser's storage doesn't respond (${error.name}: ${error.message})`,
          'Close other Homegrown tabs and reload. Private windows can’t store data.',
        );
    }
  }
}

const reasonOf = (error: DOMException | null): Error =>
  error ?? new DOMException('The transaction was aborted', 'AbortError');

/** Keys are ASCII paths, so everything that begins with a prefix sorts below the prefix and the last code unit. */
const rangeOf = (prefix: string): IDBKeyRange => IDBKeyRange.bound(prefix, `${prefix}\uffff`);

const keysIn = async (store: IDBObjectStore, prefix: string): Promise<string[]> =>
  (await promisifyRequest(store.getAllKeys(rangeOf(prefix)))).map(String);

/** Copies the bytes of a view: storing a view stores its whole buffer. */
const withOwnBuffer = (value: Stored): Stored =>
  value instanceof Uint8Array && value.byteLength !== value.buffer.byteLength ? value.slice() : value;

const bytesIn = (put: readonly (readonly [string, Stored])[]): number =>
  put.reduce((sum, [, value]) => sum + (value instanceof Uint8Array ? value.length : JSON.stringify(value).length), 0);
