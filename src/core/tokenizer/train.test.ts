import { describe, expect, it } from 'vitest';
import { unwatched, type Progress } from '../base/job';
import { cutAnywhere, documentOf } from '../../testing/texts';
import { createTokenizer } from './byteLevel';
import { preTokenEnd } from './split';
import { trainTokenizer } from './train';
import fc from 'fast-check';

const train = (text: string, vocabulary: number, pieces?: readonly string[]) =>
  trainTokenizer({ kind: 'bpe', vocabulary }, [documentOf(text, pieces)], unwatched);
const SENTENCES = 'the cat sat on the mat. the bat sat on the hat, they say; aaa aaaa aaaaa ababab! '.repeat(3);

describe('bpe', () => {
  it('learns the same merges as the plain algorithm', async () => {
    for (const text of [SENTENCES, 'ab ab abc abc bc bc cab', '你好你好 你们 '.repeat(4)]) {
      const model = await train(text, 320);
      expect(model.merges).toEqual(await slowBpe(text, 320 - 257));
    }
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom('a', 'b', ' '), maxLength: 60 }), async (text) => {
        expect((await train(text, 280)).merges).toEqual(await slowBpe(text, 280 - 257));
      }),
    );
  });

  it('stops if no pair occurs twice, and at the requested size', async () => {
    expect((await train('abcdefg', 1000)).merges).toHaveLength(0);
    expect((await train('', 1000)).merges).toHaveLength(0);
    expect((await train(SENTENCES, 257)).merges).toHaveLength(0);
    expect((await train(SENTENCES, 270)).merges).toHaveLength(13);
    const all = (await train(SENTENCES, 100_000)).merges.length;
    expect(all).toBeGreaterThan(20);
    expect(all).toBeLessThan(200);
  });

  it('does not depend on the chunks of the text', async () => {
    await fc.assert(
      fc.asyncProperty(cutAnywhere, async ({ text, pieces }) => {
        expect(await train(text, 300, pieces)).toEqual(await train(text, 300));
      }),
    );
  });

  it('does not learn across the border of two documents', async () => {
    const documents = Array.from({ length: 5 }, () => documentOf('yx'));
    const model = await trainTokenizer({ kind: 'bpe', vocabulary: 300 }, documents, unwatched);
    const tokenizer = await createTokenizer(model);
    expect(model.merges.map((_, i) => tokenizer.decode([256 + i]))).toEqual(['yx']);
  });

  it('rejects an invalid vocabulary size', async () => {
    for (const size of [256, 0, -1, 300.5, NaN, 2e6]) {
      await expect(train('text', size)).rejects.toMatchObject({ code: 'bad-settings' });
    }
  });

  it('reports progress, and stops on abort', async () => {
    const seen: Progress[] = [];
    const stop = new AbortController();
    const job = {
      signal: stop.signal,
      report: (progress: Progress) => {
        seen.push(progress);
        if (progress.unit === 'merges') stop.abort();
      },
    };
    const document = documentOf(SENTENCES);
    await expect(trainTokenizer({ kind: 'bpe', vocabulary: 260 }, [document], job)).rejects.toThrow('abort');
    expect(seen).toContainEqual({
      label: 'Counting words',
      done: SENTENCES.length,
      of: SENTENCES.length,
      unit: 'characters',
    });
    expect(seen.at(-1)).toMatchObject({ unit: 'merges', of: 3 });
  });
});

describe('characters', () => {
  it('has a token for every character of the text, frequent ones first', async () => {
    const text = 'zzz äöö 你好你 \u{1f600}\u{1f601}';
    const model = await trainTokenizer({ kind: 'characters', vocabulary: 0 }, [documentOf(text)], unwatched);
    const tokenizer = await createTokenizer(model);
    expect(tokenizer.encode(text)).toHaveLength(Array.from(text).length);
    // ö and 你 occur twice; 你 and 好 share no prefix; the two faces share F0 9F 98.
    expect(tokenizer.decode([256])).toBe('ö');
    expect(model.merges).toHaveLength(1 + 1 + 2 + 2 + 2 + 2);
    expect(tokenizer.decode(tokenizer.encode('\u{1f602}新'))).toBe('\u{1f602}新');
  });
});

/** Plain BPE of the paper: recounts every pair for each merge. */
async function slowBpe(text: string, max: number): Promise<[number, number][]> {
  const bytes = await createTokenizer({ kind: 'bytes', merges: [] });
  const words: number[][] = [];
  for (let start = 0; start < text.length;) {
    const end = preTokenEnd(text, start);
    words.push([...bytes.encode(text.slice(start, end))]);
    start = end;
  }
  const merges: [number, number][] = [];
  while (merges.length < max) {
    const counts = new Map<string, number>();
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const key = `${word[i]!} ${word[i + 1]!}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
    }
    const best = [...counts]
      .filter(([, n]) => n > 1)
      .map(([key, n]) => ({ n, pair: key.split(' ').map(Number) as [number, number] }))
      .sort((a, b) => b.n - a.n || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1])[0];
    if (!best) break;
    const [left, right] = best.pair;
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        if (word[i] === left && word[i + 1] === right) word.splice(i, 2, 256 + merges.length);
      }
    }
    merges.push([left, right]);
  }
  return merges;
}
