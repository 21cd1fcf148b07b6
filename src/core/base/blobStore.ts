/** Values that a store can hold: bytes or plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type Stored = Uint8Array | Json;

/**
 * A flat store of named values, with one atomic write. Keys are paths: `text/<id>/12`.
 * The browser's is IndexedDB (src/storage), the terminal's is a folder or memory.
 */
export interface BlobStore {
  get(key: string): Promise<Stored | undefined>;
  /** Returns the values of the keys, in order, from one snapshot. Much faster than hundreds of `get` calls. */
  getMany(keys: readonly string[]): Promise<(Stored | undefined)[]>;
  /** Returns the entries whose keys begin with `prefix`, in ascending key order, from one snapshot. */
  entries(prefix: string): Promise<(readonly [key: string, value: Stored])[]>;
  /** Returns the keys that begin with `prefix`, in ascending order. */
  keys(prefix: string): Promise<string[]>;
  /**
   * Applies the change atomically; durable once resolved. If a value differs (as JSON) from its `expect` entry, writes
   * nothing and returns false.
   * @throws HomegrownError `storage-full`, `storage-blocked`
   */
  commit(change: Change): Promise<boolean>;
}
export interface Change {
  put?: Iterable<readonly [key: string, value: Stored]>;
  drop?: Iterable<string>;
  expect?: Iterable<Expected>;
}
/** Value that a key must still have for a commit to succeed; `undefined` if the key must be absent. */
export type Expected = readonly [key: string, value: Json | undefined];

/** A BlobStore in memory, for tests and for the terminal. */
export function memoryStore(): BlobStore {
  const values = new Map<string, Stored>();
  const keys = (prefix: string): string[] => [...values.keys()].filter((key) => key.startsWith(prefix)).sort();
  return {
    get: (key) => Promise.resolve(values.get(key)),
    getMany: (keys) => Promise.resolve(keys.map((key) => values.get(key))),
    entries: (prefix) => Promise.resolve(keys(prefix).map((key) => [key, values.get(key)!] as const)),
    keys: (prefix) => Promise.resolve(keys(prefix)),
    commit({ put = [], drop = [], expect = [] }) {
      for (const [key, value] of expect) {
        if (JSON.stringify(values.get(key)) !== JSON.stringify(value)) return Promise.resolve(false);
      }
      for (const [key, value] of put) values.set(key, value instanceof Uint8Array ? value.slice() : value);
      for (const key of drop) values.delete(key);
      return Promise.resolve(true);
    },
  };
}
