import { expect, test } from 'vitest';
import { buildSamples } from '../../../scripts/samples';
import type { Document } from '../base/document';
import { unwatched } from '../base/job';
import { createTokenizer } from '../tokenizer/byteLevel';
import { measure } from '../tokenizer/statistics';
import { trainTokenizer } from '../tokenizer/train';
import { profileText } from './profile';

const documentOf = (text: string): Document => ({
  sha256: '',
  characters: text.length,
  bytes: Buffer.byteLength(text),
  async *chunks() {
    for (let from = 0; from < text.length; from += 1e5) yield await Promise.resolve(text.slice(from, from + 1e5));
  },
});

test('a sample of a novel predicts the token counts of the whole', async () => {
  const novel = documentOf(buildSamples()[0]!.text);
  const { bytes, vocabularies, repeated } = await profileText([novel], unwatched);
  expect(repeated).toBeGreaterThan(0.005);
  expect(repeated).toBeLessThan(0.03);
  expect(bytes).toBe(novel.bytes);
  expect(vocabularies.map(({ size }) => size).slice(0, 5)).toEqual([257, 512, 1024, 2048, 4096]);
  expect(vocabularies[0]).toMatchObject({ kind: 'bytes', bytesPerToken: 1 });
  for (const [i, { unigramBits }] of vocabularies.slice(1).entries())
    expect(unigramBits).toBeLessThan(vocabularies[i]!.unigramBits);
  const { bytesPerToken } = vocabularies[2]!;
  const whole = await createTokenizer(await trainTokenizer({ kind: 'bpe', vocabulary: 1024 }, [novel], unwatched));
  const counted = await measure(whole, [novel], unwatched);
  expect(bytesPerToken / counted.bytesPerToken).toBeGreaterThan(0.95);
  expect(bytesPerToken / counted.bytesPerToken).toBeLessThan(1.05);
});

test('a text with few pairs has the byte vocabulary, and those that it has pairs for', async () => {
  const { vocabularies } = await profileText([documentOf('abcdefg')], unwatched);
  expect(vocabularies.map(({ size }) => size)).toEqual([257]);
  const several = await profileText([documentOf('Ein Wal. '.repeat(30)), documentOf('')], unwatched);
  expect(several.bytes).toBe(270);
  expect(several.vocabularies.every(({ unigramBits }) => Number.isFinite(unigramBits) && unigramBits > 0)).toBe(true);
});
