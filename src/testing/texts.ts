import fc from 'fast-check';
import type { Document } from '../core/base/document';
import { countCharacters } from '../core/base/utf8';

/** Well-formed texts that are hard to split: contractions, runs of white space, scripts, emoji, controls. */
export const awkwardText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom("'", "'s", "'re", "'ll", "'ve", "'L", ' ', '  ', '\n', '\r\n', '\t', ' ', '　', '\ufeff', '\0'),
      fc.constantFrom('a', 'I', 'é', 'e\u0301', 'ß', '你', '好', 'ไทย', 'العربية', '𝒜', '٣', '½', 'Ⅷ', '1', '2024'),
      fc.constantFrom('!', '...', '—', '\u{1f468}\u200d\u{1f469}\u200d\u{1f467}', '\u{1f600}', '_', '<|endoftext|>'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 24 },
  )
  .map((parts) => parts.join(''))
  .filter((text) => text.isWellFormed());

/** A text and the same text in pieces, never cut inside a code point. */
export const cutAnywhere: fc.Arbitrary<{ text: string; pieces: string[] }> = fc
  .tuple(awkwardText, fc.array(fc.nat({ max: 60 }), { maxLength: 8 }))
  .map(([text, cuts]) => {
    const points = Array.from(text);
    const ends = [...cuts.map((cut) => Math.min(cut, points.length)).sort((a, b) => a - b), points.length];
    return { text, pieces: ends.map((end, i) => points.slice(i === 0 ? 0 : ends[i - 1], end).join('')) };
  });

export async function* stream<T>(items: Iterable<T>): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

export function documentOf(text: string, pieces: readonly string[] = [text], sha256 = '0'.repeat(64)): Document {
  const bytes = new TextEncoder().encode(text).length;
  return { sha256, characters: countCharacters(text), bytes, chunks: () => stream(pieces) };
}
