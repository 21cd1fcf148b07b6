import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Document } from '../base/document';
import { unwatched } from '../base/job';
import { longestCopied } from './copied';

/** @param all chunks of each document */
const documents = (...all: readonly (readonly string[])[]): Document[] =>
  all.map((chunks) => ({
    ...{ sha256: '', characters: 0, bytes: 0 },
    async *chunks() {
      yield* await Promise.resolve(chunks);
    },
  }));

test('finds the longest run of words and its range, across line breaks and chunks', async () => {
  const written = 'He said: the whale\nis a fish, and left.';
  const texts = documents(['Now the wha', 'le is ', 'a fish, said he.'], ['a fish, and le', 'ave']);
  expect(await longestCopied(written, texts, unwatched)).toEqual({
    ...{ words: 5, passage: 'the whale\nis a fish,' },
    ...{ from: 9, to: 29 },
  });
});

test('a passage never spans documents, and text without a shared word has none', async () => {
  const none = { words: 0, passage: '', from: 0, to: 0 };
  expect(await longestCopied('one two', documents(['zero one'], ['two three']), unwatched)).toMatchObject({ words: 1 });
  expect(await longestCopied('One two', documents(['one, two.']), unwatched)).toEqual(none);
  expect(await longestCopied('', documents(['a']), unwatched)).toEqual(none);
  expect(await longestCopied('a', documents(), unwatched)).toEqual(none);
});

test('characters of scripts without spaces count as words', async () => {
  const found = await longestCopied('我喜欢白鲸', documents(['他也喜欢白', '色']), unwatched);
  expect(found).toMatchObject({ words: 3, passage: '喜欢白' });
});

test('reads text without spaces or with huge words in linear time', async () => {
  const chunks = Array.from({ length: 40 }, () => 'x'.repeat(1 << 20));
  const count = { read: 0 };
  const text = documents(chunks)[0]!;
  const counted = { ...text, chunks: () => watched(text.chunks(), count) };
  expect(await longestCopied('白鲸 y', [counted, ...documents(['白'.repeat(1 << 20)])], unwatched)).toMatchObject({
    words: 1,
  });
  expect(count.read).toBe(40 * 2 ** 20);
});
async function* watched(chunks: AsyncIterable<string>, count: { read: number }): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    count.read += chunk.length;
    yield chunk;
  }
}

test('equals a brute-force search for any texts and chunks', async () => {
  const word = fc.constantFrom('a', 'b', 'c');
  const words = fc.array(word, { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(words, fc.array(words, { maxLength: 3 }), fc.nat(7), async (written, texts, cut) => {
      const spaced = texts.map((each) => each.join(' '));
      const chunked = spaced.map((text) => text.match(new RegExp(`[^]{1,${cut + 1}}`, 'g')) ?? []);
      const found = await longestCopied(written.join(' '), documents(...chunked), unwatched);
      let longest = 0;
      for (let from = 0; from < written.length; from++)
        for (let to = from + 1; to <= written.length; to++) {
          const run = ` ${written.slice(from, to).join(' ')} `;
          if (spaced.some((text) => ` ${text} `.includes(run))) longest = Math.max(longest, to - from);
        }
      expect(found.words).toBe(longest);
      expect(found.passage).toBe(written.join(' ').slice(found.from, found.to));
      if (longest > 0) expect(found.passage.split(' ')).toHaveLength(longest);
    }),
  );
});
