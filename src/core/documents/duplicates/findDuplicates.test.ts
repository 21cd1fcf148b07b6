import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bits } from '../../base/rng';
import { findDuplicates } from './findDuplicates';
import { jaccard } from './nearDuplicates';
import { normalizedPieces, Shingler } from './shingles';

const job = { signal: new AbortController().signal };
const cut = (text: string, size: number): string[] => {
  const characters = Array.from(text);
  return Array.from({ length: Math.ceil(characters.length / size) }, (_, i) =>
    characters.slice(i * size, (i + 1) * size).join(''),
  );
};
const documentOf = (text: string, size = 1000) => ({
  sha256: '',
  characters: text.length,
  bytes: text.length,
  async *chunks() {
    await Promise.resolve();
    yield* cut(text, size);
  },
});
const find = (texts: readonly string[], settings = {}) =>
  findDuplicates(
    texts.map((text) => documentOf(text)),
    settings,
    job,
  );
const normalized = async (text: string, size: number): Promise<string> => {
  let joined = '';
  for await (const piece of normalizedPieces(cut(text, size))) joined += piece;
  return joined;
};
const shinglesOf = async (text: string, size = 1000): Promise<Uint32Array> => {
  const shingler = new Shingler();
  for await (const piece of normalizedPieces(cut(text, size))) shingler.add(piece);
  return shingler.finish();
};
const words = (seed: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `w${bits(seed, 'test word', 0, i) % 5000}`);

test('normalized content and 5-grams do not depend on the chunk size', async () => {
  const text = fc.string({
    unit: fc.constantFrom(
      'a',
      'e\u0301',
      'É',
      '\u0301',
      ' ',
      '\n',
      '\t',
      '中',
      'ก',
      '각',
      'ᄀ',
      'ᅡ',
      '9',
      '１',
      '😀',
      '.',
    ),
    maxLength: 60,
  });
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 7 }), async (text, size) => {
      expect(await normalized(text, size)).toBe(text.normalize('NFC').replace(/\s+/gu, ' ').trim());
      expect(await shinglesOf(text, size)).toEqual(await shinglesOf(text));
    }),
  );
});

test('planted exact copies are found in any order, with other white space and Unicode forms', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 1, max: 9 }), async (seed, copies) => {
      const originals = Array.from({ length: 10 }, (_, i) => `${words(seed + i, 40).join(' ')} caf\u00e9`);
      const planted = originals.slice(0, copies).map((text) => ` ${text.replaceAll(' ', '\r\n').normalize('NFD')}\n`);
      const shuffled = [...originals, ...planted]
        .map((text, i) => ({ text, key: bits(seed, 'test order', 0, i) }))
        .sort((a, b) => a.key - b.key)
        .map(({ text }) => text);
      const { counts, keptExact } = await find(shuffled);
      expect(counts).toEqual({ exact: copies, near: 0 });
      expect([...keptExact].every((kept, place) => kept <= place)).toBe(true);
    }),
    { numRuns: 20 },
  );
});

test('recall and precision of near pairs against brute force', async () => {
  const texts = Array.from({ length: 150 }, (_, i) => {
    const original = words(i, 200);
    const changes = 1 + (i % 12);
    const copy = original.map((word, at) => (at % Math.floor(200 / changes) === 7 ? `changed${at}` : word));
    return [original.join(' '), copy.join(' ')];
  }).flat();
  const sets = await Promise.all(texts.map((text) => shinglesOf(text)));
  for (const threshold of [0.5, 0.7, 0.8, 0.9]) {
    const { keptNear } = await find(texts, { threshold });
    let [near, found, wrong] = [0, 0, 0];
    for (let a = 0; a < texts.length; a++)
      for (let b = a + 1; b < texts.length; b++) {
        const isNear = jaccard(sets[a]!, sets[b]!) >= threshold;
        near += Number(isNear);
        found += Number(isNear && keptNear[a] === keptNear[b]);
        wrong += Number(keptNear[a] === keptNear[b] && !isNear);
      }
    expect(wrong).toBe(0);
    expect(near).toBeGreaterThan(20);
    expect(found / near).toBeGreaterThanOrEqual(0.95);
  }
});

test('the longest near-duplicate is kept, and the earliest of equally long ones', async () => {
  const text = words(1, 300).join(' ');
  const { counts, keptNear } = await find([text, `${text} and more`, `${text} and MORE`, 'something else entirely']);
  expect(counts).toEqual({ exact: 0, near: 2 });
  expect([...keptNear]).toEqual([1, 1, 1, 3]);
});

test('texts without letters, of few words and in scripts without spaces', async () => {
  const chinese = '今天天气很好我们去公园散步然后回家吃饭晚上一起看电影直到十点钟';
  const { counts, keptNear } = await find(['---', '***', 'Hello, world', 'hello world!', chinese, `${chinese}了`, '']);
  expect([...keptNear]).toEqual([0, 1, 2, 2, 5, 5, 6]);
  expect(counts).toEqual({ exact: 0, near: 2 });
});

test('a threshold out of range is refused', async () => {
  for (const threshold of [0.49, 1.01, Number.NaN])
    await expect(find(['a'], { threshold })).rejects.toMatchObject({ code: 'bad-settings' });
});
