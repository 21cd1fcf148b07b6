/**
 * Reads stored records. A crash, a disk or a later version of Homegrown may have left anything in the store.
 * An unreadable record is reported, skipped, and never collected or overwritten.
 */
import { ahead } from './ahead';
import type { BlobStore, Change, Json, Stored } from './blobStore';
import { type Failure, HomegrownError, toFailure } from './errors';
import type { z } from './zod';

/** Where it is, and why it cannot be read: `storage-damaged`, or `newer-version` where nothing in it may be guessed at. */
export interface Unreadable {
  key: string;
  failure: Failure;
}

/** One kind of record: its schema, its version, and its upgrades. */
export interface Kind<T> {
  /** The record under `key`, as a sentence begins: 'The record of run x'. */
  what(key: string): string;
  /** The newest that is known, which is what is written. */
  version: number;
  /** Of the newest version. */
  schema: z.ZodType<T>;
  /**
   * From version 1 to 2, from 2 to 3, ...: one fewer than there are versions. Pure, and without the version itself. They
   * meet whatever may lie there: one that throws says that the record cannot be read.
   */
  upgrades: readonly ((old: JsonObject, key: string) => object)[];
  /** Of one that may lie there as bytes: columns of numbers, which are read many times faster so. What it throws says why not. */
  ofBytes?(bytes: Uint8Array): T;
  /** What of one can be stored, where it may hold numbers that are none. */
  storable?(record: T): T;
  /** Where a record lies that says its own id: elsewhere, what is done to it would be done to another. */
  keyOf?(record: T): string;
  /**
   * Of a kind that is listed by the hundred, again and again: what was read last, by key, so that a value that is as it was
   * is not checked again. Nobody changes what is read: it is given to many.
   */
  known?: Map<string, { stored: string; record: T }>;
}
export type JsonObject = Readonly<Record<string, Json>>;

/**
 * The record under `key`, as of the newest version; undefined when there is none.
 * @throws HomegrownError `newer-version`, `storage-damaged`
 */
export async function readRecord<T>(store: BlobStore, key: string, kind: Kind<T>): Promise<T | undefined> {
  const value = await store.get(key);
  return value === undefined ? undefined : parseRecord(value, key, kind);
}

/**
 * The records under these keys, in their order, by key; and which of them cannot be read. Hundreds are asked for at once,
 * each for itself only where one of them keeps the store from answering.
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

/** Those under all keys that begin with `prefix`, in one look, and what these keys are. */
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
/** Of one that is known: a record that an older build wrote may be a hundred times as large. */
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

/** A record in place of another, what is written and dropped with it, and what else is expected then. */
export interface Changed<T> extends Pick<Change, 'put' | 'drop' | 'expect'> {
  record: T;
}

/**
 * Changes the record under `key`, which others may do too: what they wrote meanwhile is read, and changed again.
 * @param change of what is there; undefined: it is to stay
 * @returns what is there now; undefined where it stayed
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
    // A record that was parsed is no bytes.
    const own = [key, stored as Json | undefined] as const;
    const isMade = await store.commit({
      put: [...put, [key, storedRecord(kind, record)]],
      drop,
      expect: [own, ...expect],
    });
    if (isMade) return record;
  }
}

/** A record as it is stored: of the newest version, and without what is undefined, for which JSON has no word. */
export const storedRecord = <T extends object>(kind: Kind<T>, record: T): Json =>
  JSON.parse(JSON.stringify({ ...(kind.storable?.(record) ?? record), version: kind.version })) as Json;

/** One of the newest version, or of none, is given as it is. */
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
 * What `read` gives for each key, in their order, and which of them it could not read. Some are read at a time: what else is
 * asked of a store meanwhile does not wait for hundreds.
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

/** As `parseRecord`; undefined if the record can't be read. */
export function parseIfReadable<T>(stored: Stored, key: string, kind: Kind<T>): T | undefined {
  try {
    return parseRecord(stored, key, kind);
  } catch (error) {
    if (isUnreadable(error)) return undefined;
    throw error;
  }
}

/** What could be read; undefined where it cannot be. */
export const unlessUnreadable = <T>(reading: Promise<T>): Promise<T | undefined> =>
  reading.catch((error: unknown) => {
    if (isUnreadable(error)) return undefined;
    throw error;
  });

export const isUnreadable = (error: unknown): error is HomegrownError =>
  error instanceof HomegrownError && (error.code === 'storage-damaged' || error.code === 'newer-version');

/** Records from before they had versions are of the first; undefined where what is said is none. */
function versionOf(value: Json): number | undefined {
  const said = isObject(value) ? value['version'] : undefined;
  if (said === undefined) return 1;
  return typeof said === 'number' && said >= 1 && Number.isInteger(said) ? said : undefined;
}
