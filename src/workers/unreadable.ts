/** Everything stored that cannot be read: found, measured, and handed over as it lies there. */
import type { BlobStore } from '../core/base/blobStore';
import { unreadableDrafts } from '../core/base/draft';
import { isUnreadable, readAll, type Unreadable } from '../core/base/record';
import type { ByteStream } from '../core/files/byteSource';
import { snapshotKeys, surveySnapshots } from '../core/checkpoint/checkpoint';
import { chunkKey, headKey, HEADS, isRunId, MANIFESTS } from '../core/checkpoint/head';
import { journalKey, unreadableInJournal } from '../core/runs/journal';
import { unreadableProjects } from '../core/runs/projects';
import { recordKey, unreadableRuns } from '../core/runs/record';
import { readShards } from '../core/shards/build';
import { manifestKey as dataKey, shardsPrefix } from '../core/shards/manifest';
import { textChunksPrefix, textKey, unreadableTexts } from '../core/documents/library';
import type { UnreadableRecord } from '../protocol/data';

/** `runId`: whose curve is looked at too. */
export async function listUnreadable(store: BlobStore, runId: string | null): Promise<UnreadableRecord[]> {
  const found = [
    ...(await unreadableProjects(store)),
    ...(await unreadableTexts(store)),
    ...(await unreadableRuns(store)),
    ...(await unreadableSteps(store)),
    ...(await unreadableDrafts(store)),
    ...(runId === null ? [] : await unreadableInJournal(store, runId)),
    ...(await readAll(await idsUnder(store, dataKey('')), (id) => readShards(store, id))).unreadable.map(
      ({ key, failure }) => ({ key: dataKey(key), failure }),
    ),
  ];
  const records: UnreadableRecord[] = [];
  for (const { key, failure } of found) records.push({ key, failure, bytes: await bytesUnder(store, key) });
  return records;
}

/** Lists of saved steps, and saved steps. */
async function unreadableSteps(store: BlobStore): Promise<Unreadable[]> {
  const damaged: Unreadable[] = [];
  const runs = [
    ...(await idsUnder(store, HEADS)),
    ...(await idsUnder(store, MANIFESTS)).map((id) => id.split('/')[0]!), // also where the list of them is missing
  ].filter(isRunId);
  const { unreadable } = await readAll([...new Set(runs)].map(headKey), async (key) => {
    damaged.push(...(await surveySnapshots(store, key.slice(HEADS.length))).damaged);
    return undefined;
  });
  return [...unreadable, ...damaged];
}

/** What is stored for a record, as files: bytes as they are, everything else as JSON. */
export async function rawFiles(store: BlobStore, key: string): Promise<readonly ByteStream[]> {
  const keys = [...new Set(await keysUnder(store, key))];
  return Promise.all(
    keys.map(async (each) => {
      const { ending, bytes } = await rawValue(store, each);
      return {
        name: `${each}.${ending}`,
        size: bytes.length,
        async *chunks() {
          yield (await rawValue(store, each)).bytes;
        },
      };
    }),
  );
}

/** One value at a time in memory. What the disk does not give back is told in its place. */
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
  for (const each of new Set(await keysUnder(store, key))) bytes += (await rawValue(store, each)).bytes.length;
  return bytes;
}

/** The keys of a record and of all that lies with it. */
async function keysUnder(store: BlobStore, key: string): Promise<readonly string[]> {
  const there = new Set(await store.keys(''));
  const [folder, id = '', step = ''] = key.split('/');
  const run = async (): Promise<string[]> =>
    isRunId(id) ? [recordKey(id), ...(await snapshotKeys(store, id)), ...(await under(journalKey(id)))] : [];
  const under = async (...prefixes: string[]): Promise<string[]> =>
    (await Promise.all(prefixes.map((prefix) => store.keys(prefix)))).flat();
  const all = async (): Promise<string[]> => {
    switch (`${folder}/`) {
      case textKey(''):
        return under(textChunksPrefix(id));
      case recordKey(''):
      case HEADS:
        return run();
      case MANIFESTS:
        return isRunId(id) ? under(`${chunkKey(id, step)}/`) : [];
      case dataKey(''):
        return under(shardsPrefix(id));
      default:
        return [];
    }
  };
  return [key, ...(await all())].filter((each) => there.has(each));
}

const idsUnder = async (store: BlobStore, prefix: string): Promise<string[]> =>
  (await store.keys(prefix)).map((key) => key.slice(prefix.length));
