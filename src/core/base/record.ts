/**
 * Reads stored records. A crash, a disk or a later version of Homegrown may have left anything in the store.
 * An unreadable record is reported, skipped, and never collected or overwritten.
 */
import { ahead } from './ahead';
import type { BlobStore, Change, Json, Stored } from './blobStore';
import { type Failure, HomegrownError, toFailure } from './errors';
import type { z } from './zod';

/** Key and reason of an unreadable record: `storage-damaged`, or `newer-version`, which must not be interpreted. */
export interface Unreadable {
  key: string;
  failure: Failure;
}

/** One kind of record: its schema, its version, and its upgrades. */
export interface Kind<T> {
  /** Describes the record under `key`, as a sentence begins: 'The record of run x'. */
  what(key: string): string;
  /** Newest known version, which is the one written. */
  version: number;
  /** Schema of the newest version. */
  schema: z.ZodType<T>;
  /**
   * Upgrades from version 1 to 2, from 2 to 3, …: one fewer than there are versions. Pure functions without the
   * version itself. They must accept any content; throwing marks the record as unreadable.
   */
  upgrades: readonly ((old: JsonObject, key: string) => object)[];
  /** Parses a record stored as bytes: number columns, which read many times faster so. Throws the reason if invalid. */
  ofBytes?(bytes: Uint8Array): T;
  /** Replaces what JSON can't store, such as non-finite numbers. */
  storable?(record: T): T;
  /** Key of a record that contains its own ID. Under another key, it's rejected, since changes would go elsewhere. */
  keyOf?(record: T): string;
  /**
   * Cache by key, for kinds that are listed often by the hundred: an unchanged value isn't checked again. Records are
   * shared, so nobody may change them.
   */
  known?: Map<string, { stored: string; record: T }>;
}
export type JsonObject = Readonly<Record<string, Json>>;

/**
 * Reads the record under `key`, upgraded to the newest version; undefined if there is none.
 * @throws HomegrownError `newer-version`, `storage-damaged`
 */
export async function readRecord<T>(store: BlobStore, key: string, kind: Kind<T>): Promise<T | undefined> {
  const value = await store.get(key);
  return value === undefined ? undefined : parseRecord(value, key, kind);
}

/**
 * Reads the records under these keys, in order, and lists the unreadable ones. Reads hundreds at once, and one by one
 * only if one of them makes the store fail.
 */
export async function readRecords<T>(
  store: BlobStore,
  keys: readonly string[],
  kind: Kind<T>,
): Promise<{ records: ReadonlyMap<string, T>; unreadable: readonly Unreadable[] }> {
  const records = new Map<string, T>();
  const unreadable: Unreadable[] = [];
  for (let at = 0; at < keys.length; at += AT_ONCE) {
    const some = keys.slice(at, at + AT_ONCE);
    const values = await unlessUnreadable(store.getMany(some));
    const there = values && new Map(some.map((key, i) => [key, values[i]]));
    const found = await readEach(some, (key) => (there ? there.get(key) : store.get(key)), kind);
    for (const [key, record] of found.records) records.set(key, record);
    unreadable.push(...found.unreadable);
  }
  return { records, unreadable };
}
const AT_ONCE = 256;

/** Reads all records whose keys begin with `prefix` in one call, and returns these keys. */
export async function readRecordsUnder<T>(
  store: BlobStore,
  prefix: string,
  kind: Kind<T>,
): Promise<{ keys: readonly string[]; records: ReadonlyMap<string, T>; unreadable: readonly Unreadable[] }> {
  const entries = await unlessUnreadable(store.entries(prefix));
  const there = entries && new Map(entries);
  const keys = there ? [...there.keys()] : await store.keys(prefix);
  const read = there ? readEach(keys, (key) => there.get(key), kind) : readRecords(store, keys, kind);
  return { keys, ...(await read) };
}

async function readEach<T>(
  keys: readonly string[],
  valueOf: (key: string) => Stored | undefined | Promise<Stored | undefined>,
  kind: Kind<T>,
): Promise<{ records: ReadonlyMap<string, T>; unreadable: readonly Unreadable[] }> {
  const { records, unreadable } = await readAll(keys, async (key) => {
    const value = await valueOf(key);
    return value === undefined ? undefined : ([key, parseRecord(value, key, kind)] as const);
  });
  return { records: new Map(records), unreadable };
}

/** @throws HomegrownError `newer-version`, `storage-damaged` */
export function parseRecord<T>(value: Stored, key: string, kind: Kind<T>): T {
  const { known } = kind;
  if (!known || value instanceof Uint8Array) return checked(value, key, kind);
  const stored = JSON.stringify(value);
  const before = known.get(key);
  if (before?.stored === stored) return before.record;
  const record = checked(value, key, kind);
  if (known.size >= MAX_CACHED) known.clear();
  if (stored.length <= MAX_CHARACTERS) known.set(key, { stored, record });
  return record;
}
const MAX_CACHED = 1000;
/** Longest cached record: one from an older build may be a hundred times as large. */
const MAX_CHARACTERS = 10_000;

function checked<T>(value: Stored, key: string, kind: Kind<T>): T {
  const what = kind.what(key);
  const unreadable = (why: string): HomegrownError =>
    new HomegrownError('storage-damaged', `${what} cannot be read: ${why}`);
  if (value instanceof Uint8Array) {
    if (!kind.ofBytes) throw unreadable(`there are ${value.length} bytes in its place`);
    return attempted(() => kind.ofBytes!(value), unreadable);
  }
  const version = versionOf(value);
  if (version === undefined) throw unreadable('its version is invalid');
  if (version > kind.version) {
    throw new HomegrownError(
      'newer-version',
      `${what} was made by a newer Homegrown: it has version ${version}, and this one reads up to ${kind.version}`,
    );
  }
  const { success, data, error } = kind.schema.safeParse(upgraded(value, version, key, kind, unreadable));
  if (!success) {
    const [issue] = error.issues;
    const place = issue?.path.length ? ` at ${issue.path.join('.')}` : '';
    throw unreadable(`${issue?.message ?? 'unknown'}${place}`);
  }
  if (kind.keyOf && kind.keyOf(data) !== key) throw unreadable('it is stored under a different id');
  return data;
}

/** New record to store, with other puts, drops and expectations of the same commit. */
export interface Changed<T> extends Pick<Change, 'put' | 'drop' | 'expect'> {
  record: T;
}

/**
 * Changes the record under `key`. If another writer changed it meanwhile, reads it and applies the change again.
 * @param change returns the new record, or undefined to keep the old one
 * @returns the new record; undefined if nothing changed
 * @throws HomegrownError as `readRecord` does
 */
export async function changeRecord<T extends object>(
  store: BlobStore,
  key: string,
  kind: Kind<T>,
  change: (old: T | undefined) => Changed<T> | undefined | Promise<Changed<T> | undefined>,
): Promise<T | undefined> {
  for (;;) {
    const stored = await store.get(key);
    const changed = await change(stored === undefined ? undefined : parseRecord(stored, key, kind));
    if (!changed) return undefined;
    const { record, put = [], drop = [], expect = [] } = changed;
    // A parsed record isn't bytes.
    const own = [key, stored as Json | undefined] as const;
    const isMade = await store.commit({
      put: [...put, [key, storedRecord(kind, record)]],
      drop,
      expect: [own, ...expect],
    });
    if (isMade) return record;
  }
}

/** Converts a record for storage: newest version, without undefined properties, which JSON doesn't have. */
export const storedRecord = <T extends object>(kind: Kind<T>, record: T): Json =>
  JSON.parse(JSON.stringify({ ...(kind.storable?.(record) ?? record), version: kind.version })) as Json;

/** Upgrades to the newest version; returns a current record, or a value that isn't an object, unchanged. */
function upgraded(
  value: Json,
  version: number,
  key: string,
  { upgrades }: Kind<unknown>,
  unreadable: (why: string) => HomegrownError,
): unknown {
  const missed = upgrades.slice(version - 1);
  if (missed.length === 0 || !isObject(value)) return value;
  return attempted(() => {
    const newest = missed.reduce((old, upgrade) => upgrade(old, key) as JsonObject, value);
    return { ...newest, version: upgrades.length + 1 };
  }, unreadable);
}

function attempted<T>(read: () => T, unreadable: (why: string) => HomegrownError): T {
  try {
    return read();
  } catch (thrown) {
    throw unreadable(thrown instanceof Error ? thrown.message : String(thrown));
  }
}

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Calls `read` for each key, in order, and lists the unreadable ones. Limits the calls in flight, so that other store
 * requests don't wait behind hundreds.
 */
export async function readAll<T>(
  keys: readonly string[],
  read: (key: string) => Promise<T | undefined>,
): Promise<{ records: T[]; unreadable: Unreadable[] }> {
  const records: T[] = [];
  const unreadable: Unreadable[] = [];
  const look = async (key: string): Promise<T | undefined> => {
    try {
      return await read(key);
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      unreadable.push({ key, failure: toFailure(error) });
      return undefined;
    }
  };
  for await (const record of ahead(keys, look)) if (record !== undefined) records.push(record);
  return { records, unreadable: unreadable.sort((a, b) => (a.key < b.key ? -1 : 1)) };
}

/** Same as `parseRecord`, but undefined if the record can't be read. */
export function parseIfReadable<T>(stored: Stored, key: string, kind: Kind<T>): T | undefined {
  try {
    return parseRecord(stored, key, kind);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** Awaits a read; undefined if the record is unreadable. */
export const unlessUnreadable = <T>(reading: Promise<T>): Promise<T | undefined> =>
  reading.catch((error: unknown) => {
    if (isUnreadable(error)) return undefined;
    throw error;
  });

export const isUnreadable = (error: unknown): error is HomegrownError =>
  error instanceof HomegrownError && (error.code === 'storage-damaged' || error.code === 'newer-version');

/** Version of a stored record; 1 if it has none, as the oldest records; undefined if invalid. */
function versionOf(value: Json): number | undefined {
  const said = isObject(value) ? value['version'] : undefined;
  if (said === undefined) return 1;
  return typeof said === 'number' && said >= 1 && Number.isInteger(said) ? said : undefined;
}
