import type { PartSource, TokenSource } from '../core/shards/manifest';
import type { Tokenizer } from '../core/tokenizer/tokenizer';

/** Ids as a part of data. `bytes`: of the text that they encode. */
export const tokenSource = (ids: Uint32Array, vocabulary: number, bytes = ids.length): TokenSource => ({
  tokens: ids.length,
  bytes,
  vocabulary,
  read: (start, length) => Promise.resolve(ids.slice(start, start + length)),
});

/** Texts as documents of a part of data, with an end token between two. @param labels of each text */
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
