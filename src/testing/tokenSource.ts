import type { PartSource, TokenSource } from '../core/shards/manifest';
import type { Tokenizer } from '../core/tokenizer/tokenizer';

/** Ids as a part of data. `bytes`: of the text that they stand for. */
export const tokenSource = (ids: Uint32Array, vocabulary: number, bytes = ids.length): TokenSource => ({
  tokens: ids.length,
  bytes,
  vocabulary,
  read: (start, length) => Promise.resolve(ids.slice(start, start + length)),
});

/** Texts as the documents of a part of data, as it is written: with a mark between two. @param labels of each */
export function textSource(
  tokenizer: Tokenizer,
  texts: readonly string[],
  labels: readonly (string | null)[] = [],
): PartSource {
  const ids: number[] = [];
  const documents = texts.map((text, place) => {
    if (place > 0) ids.push(tokenizer.endOfText);
    const own = [...tokenizer.encode(text)];
    ids.push(...own);
    return { start: ids.length - own.length, tokens: own.length, place, label: labels[place] ?? null, fields: {} };
  });
  const source = tokenSource(Uint32Array.from(ids), tokenizer.size);
  return { ...source, documents: () => Promise.resolve(documents) };
}
