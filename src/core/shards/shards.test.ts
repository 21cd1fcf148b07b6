import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryStore, type BlobStore } from '../base/blobStore';
import { collectDrafts } from '../base/draft';
import { sha256Hex } from '../base/hash';
import { unwatched, type Job, type Progress } from '../base/job';
import { parseRecord } from '../base/record';
import { awkwardText, cutAnywhere, documentOf } from '../../testing/texts';
import { createTokenizer } from '../tokenizer/byteLevel';
import { trainTokenizer } from '../tokenizer/train';
import { buildShards, dropShards } from './build';
import { packIds, unpackIds } from './ids';
import { DATA, dataId, type Part, type PartName, type ShardManifest } from './manifest';
import { checkLength, openPart, readCounts } from './read';
import { propertyRuns } from '../../testing/propertyRuns';

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
    { validation: validationShare, test: 0, seed: 0, shardLength },
    store,
    job,
  );
const all = async (store: BlobStore, manifest: ShardManifest, name: PartName): Promise<number[]> => {
  const source = openPart(store, manifest, name, 0);
  return [...(await source.read(0, source.tokens))];
};

it('counts bytes after the normalizers of the tokenizer', async () => {
  const lower = await createTokenizer({ kind: 'bytes', merges: [], normalizers: [{ type: 'NFKC' }] });
  const [manifest, plain] = await Promise.all(
    [lower, bytes].map((tokenizer) =>
      buildShards(
        [documentOf('ﬁ'.repeat(100))],
        tokenizer,
        { validation: 0.1, test: 0, seed: 0 },
        memoryStore(),
        unwatched,
      ),
    ),
  );
  const bytesOf = ({ parts: { train, validation } }: ShardManifest) => [train.bytes, validation.bytes];
  expect(bytesOf(plain!)).toEqual([270, 30]);
  expect(bytesOf(manifest!)).toEqual([180, 20]);
});

it('contains the ids of every text, with its end held out', async () => {
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
        // Bytes, because a token may be part of a character.
        const joined = (ids: number[]): number[] => ids.flatMap((id) => [...bpe.bytes(id)]);
        const encoder = new TextEncoder();
        const whole = encoder.encode(texts.join(''));
        // Holds out each text's end; carries over fractions of a byte, and never splits a character.
        const ends: number[] = [];
        let read = 0;
        for (const text of texts) {
          const own = encoder.encode(text);
          const owed = Math.floor((read + own.length) * share) - Math.floor(read * share);
          let boundary = own.length - owed;
          while (boundary < own.length && (own[boundary]! & 0xc0) === 0x80) boundary--;
          read += own.length;
          ends.push(boundary);
        }
        const parts = texts.map((text, i) => {
          const own = encoder.encode(text);
          return [own.subarray(0, ends[i]), own.subarray(ends[i])] as const;
        });
        expect(joined(train)).toEqual(parts.flatMap(([first]) => [...first]));
        expect(joined(validation)).toEqual(parts.flatMap(([, last]) => [...last]));
        expect(manifest.parts.train.bytes + manifest.parts.validation.bytes).toBe(whole.length);
        expect(joined(train)).toHaveLength(manifest.parts.train.bytes);
        // Off by less than one character per text.
        expect(manifest.parts.validation.bytes - Math.floor(whole.length * share)).toBeGreaterThanOrEqual(0);
        expect(manifest.parts.validation.bytes - Math.floor(whole.length * share)).toBeLessThan(3 * texts.length + 1);
        expect(text(train)).not.toContain('\0EOT\0EOT');
      },
    ),
    { numRuns: propertyRuns(150) },
  );
});

it('puts the end of text between documents, and nowhere else', async () => {
  const store = memoryStore();
  const manifest = await build(store, ['one', 'two', 'three words more'], 0.25);
  const train = await all(store, manifest, 'train');
  const validation = await all(store, manifest, 'validation');
  const eot = bpe.endOfText;
  // After 3, 6 and 22 bytes, 0, 1 and 5 are held out.
  expect(train).toEqual([...bpe.encode('one'), eot, ...bpe.encode('tw'), eot, ...bpe.encode('three words ')]);
  expect(validation).toEqual([...bpe.encode('o'), eot, ...bpe.encode('more')]);
});

it('holds out a share of each text, so that the last one alone does not decide the evaluation', async () => {
  const english = 'the whale and the sea '.repeat(60);
  const japanese = '吾輩は猫である。'.repeat(40);
  const store = memoryStore();
  const manifest = await build(store, [english, japanese], 0.1, 64);
  const ids = await all(store, manifest, 'validation');
  const border = ids.indexOf(bpe.endOfText);
  const held = [bpe.decode(ids.slice(0, border)), bpe.decode(ids.slice(border + 1))];
  expect(held.map((part) => new TextEncoder().encode(part).length)).toEqual([132, 96]);
  expect(english.endsWith(held[0]!) && japanese.endsWith(held[1]!)).toBe(true);
  expect(manifest.split).toEqual({ rule: 'ends', validation: 0.1, test: 0, seed: 0 });
});

it('splits a single text like older builds, into the same files under the same names', async () => {
  const store = memoryStore();
  const manifest = await build(store, [WORDS], 0.1, 64);
  // Manifest of the build before several texts each held out their end.
  const before = parseRecord(BEFORE, `data/${dataId(manifest)}`, DATA);
  expect(before.split).toEqual({ rule: 'end', validation: 0.1, test: 0, seed: 0 });
  const split = { ...before.split, rule: 'ends' as const };
  const withoutBorders = ({ documents: _, ...part }: Part) => ({ ...part, borders: null });
  const { train, validation } = manifest.parts;
  const parts = { train: withoutBorders(train), validation: withoutBorders(validation) };
  expect({ ...manifest, parts }).toEqual({ ...before, split });

  // Data of that build isn't built again.
  await store.commit({ put: [[`data/${dataId(manifest)}`, BEFORE]] });
  const seen: Progress[] = [];
  expect(await build(store, [WORDS], 0.1, 64, { ...unwatched, report: (p) => seen.push(p) })).toEqual({
    ...before,
    split,
  });
  expect(seen).toEqual([]);
});

it('does not reuse data split by an older rule', async () => {
  const store = memoryStore();
  const manifest = await build(store, ['first text', 'second text'], 0.5);
  // Stored under the id that an older build gave to the same texts, tokenizer and settings.
  const textHash = await sha256Hex(['0 first text', '1 second text'].join('\n'));
  const old = (await sha256Hex(JSON.stringify([textHash, bpe.hash, 0.5, 7]))).slice(0, 16);
  await store.commit({ put: [[`data/${old}`, { ...manifest, textHash: 'cut by an older rule' }]] });
  expect(await build(store, ['first text', 'second text'], 0.5)).toEqual(manifest);
});

it('does not depend on the chunks of the documents', async () => {
  await fc.assert(
    fc.asyncProperty(cutAnywhere, async ({ text, pieces }) => {
      const settings = { validation: 0.3, test: 0, seed: 0, shardLength: 5 };
      const one = await buildShards([documentOf(text)], bpe, settings, memoryStore(), unwatched);
      const other = await buildShards([documentOf(text, pieces)], bpe, settings, memoryStore(), unwatched);
      expect(other).toEqual(one);
    }),
  );
});

it('builds separate data for another test share, seed or grouping of whole documents', async () => {
  const store = memoryStore();
  const documents = (texts: readonly string[]) =>
    Promise.all(
      texts.map(async (text, i) => ({ ...documentOf(`${WORDS}${i}`, undefined, await sha256Hex(`${i}`)), text })),
    );
  const ids = new Set<string>();
  const one = await documents(Array<string>(20).fill('a'));
  const two = await documents([...Array<string>(10).fill('a'), ...Array<string>(10).fill('b')]);
  for (const [of, test, seed] of [
    [one, 0, 0],
    [one, 0.1, 0],
    [one, 0.1, 1],
    [two, 0.1, 1],
  ] as const) {
    const manifest = await buildShards(of, bpe, { validation: 0.1, test, seed }, store, unwatched);
    expect(manifest.split).toEqual({ rule: 'documents', validation: 0.1, test, seed });
    ids.add(dataId(manifest));
  }
  expect(ids.size).toBe(4);
});

it('reads any range across shards, and counts', async () => {
  const store = memoryStore();
  const manifest = await build(store, [WORDS]);
  const train = await all(store, manifest, 'train');
  const source = openPart(store, manifest, 'train', 0);
  expect(source).toMatchObject({ tokens: train.length, bytes: manifest.parts.train.bytes, vocabulary: bpe.size });
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: train.length }), fc.nat({ max: 40 }), async (start, max) => {
      const length = Math.min(max, train.length - start);
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

it('builds the same data once', async () => {
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
  expect(key).not.toContain(manifest.parts.train.counts.key.split('/')[1]);
});

it('builds under another id if a manifest is unreadable, and again if shards are missing', async () => {
  for (const list of ['torn', { version: 3 }, Uint8Array.of(1)]) {
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
    await store.commit({ drop: [second.parts.validation.shards[0]!.key] });
    const again = await build(store, [WORDS]);
    expect(await all(store, again, 'validation')).toEqual(await all(store, first, 'validation'));
  }
});

describe('leaves nothing of', () => {
  it('an aborted build', async () => {
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

  it('a build that fails at any write, and builds over the leftovers of a crash', async () => {
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

it('rejects damaged shards', async () => {
  const store = memoryStore();
  const manifest = await build(store, [WORDS]);
  const { key } = manifest.parts.train.shards[1]!;
  const source = () => openPart(store, manifest, 'train').read(0, 10);
  const good = (await store.get(key)) as Uint8Array;
  for (const bad of [good.with(3, good[3]! ^ 1), good.slice(2)]) {
    await store.commit({ put: [[key, bad]] });
    await expect(source()).rejects.toMatchObject({
      code: 'storage-damaged',
      message: expect.stringContaining('Part 2 of') as string,
    });
  }
  await store.commit({ drop: [key, manifest.parts.train.counts.key] });
  await expect(source()).rejects.toMatchObject({ code: 'storage-damaged' });
  await expect(readCounts(store, manifest, 'train')).rejects.toMatchObject({ code: 'storage-damaged' });
  const reader = openPart(store, manifest, 'train');
  await expect(reader.read(0, 10)).rejects.toMatchObject({ code: 'storage-damaged' });
  await store.commit({ put: [[key, good]] });
  expect(await reader.read(0, 10)).toHaveLength(10);
});

it('reports how much text a context needs', async () => {
  const manifest = await build(memoryStore(), ['0123456789'.repeat(10)], 0.1);
  expect(manifest.parts.validation.tokens).toBeGreaterThan(2);
  const { tokens } = manifest.parts.validation;
  checkLength(manifest, tokens - 1);
  expect(() => checkLength(manifest, tokens)).toThrow(
    `The held-out text has ${tokens} tokens; a context of ${tokens} needs at least ${tokens + 1}.`,
  );
  expect(() => checkLength(manifest, 1_000_000)).toThrow('needs at least 1,000,001');
});

it('rejects invalid settings', async () => {
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

/** Stored `WORDS` in shards of 64, by the build before several texts each held out their end. */
const stored = (key: string, sha256: string) => ({ key: `shards/10d819578c75d0ad/${key}`, sha256 });
const BEFORE = {
  version: 1,
  tokenizerHash: 'e1f0132d44d6c69ea6519de29d784891a4b10e0169a9b62b5e973681d4b9a737',
  textHash: 'a91bbf9e5117743171b977dbb0460f56f7511bfce9accc1ae4fc019dc187ff0f',
  vocabulary: 283,
  width: 2,
  shardLength: 64,
  train: {
    tokens: 217,
    bytes: 954,
    shards: [
      stored('train/0', 'd2b6ba607f721804fa67facf0ef62007cc766fa21c5801701789fe3f60dd9459'),
      stored('train/1', '6f3216a4b9859258bf5e05e423c447994660888e2fd3d0ee5c8e83f51a9418c4'),
      stored('train/2', 'd41a01dd83b186f4e367f839749480b8b6c7d88f576ded89e24cb0d14b90e395'),
      stored('train/3', 'bdc7ed1e7881955e175bc1faab3d52fc65880343d23a7396b576935db9bd63b1'),
    ],
    counts: stored('train/counts', '6003810b5e5867fdf4bd958160f195b518f7be6ce8a054a10a0ad5b154c4245b'),
  },
  validation: {
    tokens: 25,
    bytes: 106,
    shards: [stored('validation/0', '9747099582cc7513bce0b260e0d4ed4647544000d25db800e53b912a7ae829d3')],
    counts: stored('validation/counts', '960776b7e9e516c0fd273777947781b2ed0150c103fb86030e7ababc21722ba8'),
  },
};
