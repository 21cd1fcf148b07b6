import 'fake-indexeddb/auto';
import { IDBDatabase, IDBFactory, IDBObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { memoryStore, type BlobStore } from '../core/base/blobStore';
import { claimRun, loadSnapshot } from '../core/checkpoint/checkpoint';
import { lockRun, lockTraining, isTraining } from './lock';
import { openStore } from './store';
import { usage } from './usage';

beforeEach(() => void vi.stubGlobal('indexedDB', new IDBFactory()));
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('behaves as the store in memory does', async () => {
  const tell = async (store: BlobStore): Promise<unknown[]> => {
    const said: unknown[] = [];
    said.push(
      await store.commit({
        put: [
          ['a/1', Uint8Array.of(1, 2)],
          ['a/2', { x: [1, null, 'é'] }],
          ['b', 0],
        ],
      }),
    );
    said.push(await store.get('a/1'), await store.get('a/2'), await store.get('b'), await store.get('c'));
    said.push(await store.getMany(['b', 'c', 'a/1', 'b']), await store.getMany([]));
    said.push(await store.entries('a/'), await store.entries(''), await store.entries('c'));
    said.push(await store.keys('a/'), await store.keys(''), await store.keys('a/2'), await store.keys('A'));
    said.push(await store.commit({ put: [['b', 1]], drop: ['a/1'], expect: [['b', 5]] }), await store.get('b'));
    said.push(
      await store.commit({
        put: [['b', 1]],
        drop: ['a/1'],
        expect: [
          ['b', 0],
          ['c', undefined],
        ],
      }),
    );
    said.push(
      await store.commit({
        put: [['b', 2]],
        expect: [
          ['a/2', { x: [1, null, 'é'] }],
          ['b', 0],
        ],
      }),
    );
    said.push(await store.keys(''), await store.get('b'), await store.commit({}));
    return said;
  };
  expect(await tell(await openStore())).toEqual(await tell(memoryStore()));
});

test('stores only the bytes of a view, not the buffer behind it', async () => {
  const store = await openStore();
  await store.commit({ put: [['k', new Uint8Array(1000).subarray(10, 12)]] });
  expect(((await store.get('k')) as Uint8Array).buffer.byteLength).toBe(2);
});

test('every transaction asks for strict durability', async () => {
  const store = await openStore();
  const transaction = vi.spyOn(IDBDatabase.prototype, 'transaction');
  await store.commit({ put: [['k', 1]] });
  await store.get('k');
  for (const [, , options] of transaction.mock.calls) expect(options).toEqual({ durability: 'strict' });
  expect(transaction.mock.calls.map(([, mode]) => mode)).toEqual(['readwrite', 'readonly']);
});

/** As Chromium does on a full disk: the requests succeed, then the transaction is aborted with the reason. */
function fillDisk(): void {
  const add = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'put')!.value as IDBObjectStore['put'];
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...given) {
    const request = add.apply(this, given);
    request.onsuccess = () => {
      const { transaction } = this;
      Object.defineProperty(transaction, 'error', { value: new DOMException('no room', 'QuotaExceededError') });
      transaction.abort();
    };
    return request;
  });
}

test('a full disk is reported with the bytes needed, and nothing of the commit happens', async () => {
  const store = await openStore();
  await store.commit({ put: [['k', 1]] });
  fillDisk();
  const commit = store.commit({
    put: [
      ['k', 2],
      ['big', new Uint8Array(5000)],
    ],
    drop: ['k'],
  });
  await expect(commit).rejects.toMatchObject({
    code: 'storage-full',
    message: expect.stringContaining('5001 bytes') as string,
  });
  vi.restoreAllMocks();
  expect(await store.get('k')).toBe(1);
  expect(await store.keys('')).toEqual(['k']);
});

test('a value that cannot be stored undoes the whole commit', async () => {
  const store = await openStore();
  const bad = { f: () => 1 } as unknown as string;
  await expect(
    store.commit({
      put: [
        ['a', 1],
        ['b', bad],
      ],
    }),
  ).rejects.toMatchObject({ code: 'storage-damaged' });
  expect(await store.keys('')).toEqual([]);
});

test('of two commits with the same expectation, one succeeds', async () => {
  const [a, b] = [await openStore(), await openStore()];
  const results = await Promise.all(
    [a, b].map((store, i) => store.commit({ put: [['head', i]], expect: [['head', undefined]] })),
  );
  expect(results).toEqual([true, false]);
  expect(await a.get('head')).toBe(0);
});

test('a connection that closed by itself reopens; a newer version can open', async () => {
  const store = await openStore();
  await store.commit({ put: [['k', 1]] });
  const newer = indexedDB.open('homegrown', 4);
  const version = await new Promise<number>((resolve) => {
    newer.onsuccess = () => {
      newer.result.close();
      resolve(newer.result.version);
    };
  });
  expect(version).toBe(4);
  // Now our version is too old: refused in words, not hung.
  await expect(store.get('k')).rejects.toMatchObject({ code: 'newer-version' });
  await expect(openStore()).rejects.toMatchObject({ code: 'newer-version' });
});

/** As the build before the fence: opens version 1, and closes when a newer one is asked for. */
function openOld(): Promise<IDBDatabase> {
  const request = indexedDB.open('homegrown', 1);
  return new Promise((resolve) => {
    request.onupgradeneeded = () => request.result.createObjectStore('values');
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
  });
}

test('an idle tab of an older build is locked out and its data stays; one that trains may finish', async () => {
  const old = await openOld();
  const put = old.transaction('values', 'readwrite').objectStore('values').put({ revision: 1 }, 'project');
  await new Promise((resolve) => (put.onsuccess = resolve));
  let held = [{ name: 'homegrown:training' }];
  vi.stubGlobal('navigator', { locks: { query: () => Promise.resolve({ held }) } });
  await expect(openStore()).rejects.toMatchObject({
    code: 'in-use',
    message: expect.stringContaining('earlier version') as string,
  });
  expect(() => old.transaction('values')).not.toThrow();
  held = [];
  const store = await openStore();
  expect(await store.get('project')).toEqual({ revision: 1 });
  expect(() => old.transaction('values')).toThrow();
  const again = indexedDB.open('homegrown', 1);
  await new Promise((resolve) => (again.onerror = resolve));
  expect(again.error?.name).toBe('VersionError');
  // Behind the version lock, no locks are queried.
  held = [{ name: 'homegrown:training' }];
  expect(await (await openStore()).get('project')).toEqual({ revision: 1 });
});

test('InvalidStateError reopens once and continues', async () => {
  const store = await openStore();
  await store.commit({ put: [['k', 1]] });
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementationOnce(() => {
    throw new DOMException('closing', 'InvalidStateError');
  });
  expect(await store.get('k')).toBe(1);
  vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(() => {
    throw new DOMException('closing', 'InvalidStateError');
  });
  await expect(store.get('k')).rejects.toMatchObject({ code: 'storage-blocked' });
});

test('opening is tried again after UnknownError, and no more than three times', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const failing = (times: number): void => {
    let left = times;
    const real = new IDBFactory();
    vi.stubGlobal('indexedDB', {
      open: (name: string, version: number) => {
        if (left-- === 0) return real.open(name, version);
        const request: { onerror?: () => void; error: DOMException } = {
          error: new DOMException('disk', 'UnknownError'),
        };
        queueMicrotask(() => request.onerror?.());
        return request;
      },
    });
  };
  const opened = async (): Promise<string> => {
    const outcome = openStore().then(
      () => 'opened',
      (error: unknown) => (error as { code: string }).code,
    );
    for (let i = 0; i < 4; i++) await vi.advanceTimersByTimeAsync(2000);
    return outcome;
  };
  failing(3);
  expect(await opened()).toBe('opened');
  failing(4);
  expect(await opened()).toBe('storage-blocked');
  vi.useRealTimers();
});

test('a browser without storage gets an error that explains it', async () => {
  vi.stubGlobal('indexedDB', undefined);
  await expect(openStore()).rejects.toMatchObject({ code: 'storage-blocked' });
});

test('the checkpoint protocol holds, also when the disk fills during a save', async () => {
  const store = await openStore();
  const at = (step: number) => ({
    state: { step, tokensSeen: 0, activeMs: 0, best: null },
    tensors: new Map([['w', { shape: [50], data: new Float32Array(50).fill(step) }]]),
  });
  const writer = await claimRun(store, 'r', 64);
  await writer.save(at(1));
  fillDisk();
  await expect(writer.save(at(2))).rejects.toMatchObject({ code: 'storage-full' });
  vi.restoreAllMocks();
  expect((await loadSnapshot(store, 'r')).snapshot).toEqual(at(1));
  await writer.save(at(3));
  expect((await loadSnapshot(store, 'r')).snapshot).toEqual(at(3));
});

test('one tab holds a run', async () => {
  const held = new Set<string>();
  vi.stubGlobal('navigator', {
    locks: {
      async request(name: string, _: object, callback: (lock: object | null) => Promise<void> | undefined) {
        if (held.has(name)) return callback(null);
        held.add(name);
        await callback({});
        held.delete(name);
      },
      query: () => Promise.resolve({ held: [...held].map((name) => ({ name })) }),
    },
  });
  const first = await lockRun('r');
  await expect(lockRun('r')).rejects.toMatchObject({ code: 'in-use' });
  await lockRun('other');
  first.release();
  await new Promise((resolve) => setTimeout(resolve));
  await lockRun('r');

  expect(await isTraining()).toBe(false);
  const training = await lockTraining();
  expect(await isTraining()).toBe(true);
  await expect(lockTraining()).rejects.toMatchObject({
    code: 'in-use',
    message: expect.stringMatching(/another tab/) as string,
  });
  training.release();
  await new Promise((resolve) => setTimeout(resolve));
  expect(await isTraining()).toBe(false);
  await lockTraining();
});

test("usage is the browser's number, without its quota", async () => {
  vi.stubGlobal('navigator', {
    storage: { estimate: () => Promise.resolve({ usage: 7, quota: 1e10 }), persisted: () => Promise.resolve(true) },
  });
  expect(await usage()).toEqual({ bytes: 7, persistent: true });
});
