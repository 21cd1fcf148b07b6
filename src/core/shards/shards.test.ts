import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore, type BlobStore } from '../base/blobStore';
import { collectDrafts } from '../base/draft';
import { unwatched, type Job, type Progress } from '../base/job';
import { awkwardText, cutAnywhere, documentOf } from '../testing/texts';
import { createTokenizer } from '../tokenizer/byteLevel';
import { trainTokenizer } from '../tokenizer/train';
import { buildShards, dropShards } from './build';
import { packIds, unpackIds } from './ids';
import { dataId, type PartName, type ShardManifest } from './manifest';
import { checkLength, openPart, readCounts } from './read';

const WORDS = 'the whale and the sea and the whale again, é 你好 '.repeat(20);
const bytes = await createTokenizer({ kind: 'bytes', merges: [] });
const bpe = await createTokenizer(
  await trainTokenizer({ kind: 'bpe', vocabulary: 300 }, [documentOf(WORDS)], unwatched),
);
const build = (
  store: BlobStore,
  texts: readonly string[],
  validationShare = 0.1,
  shardLength = 7,
  job: Job = unwatched,
) =>
  buildShards(
    texts.map((text, i) => documentOf(text, undefined, `${i} ${text}`)),
    bpe,
    { validationShare, shardLength },
    store,
    job,
  );
const all = async (store: BlobStore, manifest: ShardManifest, name: PartName): Promise<number[]> => {
  const source = openPart(store, manifest, name, 0);
  return [...(await source.read(0, source.tokens))];
};

it('holds the ids of the text, training first and the end held out', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(awkwardText, { minLength: 1, maxLength: 4 }),
      fc.constantFrom(0.1, 0.5),
      async (texts, share) => {
        const store = memoryStore();
        const manifest = await build(store, texts, share);
        const text = (ids: number[]): string =>
          ids.map((id) => (id === bpe.endOfText ? '\0EOT' : bpe.decode([id]))).join('');
        const [train, validation] = [await all(store, manifest, 'train'), await all(store, manifest, 'validation')];
        // Bytes, because a token may be a part of a character.
        const joined = (ids: number[]): number[] => ids.flatMap((id) => [...bpe.bytes(id)]);
        const whole = new TextEncoder().encode(texts.join(''));
        expect(Uint8Array.from([...joined(train), ...joined(validation)])).toEqual(whole);
        expect(manifest.train.bytes + manifest.validation.bytes).toBe(whole.length);
        expect(joined(train)).toHaveLength(manifest.train.bytes);
        // Off by less than one character.
        expect(manifest.validation.bytes - Math.floor(whole.length * share)).toBeGreaterThanOrEqual(0);
        expect(manifest.validation.bytes - Math.floor(whole.length * share)).toBeLessThan(4);
        expect(text(train)).not.toContain('\0EOT\0EOT');
      },
    ),
    { numRuns: 150 },
  );
});

it('puts the end of text between documents, and nowhere else', async () => {
  const store = memoryStore();
  const manifest = await build(store, ['one', 'two', 'three words more'], 0.25);
  const train = await all(store, manifest, 'train');
  const validation = await all(store, manifest, 'validation');
  const eot = bpe.endOfText;
  expect(train).toEqual([...bpe.encode('one'), eot, ...bpe.encode('two'), eot, ...bpe.encode('three words')]);
  expect(validation).toEqual([...bpe.encode(' more')]);
});

it('does not depend on how the documents come in records', async () => {
  await fc.assert(
    fc.asyncProperty(cutAnywhere, async ({ text, pieces }) => {
      const settings = { validationShare: 0.3, shardLength: 5 };
      const one = await buildShards([documentOf(text)], bpe, settings, memoryStore(), unwatched);
      const other = await buildShards([documentOf(text, pieces)], bpe, settings, memoryStore(), unwatched);
      expect(other).toEqual(one);
    }),
  );
});

it('reads any range, over the borders of shards, and counts', async () => {
  const store = memoryStore();
  const manifest = await build(store, [WORDS]);
  const train = await all(store, manifest, 'train');
  const source = openPart(store, manifest, 'train', 0);
  expect(source).toMatchObject({ tokens: train.length, bytes: manifest.train.bytes, vocabulary: bpe.size });
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: train.length }), fc.nat({ max: 40 }), async (start, most) => {
      const length = Math.min(most, train.length - start);
      expect([...(await source.read(start, length))]).toEqual(train.slice(start, start + length));
    }),
  );
  for (const [start, length] of [
    [-1, 2],
    [0, train.length + 1],
    [NaN, 1],
  ] as const) {
    await expect(source.read(start, length)).rejects.toThrow(RangeError);
  }
  const counts = await readCounts(store, manifest, 'train');
  expect([...counts].reduce((a, b) => a + b, 0)).toBe(train.length);
  expect(counts[train[0]!]).toBe(train.filter((id) => id === train[0]).length);
});

it('is built once', async () => {
  const store = memoryStore();
  const manifest = await build(store, [WORDS]);
  const seen: Progress[] = [];
  expect(await build(store, [WORDS], 0.1, 7, { ...unwatched, report: (p) => seen.push(p) })).toEqual(manifest);
  expect(seen).toEqual([]);
  await build(store, [WORDS], 0.2);
  expect(await store.keys('data/')).toHaveLength(2);
  await dropShards(store, dataId(manifest));
  expect(await store.keys('data/')).toHaveLength(1);
  const [key] = await store.keys('shards/');
  expect(key).not.toContain(manifest.train.counts.key.split('/')[1]);
});

it('is built elsewhere where a list cannot be read, and again where shards are missing', async () => {
  for (const list of ['torn', { version: 2 }, Uint8Array.of(1)]) {
    const store = memoryStore();
    const first = await build(store, [WORDS]);
    const key = `data/${dataId(first)}`;
    await store.commit({ put: [[key, list]] });
    const before = await store.keys('');
    const second = await build(store, [WORDS]);
    expect(await all(store, second, 'train')).toEqual(await all(store, first, 'train'));
    expect(await store.keys('')).toEqual(expect.arrayContaining(before));
    expect(await store.get(key)).toEqual(list);
    expect(await build(store, [WORDS])).toEqual(second);
    await store.commit({ drop: [second.validation.shards[0]!.key] });
    const again = await build(store, [WORDS]);
    expect(await all(store, again, 'validation')).toEqual(await all(store, first, 'validation'));
  }
});

describe('keeps nothing of', () => {
  it('a build that is stopped', async () => {
    const store = memoryStore();
    const stop = new AbortController();
    const seen: Progress[] = [];
    const report = (progress: Progress) => {
      seen.push(progress);
      stop.abort();
    };
    await expect(build(store, [WORDS], 0.1, 7, { signal: stop.signal, report })).rejects.toThrow('abort');
    expect(seen[0]).toMatchObject({ unit: 'bytes', of: documentOf(WORDS).bytes });
    expect(await store.keys('')).toEqual([]);
  });

  it('a build that fails at any write, and builds over what a crash left', async () => {
    const clean = memoryStore();
    const manifest = await build(clean, ['a text, not long']);
    for (let fault = 1; ; fault++) {
      const store = memoryStore();
      let commits = 0;
      const failing: BlobStore = {
        ...store,
        commit: (change) => (++commits >= fault ? Promise.reject(new Error('full')) : store.commit(change)),
      };
      const result = await build(failing, ['a text, not long']).catch(() => null);
      if (result) break;
      expect(await store.keys('data/')).toEqual([]);
      expect(await build(store, ['a text, not long'])).toEqual(manifest);
      expect(await collectDrafts(store)).toBe(0);
      expect(await store.keys('')).toEqual(await clean.keys(''));
    }
  });
});

it('refuses damaged shards', async () => {
  const store = memoryStore();
  const manifest = await build(store, [WORDS]);
  const { key } = manifest.train.shards[1]!;
  const source = () => openPart(store, manifest, 'train').read(0, 10);
  const good = (await store.get(key)) as Uint8Array;
  for (const bad of [good.with(3, good[3]! ^ 1), good.slice(2)]) {
    await store.commit({ put: [[key, bad]] });
    await expect(source()).rejects.toMatchObject({
      code: 'storage-damaged',
      message: expect.stringContaining('Part 2 of') as string,
    });
  }
  await store.commit({ drop: [key, manifest.train.counts.key] });
  await expect(source()).rejects.toMatchObject({ code: 'storage-damaged' });
  await expect(readCounts(store, manifest, 'train')).rejects.toMatchObject({ code: 'storage-damaged' });
  const reader = openPart(store, manifest, 'train');
  await expect(reader.read(0, 10)).rejects.toMatchObject({ code: 'storage-damaged' });
  await store.commit({ put: [[key, good]] });
  expect(await reader.read(0, 10)).toHaveLength(10);
});

it('says how much text a context needs', async () => {
  const manifest = await build(memoryStore(), ['0123456789'.repeat(10)], 0.1);
  expect(manifest.validation.tokens).toBeGreaterThan(2);
  const { tokens } = manifest.validation;
  checkLength(manifest, tokens - 1);
  expect(() => checkLength(manifest, tokens)).toThrow(
    `The held-out text has ${tokens} tokens; a context of ${tokens} needs at least ${tokens + 1}.`,
  );
  expect(() => checkLength(manifest, 1_000_000)).toThrow('needs at least 1,000,001');
});

it('refuses settings that cannot be', async () => {
  for (const share of [0, -0.1, 0.6, NaN]) {
    await expect(build(memoryStore(), [WORDS], share)).rejects.toMatchObject({ code: 'bad-settings' });
  }
  await expect(build(memoryStore(), [])).rejects.toMatchObject({ code: 'bad-settings' });
});

it('packs ids in two or four bytes, little-endian', () => {
  expect([...packIds([1, 0xabcd], 2)]).toEqual([1, 0, 0xcd, 0xab]);
  expect([...packIds([0x01020304], 4)]).toEqual([4, 3, 2, 1]);
  for (const width of [2, 4] as const)
    expect([...unpackIds(packIds([0, 65_535, 7], width), width)]).toEqual([0, 65_535, 7]);
  expect(bytes.size).toBe(257);
});
