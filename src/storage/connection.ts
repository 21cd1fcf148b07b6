import type { UseStore } from 'idb-keyval';
import { HomegrownError } from '../core/base/errors';
import { isTraining } from './lock';

/**
 * An idb-keyval store that outlives its connection: browsers close them by themselves (a long day, site data
 * cleared), so a transaction that cannot be opened is tried once more on a new one. Strict durability: Chrome's default
 * reports success before the bytes are on disk.
 */
export function connection(name: string): UseStore {
  let database: Promise<IDBDatabase> | undefined;
  const connect = (): Promise<IDBDatabase> => {
    database ??= open(name, () => (database = undefined));
    database.catch(() => (database = undefined));
    return database;
  };
  const transaction = async (mode: IDBTransactionMode): Promise<IDBTransaction> => {
    const current = await connect();
    try {
      return current.transaction(STORE, mode, { durability: 'strict' });
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'InvalidStateError') throw error;
      database = undefined;
      return (await connect()).transaction(STORE, mode, { durability: 'strict' });
    }
  };
  return async (mode, callback) => callback((await transaction(mode)).objectStore(STORE));
}

/** Chromium throws `UnknownError` while the disk or another process blocks its files; this often passes. */
async function open(name: string, onClosed: () => void): Promise<IDBDatabase> {
  await checkNoOlderTraining(name);
  for (let attempt = 0; ; attempt++) {
    try {
      return await openOnce(name, onClosed);
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'UnknownError' || attempt === RETRY_MS.length) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS[attempt]));
    }
  }
}

/**
 * The version locks out tabs of earlier builds, so that none deletes records that it doesn't know. None can train a run
 * whose record it can't read, either. An older tab that trains may finish.
 * @throws HomegrownError `in-use` while an older tab trains
 */
async function checkNoOlderTraining(name: string): Promise<void> {
  // If the browser doesn't list databases, the older tab's next save fails, and its last save stays valid.
  if (typeof indexedDB === 'undefined' || !('databases' in indexedDB)) return;
  const databases = await indexedDB.databases().catch(() => []);
  const version = databases.find((database) => database.name === name)?.version ?? VERSION;
  if (version >= VERSION || !(await isTraining())) return;
  throw new HomegrownError(
    'in-use',
    'A tab with an earlier version of Homegrown is training, and this version would cut off its storage',
    'Stop it there or wait until it ends, then reload this page. Nothing was changed.',
  );
}

function openOnce(name: string, onClosed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    if (typeof indexedDB === 'undefined') throw blocked('This browser has no IndexedDB');
    const request = indexedDB.open(name, VERSION);
    request.onupgradeneeded = () => {
      const { objectStoreNames } = request.result;
      if (!objectStoreNames.contains(STORE)) request.result.createObjectStore(STORE);
    };
    request.onblocked = () => reject(blocked('Another tab has an older version of the storage open'));
    request.onerror = () => reject(request.error ?? blocked('Couldn’t open the storage'));
    request.onsuccess = () => {
      const { result } = request;
      result.onclose = onClosed;
      // A newer version in another tab must not wait for this one.
      result.onversionchange = () => {
        result.close();
        onClosed();
      };
      resolve(result);
    };
  });
}

const blocked = (message: string): HomegrownError =>
  new HomegrownError('storage-blocked', message, 'Close other Homegrown tabs and reload.');

export const DATABASE = 'homegrown';
const STORE = 'values';
/** 2 since a store holds several projects, 3 since merges are stored next to runs, both 2026-11-26. Its one table is the same. */
const VERSION = 3;
const RETRY_MS = [100, 400, 1600];
