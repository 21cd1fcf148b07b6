import { HomegrownError } from '../core/base/errors';

/**
 * Deletes a database, and makes the browser forget its bytes as far as a page can. Chromium (LevelDB) keeps small
 * deleted values in log files until it rewrites them, after more writes than it holds in memory. Old log files are
 * deleted when the browser opens the files again. So noise overwrites the data before the deletion, and then nothing is
 * opened for as long as the browser waits before it closes its files. Nothing of this origin may have the database
 * open.
 * @throws HomegrownError `storage-blocked`
 */
export async function eraseDatabase(name: string): Promise<void> {
  // On a full disk there may be no room for noise; deleting needs none.
  await overwrite(name).catch(() => undefined);
  await deleteDatabase(name);
  await new Promise((resolve) => setTimeout(resolve, CLOSING_MS));
}

async function overwrite(name: string): Promise<void> {
  const database = await openCurrentVersion(name);
  try {
    for (const storeName of Array.from(database.objectStoreNames)) {
      const change = (write: (store: IDBObjectStore) => void): Promise<void> =>
        inTransaction(database, storeName, write);
      await change((store) => store.clear());
      for (let written = 0; written < NOISE_BYTES; written += BATCH * VALUE_BYTES) {
        await change((store) => {
          // Covers all possible keys: the space between them is overwritten.
          for (let i = 0; i < BATCH; i++) {
            const first = String.fromCharCode(FIRST_KEY + Math.floor((i * KEYS) / BATCH));
            store.put(crypto.getRandomValues(new Uint8Array(VALUE_BYTES)), `${first}${written}`);
          }
        });
      }
      await change((store) => store.clear());
    }
  } finally {
    database.close();
  }
}

function openCurrentVersion(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => {
      const { result } = request;
      result.onversionchange = () => result.close();
      resolve(result);
    };
    request.onerror = () => reject(blocked(request.error));
    request.onblocked = () => reject(blocked(null));
  });
}

function inTransaction(
  database: IDBDatabase,
  storeName: string,
  write: (store: IDBObjectStore) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(storeName, 'readwrite');
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(blocked(transaction.error));
    write(transaction.objectStore(storeName));
  });
}

function deleteDatabase(name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = () => resolve();
    request.onerror = () => reject(blocked(request.error));
    request.onblocked = () => reject(blocked(null));
  });
}

const blocked = (error: DOMException | null): HomegrownError =>
  new HomegrownError(
    'storage-blocked',
    error ? `Couldn’t delete the stored data (${error.message})` : 'Another tab has the stored data open',
    'Close other Homegrown tabs, then delete again.',
  );

/** More than the 4 MiB that Chromium holds in memory before it writes a log file. */
const NOISE_BYTES = 8 * 2 ** 20;
/** Less than the 64 KiB from which a value gets its own file, which is deleted with it. */
const VALUE_BYTES = 60_000;
const BATCH = 16;
/** The printable characters of ASCII. */
const FIRST_KEY = 33;
const KEYS = 94;
/** Chromium closes the files of a database 2 s after the last connection. */
const CLOSING_MS = 3000;
