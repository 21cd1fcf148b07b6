import type { BlobStore } from '../base/blobStore';
import { badSettings, HomegrownError } from '../base/errors';
import { sha256Hex } from '../base/hash';
import { formatCount } from '../base/units';
import { unpackIds } from './ids';
import { marksOf } from './marks';
import type { Border, Part, PartName, PartSource, ShardManifest } from './manifest';
import { NONE } from './write';

/**
 * Opens a part of the data. Verifies a shard's hash on the first read, and caches the most recently used shards.
 * @throws HomegrownError (from `read`) `storage-damaged`
 */
export function openPart(store: BlobStore, manifest: ShardManifest, name: PartName, memory = 64 * 2 ** 20): PartSource {
  const { shardLength, width, vocabulary } = manifest;
  const { tokens, bytes, shards, learnt } = partOf(manifest, name);
  const max = Math.max(2, Math.floor(memory / (shardLength * width)));
  /** Shard -> its ids, least recently used first. */
  const held = new Map<number, Promise<Uint16Array | Uint32Array>>();
  const verified = new Set<number>();
  const load = async (n: number): Promise<Uint16Array | Uint32Array> => {
    const length = Math.min(shardLength, tokens - n * shardLength) * width;
    const content = await readStored(
      store,
      shards[n],
      `Part ${n + 1} of ${shards.length} of the data`,
      length,
      !verified.has(n),
    );
    verified.add(n);
    return unpackIds(content, width);
  };
  const shard = (n: number): Promise<Uint16Array | Uint32Array> => {
    const ids = held.get(n) ?? load(n);
    held.delete(n);
    held.set(n, ids);
    const [oldest] = held.keys();
    if (held.size > max && oldest !== undefined) held.delete(oldest);
    // Doesn't cache a failed read, so that the next one retries.
    ids.catch(() => held.delete(n));
    return ids;
  };
  let marks: Promise<Uint8Array> | undefined;
  const readMarks = (): Promise<Uint8Array> => {
    marks ??= readStored(store, learnt, 'The loss mask of the data', Math.ceil(tokens / 8), true);
    marks.catch(() => (marks = undefined));
    return marks;
  };
  return {
    tokens,
    bytes,
    vocabulary,
    ...(learnt && { lossMask: async (start, length) => marksOf(await readMarks(), start, length) }),
    documents: () => readBorders(store, manifest, name),
    async read(start, length) {
      if (!(start >= 0 && length >= 0 && start + length <= tokens)) {
        throw new RangeError(`Tokens ${start} to ${start + length} are not within 0 to ${tokens}.`);
      }
      const ids = new Uint32Array(length);
      for (let at = start; at < start + length;) {
        const n = Math.floor(at / shardLength);
        const from = at - n * shardLength;
        const part = (await shard(n)).subarray(from, from + start + length - at);
        ids.set(part, at - start);
        at += part.length;
      }
      return ids;
    },
  };
}

async function readBorders(
  store: BlobStore,
  manifest: ShardManifest,
  name: PartName,
): Promise<readonly Border[] | null> {
  const { borders, documents = 0, fields = {} } = partOf(manifest, name);
  if (!borders) return null;
  const read = async (at: { key: string; sha256: string }, what: string, columns: number) =>
    unpackIds(await readStored(store, at, what, 4 * columns * documents, true), 4);
  const rows = await read(borders, 'The list of document boundaries of the data', 3);
  const spans: [string, ArrayLike<number>][] = [];
  for (const [field, at] of Object.entries(fields))
    spans.push([field, await read(at, `The ${field} field of the data`, 2)]);
  let start = 0;
  return Array.from({ length: documents }, (_, i) => {
    const [tokens, place, label] = [rows[3 * i]!, rows[3 * i + 1]!, rows[3 * i + 2]!];
    const border: Border = {
      start,
      tokens,
      place,
      label: label === NONE ? null : manifest.labels![label]!,
      fields: Object.fromEntries(spans.map(([field, at]) => [field, [at[2 * i]!, at[2 * i + 1]!]])),
    };
    start += tokens + 1;
    return border;
  });
}

/** [id] -> occurrences in the part. */
export async function readCounts(store: BlobStore, manifest: ShardManifest, name: PartName): Promise<Uint32Array> {
  const content = await readStored(
    store,
    partOf(manifest, name).counts,
    'The token counts of the data',
    4 * manifest.vocabulary,
    true,
  );
  return Uint32Array.from(unpackIds(content, 4));
}

/**
 * Checks that each part has at least one window of `context` tokens and the token after it.
 * @throws HomegrownError `bad-settings` with the number needed
 */
export function checkLength({ parts: { train, validation } }: ShardManifest, context: number): void {
  const needed = context + 1;
  for (const [part, name] of [
    [train, 'training'],
    [validation, 'held-out'],
  ] as const) {
    if (part.tokens >= needed) continue;
    throw badSettings(
      `The ${name} text has ${formatCount(part.tokens)} tokens; a context of ${formatCount(context)} needs at least ${formatCount(needed)}.`,
      part.tokens > 1 ? `Add text, or set the context to ${formatCount(part.tokens - 1)} or less.` : 'Add text.',
    );
  }
}

/** @throws HomegrownError `bad-settings` if the data has no such part */
function partOf({ parts }: ShardManifest, name: PartName): Part {
  const part = parts[name];
  if (!part) throw badSettings(`This data has no ${name} set.`, 'Set a share for it, and rebuild the data.');
  return part;
}

async function readStored(
  store: BlobStore,
  at: { key: string; sha256: string } | undefined,
  what: string,
  length: number,
  verify: boolean,
): Promise<Uint8Array> {
  const content = at && (await store.get(at.key));
  if (!(content instanceof Uint8Array)) throw damaged(`${what} is missing.`);
  if (content.length !== length) throw damaged(`${what} has ${content.length} bytes instead of ${length}.`);
  if (verify && (await sha256Hex(content)) !== at?.sha256) throw damaged(`${what} doesn't match its SHA-256.`);
  return content;
}

const damaged = (message: string): HomegrownError =>
  new HomegrownError('storage-damaged', message, 'Your texts are safe. Rebuild the data from them.');
